"""The style of each reference image

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-21 05:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("image_features") as batch_op:
        batch_op.add_column(
            sa.Column("style", sa.LargeBinary(), nullable=False, server_default="")
        )


def downgrade():
    with op.batch_alter_table("image_features") as batch_op:
        batch_op.drop_column("style")
