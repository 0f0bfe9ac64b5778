"""Edits of many works at once

Revision ID: 0030
Revises: 0029
Create Date: 2026-11-29 07:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bulk_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operation", sa.JSON(), nullable=False),
        sa.Column("work_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("through_id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("sample", sa.JSON(), nullable=False),
        sa.Column("passed_over", sa.JSON(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_bulk_edit_user_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_bulk_edit_task_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_edit")),
    )
    for column in ("created_at", "task_id", "user_id"):
        op.create_index(op.f(f"ix_bulk_edit_{column}"), "bulk_edit", [column])
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.add_column(sa.Column("bulk_edit_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_audit_entry_bulk_edit_id"),
            "bulk_edit",
            ["bulk_edit_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(op.f("ix_audit_entry_bulk_edit_id"), ["bulk_edit_id"])


def downgrade():
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.drop_index(op.f("ix_audit_entry_bulk_edit_id"))
        batch_op.drop_constraint(
            op.f("fk_audit_entry_bulk_edit_id"), type_="foreignkey"
        )
        batch_op.drop_column("bulk_edit_id")
    op.drop_table("bulk_edit")
