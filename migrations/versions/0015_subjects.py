"""What is seen in pictures, and what works show

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-28 10:35:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("stated_subjects", "shows")


def upgrade():
    with op.batch_alter_table("reference_image") as batch_op:
        batch_op.add_column(sa.Column("seen_subjects", sa.Text(), nullable=True))
    with op.batch_alter_table("artwork") as batch_op:
        for name in COLUMNS:
            batch_op.add_column(
                sa.Column(name, sa.Text(), nullable=False, server_default="")
            )


def downgrade():
    with op.batch_alter_table("artwork") as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
    with op.batch_alter_table("reference_image") as batch_op:
        batch_op.drop_column("seen_subjects")
