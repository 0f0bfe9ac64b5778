"""What the network saw in a photo

Revision ID: 0042
Revises: 0041
Create Date: 2026-11-29 14:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("query") as batch_op:
        batch_op.add_column(sa.Column("seen", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("query") as batch_op:
        batch_op.drop_column("seen")
