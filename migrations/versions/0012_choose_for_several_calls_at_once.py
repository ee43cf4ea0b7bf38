"""Joint plans: which offers moved between calls that wanted the same people, and from what that was chosen"""

from alembic import op

revision = "0012_choose_for_several_calls_at_once"
down_revision = "0011_find_those_without_a_place"


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';

        -- when it was last looked at together with the needs that want the same people
        ALTER TABLE needs ADD COLUMN joint_at timestamptz;
        CREATE INDEX ix_needs_asking ON needs (incident_id) WHERE mode = 'offer' AND state IN ('open', 'short');

        CREATE TABLE joint_plans (
            id         uuid PRIMARY KEY,
            station_id uuid NOT NULL REFERENCES stations,
            need_ids   uuid[] NOT NULL,
            made_at    timestamptz NOT NULL,
            inputs     jsonb NOT NULL,
            result     jsonb NOT NULL
        );
        CREATE INDEX ix_joint_plans_needs ON joint_plans USING gin (need_ids);
        CREATE TRIGGER joint_plans_write_once BEFORE UPDATE OR DELETE ON joint_plans
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        """
    )
