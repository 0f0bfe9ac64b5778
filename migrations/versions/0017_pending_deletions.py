"""Stored files that are to be deleted, and what all servers use

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-28 14:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "pending_deletion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_deletion")),
    )
    with op.batch_alter_table("pending_deletion") as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_deletion_name"), ["name"])
        batch_op.create_index(batch_op.f("ix_pending_deletion_due_at"), ["due_at"])
    op.create_table(
        "live_pointer",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_live_pointer")),
    )


def downgrade():
    op.drop_table("live_pointer")
    op.drop_table("pending_deletion")
