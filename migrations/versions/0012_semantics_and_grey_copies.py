"""The semantic descriptor and the grey copy of each reference image

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


def downgrade():
    with op.batch_alter_table("image_features") as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
