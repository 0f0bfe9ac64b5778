"""Monthly report that administrators are mailed, if they ask for it

Revision ID: 0036
Revises: 0035
Create Date: 2026-11-29 08:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("user", sa.Column("reported_month", sa.Date(), nullable=True))


def downgrade():
    with op.batch_alter_table("user") as batch_op:
        batch_op.drop_column("reported_month")
