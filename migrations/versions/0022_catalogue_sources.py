"""Sources that a collection is kept in step with

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-28 22:15:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "catalogue_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(2048), nullable=False),
        sa.Column("is_nightly", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_catalogue_source_user_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_source")),
        sa.UniqueConstraint("address", name=op.f("uq_catalogue_source_address")),
    )
    op.create_table(
        "source_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catalogue_id", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(2048), nullable=False),
        sa.Column("accession", sa.String(255), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("seen_run", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f("fk_source_item_artwork_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["catalogue_id"],
            ["catalogue_source.id"],
            name=op.f("fk_source_item_catalogue_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_item")),
        sa.UniqueConstraint(
            "catalogue_id",
            "identifier",
            name=op.f("uq_source_item_catalogue_id_identifier"),
        ),
    )
    for column in ("accession", "artwork_id", "seen_run"):
        op.create_index(op.f(f"ix_source_item_{column}"), "source_item", [column])
    with op.batch_alter_table("import_run") as batch_op:
        batch_op.add_column(sa.Column("catalogue_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("mark", sa.String(32), nullable=False, server_default="")
        )
        batch_op.create_foreign_key(
            op.f("fk_import_run_catalogue_id"),
            "catalogue_source",
            ["catalogue_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(op.f("ix_import_run_catalogue_id"), ["catalogue_id"])
    op.execute("UPDATE import_run SET source = 'standard' WHERE source = 'iiif'")


def downgrade():
    op.execute("UPDATE import_run SET source = 'iiif' WHERE source = 'standard'")
    with op.batch_alter_table("import_run") as batch_op:
        batch_op.drop_index(op.f("ix_import_run_catalogue_id"))
        batch_op.drop_constraint(op.f("fk_import_run_catalogue_id"), type_="foreignkey")
        batch_op.drop_column("mark")
        batch_op.drop_column("catalogue_id")
    op.drop_table("source_item")
    op.drop_table("catalogue_source")
