"""Codes of terms in controlled vocabularies, and saved filters

Revision ID: 0039
Revises: 0038
Create Date: 2026-11-29 11:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade():
    # Sorted by code points on every database, as Python does.
    text = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
    op.create_table(
        "term_code",
        sa.Column("field", sa.String(16), nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("authority", sa.String(16), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint(
            "field", "text", "authority", name=op.f("pk_term_code")
        ),
    )
    op.create_index(op.f("ix_term_code_code"), "term_code", ["code"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_saved_filter_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint(
            "user_id", "name", name=op.f("uq_saved_filter_user_id_name")
        ),
    )


def downgrade():
    op.drop_table("saved_filter")
    op.drop_table("term_code")
