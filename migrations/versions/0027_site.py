"""The museum's own site, and its own pages

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-29 01:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SLUG = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade():
    site = op.create_table(
        "museum_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_museum_site")),
    )
    op.bulk_insert(site, [{"id": 1, "revision": 0, "profile": {}}])
    op.create_table(
        "own_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("in_header", sa.Boolean(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_page")),
        sa.UniqueConstraint("slug", name=op.f("uq_own_page_slug")),
    )


def downgrade():
    op.drop_table("own_page")
    op.drop_table("museum_site")
