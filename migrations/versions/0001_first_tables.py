"""First tables

Revision ID: 0001
Revises:
Create Date: 2026-11-21 00:06:29.047284
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "artwork",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("accession", sa.String(length=255), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("artist", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("technique", sa.Text(), nullable=False),
        sa.Column("school", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artwork")),
        sa.UniqueConstraint("accession", name=op.f("uq_artwork_accession")),
    )
    op.create_index(op.f("ix_artwork_withdrawn_at"), "artwork", ["withdrawn_at"])

    op.create_table(
        "generation",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("works", sa.Integer(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("examination", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_generation")),
    )
    op.create_table(
        "query",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "found",
                "uncertain",
                "not_found",
                name="verdict",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("photo_name", sa.String(length=255), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.String(length=64), nullable=False),
        sa.Column("similar", sa.JSON(), nullable=False),
        sa.Column("timings_ms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query")),
    )
    op.create_index(op.f("ix_query_created_at"), "query", ["created_at"])

    op.create_table(
        "reference_image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_name", sa.String(length=255), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f("fk_reference_image_artwork_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_image")),
        sa.UniqueConstraint(
            "artwork_id", "sha256", name=op.f("uq_reference_image_artwork_id_sha256")
        ),
    )
    op.create_index(
        op.f("ix_reference_image_artwork_id"), "reference_image", ["artwork_id"]
    )
    op.create_index(op.f("ix_reference_image_sha256"), "reference_image", ["sha256"])

    op.create_table(
        "image_features",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("descriptor", sa.LargeBinary(), nullable=False),
        sa.Column("local_xy", sa.LargeBinary(), nullable=False),
        sa.Column("local_descriptors", sa.LargeBinary(), nullable=False),
        sa.Column("local_height", sa.Integer(), nullable=False),
        sa.Column("local_width", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["reference_image.id"],
            name=op.f("fk_image_features_image_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_features")),
        sa.UniqueConstraint(
            "image_id", "model_id", name=op.f("uq_image_features_image_id_model_id")
        ),
    )
    op.create_index(op.f("ix_image_features_model_id"), "image_features", ["model_id"])

    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.String(length=36), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "found",
                "uncertain",
                "not_found",
                name="verdict",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("inlier_count", sa.Integer(), nullable=False),
        sa.Column("outline", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f("fk_match_artwork_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["reference_image.id"],
            name=op.f("fk_match_image_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["query.id"],
            name=op.f("fk_match_query_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint("query_id", "rank", name=op.f("uq_match_query_id_rank")),
    )
    op.create_index(op.f("ix_match_artwork_id"), "match", ["artwork_id"])


def downgrade():
    op.drop_index(op.f("ix_match_artwork_id"), "match")

    op.drop_table("match")
    op.drop_index(op.f("ix_image_features_model_id"), "image_features")

    op.drop_table("image_features")
    op.drop_index(op.f("ix_reference_image_sha256"), "reference_image")
    op.drop_index(op.f("ix_reference_image_artwork_id"), "reference_image")

    op.drop_table("reference_image")
    op.drop_index(op.f("ix_query_created_at"), "query")

    op.drop_table("query")
    op.drop_table("generation")
    op.drop_index(op.f("ix_artwork_withdrawn_at"), "artwork")

    op.drop_table("artwork")
