"""Numbers of merged works, works deleted for good

Revision ID: 0031
Revises: 0030
Create Date: 2026-11-29 07:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Deleting works looks for what names them and their pictures.
INDEXES = (("match", "image_id"), ("feedback", "artwork_id"))


def upgrade():
    accession = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
    op.create_table(
        "merged_number",
        sa.Column("accession", accession, nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f("fk_merged_number_artwork_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("accession", name=op.f("pk_merged_number")),
    )
    op.create_index(
        op.f("ix_merged_number_artwork_id"), "merged_number", ["artwork_id"]
    )
    op.create_table(
        "deleted_work",
        sa.Column("accession", accession, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("accession", name=op.f("pk_deleted_work")),
    )
    op.create_index(op.f("ix_deleted_work_revision"), "deleted_work", ["revision"])
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade():
    for table, column in INDEXES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    op.drop_table("deleted_work")
    op.drop_table("merged_number")
