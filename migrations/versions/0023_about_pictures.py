"""What the museum says of a picture, and not of its work

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-28 22:46:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("reference_image") as batch_op:
        batch_op.add_column(
            sa.Column("about", sa.JSON(), nullable=False, server_default="{}")
        )


def downgrade():
    with op.batch_alter_table("reference_image") as batch_op:
        batch_op.drop_column("about")
