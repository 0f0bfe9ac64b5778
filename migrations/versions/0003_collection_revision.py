"""The collection's revision, by which server processes notice changes

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-21 04:47:18.451596
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    state = op.create_table(
        "collection_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_state")),
    )
    op.bulk_insert(state, [{"id": 1, "revision": 0}])
    with op.batch_alter_table("artwork") as batch_op:
        batch_op.add_column(
            sa.Column("revision", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.create_index(batch_op.f("ix_artwork_revision"), ["revision"])
    with op.batch_alter_table("generation") as batch_op:
        batch_op.add_column(
            sa.Column("revision", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade():
    with op.batch_alter_table("generation") as batch_op:
        batch_op.drop_column("revision")
    with op.batch_alter_table("artwork") as batch_op:
        batch_op.drop_index(batch_op.f("ix_artwork_revision"))
        batch_op.drop_column("revision")
    op.drop_table("collection_state")
