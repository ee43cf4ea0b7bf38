"""An index of all roads by place; a tile of the map draws also those without a name"""

from alembic import op

revision = "0013_find_the_roads_of_a_tile"
down_revision = "0012_choose_for_several_calls_at_once"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        CREATE INDEX gx_road_ways_line ON road_ways USING gist (line);
        """
    )
