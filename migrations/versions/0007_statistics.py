"""What the figures over many questions are counted by

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-21 08:20:00
"""

from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BATCH = 1000
COUNTED = ["asked_hour", "verdict", "language", "device", "total_ms", "id"]


def upgrade():
    with op.batch_alter_table("query") as batch_op:
        batch_op.add_column(
            sa.Column("asked_hour", sa.Integer(), nullable=False, server_default="0")
        )
    fill()
    with op.batch_alter_table("query") as batch_op:
        batch_op.create_index("ix_query_counted", COUNTED)
    with op.batch_alter_table("match") as batch_op:
        batch_op.create_index("ix_match_counted", ["query_id", "verdict", "artwork_id"])


def fill():
    """As the program does with every new question."""
    connection = op.get_bind()
    query = sa.table(
        "query",
        sa.column("id", sa.String),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("asked_hour", sa.Integer),
    )
    last = ""
    while rows := connection.execute(
        sa.select(query.c.id, query.c.created_at)
        .where(query.c.id > last)
        .order_by(query.c.id)
        .limit(BATCH)
    ).all():
        last = rows[-1].id
        connection.execute(
            sa.update(query)
            .where(query.c.id == sa.bindparam("row"))
            .values(asked_hour=sa.bindparam("hour")),
            [{"row": row.id, "hour": hour(row.created_at)} for row in rows],
        )


def hour(moment):
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) // 3600


def downgrade():
    with op.batch_alter_table("match") as batch_op:
        batch_op.drop_index("ix_match_counted")
    with op.batch_alter_table("query") as batch_op:
        batch_op.drop_index("ix_query_counted")
        batch_op.drop_column("asked_hour")
