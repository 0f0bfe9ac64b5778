"""Where a photo and the work agree, block by block

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-28 07:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("match") as batch_op:
        batch_op.add_column(sa.Column("comparison", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("match") as batch_op:
        batch_op.drop_column("comparison")
