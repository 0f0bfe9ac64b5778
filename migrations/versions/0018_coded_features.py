"""Local features as short codes, vectors of half precision

Features of earlier builds are of another form: they are computed anew by the next
building of the index.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-28 14:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ADDED = ("local_codes", "local_words", "local_signatures")


def upgrade():
    op.execute("DELETE FROM image_features")
    with op.batch_alter_table("image_features") as batch_op:
        batch_op.drop_column("local_descriptors")
        for name in ADDED:
            batch_op.add_column(sa.Column(name, sa.LargeBinary(), nullable=False))


def downgrade():
    op.execute("DELETE FROM image_features")
    with op.batch_alter_table("image_features") as batch_op:
        for name in ADDED:
            batch_op.drop_column(name)
        batch_op.add_column(
            sa.Column("local_descriptors", sa.LargeBinary(), nullable=False)
        )
