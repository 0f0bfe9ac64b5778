"""Where imported recordings are from, and what sources said of media

Revision ID: 0041
Revises: 0040
Create Date: 2026-11-29 13:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("work_media") as batch:
        batch.add_column(
            sa.Column("source", sa.Text(), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("sha256", sa.String(64), nullable=True))
    with op.batch_alter_table("work_media") as batch:
        batch.alter_column("source", server_default=None)
    with op.batch_alter_table("source_item") as batch:
        batch.add_column(
            sa.Column("media", sa.JSON(), nullable=False, server_default="[]")
        )
    with op.batch_alter_table("source_item") as batch:
        batch.alter_column("media", server_default=None)


def downgrade():
    with op.batch_alter_table("source_item") as batch:
        batch.drop_column("media")
    with op.batch_alter_table("work_media") as batch:
        batch.drop_column("sha256")
        batch.drop_column("source")
