"""Reviews of visitors' photos

Revision ID: 0033
Revises: 0031
Create Date: 2026-11-29 08:25:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None

REFERENCES = {
    "artwork_id": "artwork.id",
    "entry_id": "audit_entry.id",
    "user_id": "user.id",
    "again_id": "artwork.id",
}


def upgrade():
    op.create_table(
        "photo_review",
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in REFERENCES),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("again_verdict", sa.String(16), nullable=True),
        sa.Column("again_generation", sa.String(64), nullable=False),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["query.id"],
            name=op.f("fk_photo_review_query_id"),
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint(
                [name],
                [target],
                name=op.f(f"fk_photo_review_{name}"),
                ondelete="SET NULL",
            )
            for name, target in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("query_id", name=op.f("pk_photo_review")),
    )
    for name in REFERENCES:
        op.create_index(op.f(f"ix_photo_review_{name}"), "photo_review", [name])


def downgrade():
    op.drop_table("photo_review")
