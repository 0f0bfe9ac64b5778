"""Semantic descriptors, grey copies, matches that no network looked at

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-28 06:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = ("semantic", "picture")


def upgrade():
    with op.batch_alter_table("image_features") as batch_op:
        for name in COLUMNS:
            batch_op.add_column(
                sa.Column(name, sa.LargeBinary(), nullable=False, server_default="")
            )
    with op.batch_alter_table("match") as batch_op:
        batch_op.alter_column("similarity", existing_type=sa.Float(), nullable=True)


def downgrade():
    op.execute("UPDATE match SET similarity = 0 WHERE similarity IS NULL")
    with op.batch_alter_table("match") as batch_op:
        batch_op.alter_column("similarity", existing_type=sa.Float(), nullable=False)
    with op.batch_alter_table("image_features") as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
