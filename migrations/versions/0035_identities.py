"""Identities of accounts at an identity provider

Revision ID: 0035
Revises: 0034
Create Date: 2026-11-29 07:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_identity_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint(
            "issuer", "subject", name=op.f("uq_identity_issuer_subject")
        ),
    )
    op.create_index(op.f("ix_identity_user_id"), "identity", ["user_id"])


def downgrade():
    op.drop_index(op.f("ix_identity_user_id"), table_name="identity")
    op.drop_table("identity")
