"""An index of who is on duty with no known place; the matcher names each of them, and read the whole station for it"""

from alembic import op

revision = "0011_find_those_without_a_place"
down_revision = "0010_lay_roads"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE INDEX ix_responder_index_placeless ON responder_index (station_id, kind)
            WHERE on_duty AND position IS NULL;
        """
    )
