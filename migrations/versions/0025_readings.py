"""What was read on the labels in a photo

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-28 22:24:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("query") as batch_op:
        batch_op.add_column(sa.Column("reading", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("query") as batch_op:
        batch_op.drop_column("reading")
