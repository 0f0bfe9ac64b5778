"""Visits, their links, favourites, and tours

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-29 01:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "visit_note",
        *owned("visit_note"),
        sa.Column("day", sa.Date(), nullable=False),
        *of_artwork("visit_note"),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "user_id",
            "day",
            "artwork_id",
            name=op.f("uq_visit_note_user_id_day_artwork_id"),
        ),
        sa.UniqueConstraint(
            "visitor",
            "day",
            "artwork_id",
            name=op.f("uq_visit_note_visitor_day_artwork_id"),
        ),
    )
    index("visit_note", "artwork_id", "created_at")
    op.create_table(
        "visit_link",
        *owned("visit_link"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.UniqueConstraint("token", name=op.f("uq_visit_link_token")),
    )
    index("visit_link", "user_id", "visitor", "created_at", "expires_at")
    op.create_table(
        "favourite",
        *owned("favourite"),
        *of_artwork("favourite"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "user_id", "artwork_id", name=op.f("uq_favourite_user_id_artwork_id")
        ),
        sa.UniqueConstraint(
            "visitor", "artwork_id", name=op.f("uq_favourite_visitor_artwork_id")
        ),
    )
    index("favourite", "artwork_id", "created_at")
    op.create_table(
        "tour",
        *identified("tour"),
        sa.Column(
            "title",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("translation_of_id", sa.Integer(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["translation_of_id"],
            ["tour.id"],
            name=op.f("fk_tour_translation_of_id"),
            ondelete="SET NULL",
        ),
    )
    index("tour", "translation_of_id", "published_at")
    op.create_table(
        "tour_stop",
        *identified("tour_stop"),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        *of_artwork("tour_stop"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tour_id"],
            ["tour.id"],
            name=op.f("fk_tour_stop_tour_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "tour_id", "artwork_id", name=op.f("uq_tour_stop_tour_id_artwork_id")
        ),
    )
    index("tour_stop", "artwork_id")


def downgrade():
    for name in ("tour_stop", "tour", "favourite", "visit_link", "visit_note"):
        op.drop_table(name)


def identified(table):
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def owned(table):
    return (
        *identified(table),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("visitor", sa.String(43), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f(f"fk_{table}_user_id"),
            ondelete="CASCADE",
        ),
    )


def of_artwork(table):
    return (
        sa.Column("artwork_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f(f"fk_{table}_artwork_id"),
            ondelete="CASCADE",
        ),
    )


def index(table, *columns):
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
