"""Which pictures the index could not be built of

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-27 22:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "index_fault",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["reference_image.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("image_id"),
    )


def downgrade():
    op.drop_table("index_fault")
