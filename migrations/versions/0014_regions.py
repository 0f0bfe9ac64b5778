"""The region of a photo that shows a work in the round

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-28 07:25:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("match") as batch_op:
        batch_op.add_column(sa.Column("region", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("match") as batch_op:
        batch_op.drop_column("region")
