"""Tasks are claimed by lease, in lanes; workers and periodic jobs are known

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-27 22:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LANE = sa.Enum("short", "long", name="lane", native_enum=False, length=16)


def upgrade():
    with op.batch_alter_table("task") as batch_op:
        batch_op.add_column(
            sa.Column("lane", LANE, nullable=False, server_default="long")
        )
        batch_op.add_column(sa.Column("claim", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("slot", LANE, nullable=True))
        batch_op.add_column(sa.Column("lease_until", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("ready_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("told_by_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint("uq_task_slot", ["slot"])
        batch_op.create_foreign_key(
            "fk_task_told_by_id", "user", ["told_by_id"], ["id"], ondelete="SET NULL"
        )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("heartbeat_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_worker"),
    )
    op.create_table(
        "periodic_job",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("kind", name="pk_periodic_job"),
    )
    line_up()


def line_up():
    """What ran has no lease, so it waits; what is soon done goes into its own lane."""
    connection = op.get_bind()
    task = sa.table(
        "task",
        sa.column("id", sa.Integer),
        sa.column("kind", sa.String),
        sa.column("state", sa.String),
        sa.column("lane", sa.String),
        sa.column("parameters", sa.JSON),
    )
    running = sa.update(task).where(task.c.state == "running")
    connection.execute(running.values(state="waiting"))
    rows = connection.execute(sa.select(task.c.id, task.c.kind, task.c.parameters))
    short = [
        row.id
        for row in rows
        if row.kind == "evaluation"
        or (row.kind == "import" and row.parameters.get("phase") == "plan")
    ]
    for task_id in short:
        connection.execute(
            sa.update(task).where(task.c.id == task_id).values(lane="short")
        )


def downgrade():
    """Back to one worker, which takes up what seems to run."""
    op.drop_table("periodic_job")
    op.drop_table("worker")
    with op.batch_alter_table("task") as batch_op:
        batch_op.drop_constraint("fk_task_told_by_id", type_="foreignkey")
        batch_op.drop_constraint("uq_task_slot", type_="unique")
        for name in ("told_by_id", "ready_at", "lease_until", "slot", "claim", "lane"):
            batch_op.drop_column(name)
