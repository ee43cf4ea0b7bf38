"""The telephone number of a station's command room, which is no secret"""

from alembic import op

revision = "0014_give_each_command_room_a_number"
down_revision = "0013_find_the_roads_of_a_tile"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        ALTER TABLE stations ADD COLUMN duty_phone text CHECK (duty_phone ~ '^[+][0-9]{7,15}$');
        """
    )
