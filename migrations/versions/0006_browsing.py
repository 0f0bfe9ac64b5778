"""What works are searched, sorted and filtered by

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-21 07:30:00
"""

import re

import sqlalchemy as sa
from alembic import op
from anyascii import anyascii

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SEARCHED = (
    "accession",
    "title",
    "artist",
    "date",
    "technique",
    "type",
    "school",
    "location",
)
BATCH = 1000


def upgrade():
    with op.batch_alter_table("artwork") as batch_op:
        for name in ("type", "search_text"):
            batch_op.add_column(
                sa.Column(name, sa.Text(), nullable=False, server_default="")
            )
        for name in ("artist_key", "title_key"):
            batch_op.add_column(
                sa.Column(name, sa.Text(), nullable=False, server_default="~")
            )
        batch_op.add_column(sa.Column("year", sa.Integer(), nullable=True))
        batch_op.create_index("ix_artwork_order", ["artist_key", "title_key", "id"])
    fill()


def fill():
    """As the program does whenever it writes a label."""
    connection = op.get_bind()
    artwork = sa.table(
        "artwork",
        sa.column("id", sa.Integer),
        *(sa.column(name, sa.Text) for name in SEARCHED),
        *(sa.column(name, sa.Text) for name in ("search_text", "artist_key")),
        sa.column("title_key", sa.Text),
        sa.column("year", sa.Integer),
    )
    columns = [artwork.c.id, *(artwork.c[name] for name in SEARCHED)]
    last = -1
    while rows := connection.execute(
        sa.select(*columns)
        .where(artwork.c.id > last)
        .order_by(artwork.c.id)
        .limit(BATCH)
    ).all():
        last = rows[-1].id
        connection.execute(
            sa.update(artwork)
            .where(artwork.c.id == sa.bindparam("row"))
            .values(
                {
                    name: sa.bindparam(f"new_{name}")
                    for name in ("search_text", "artist_key", "title_key", "year")
                }
            ),
            [
                {
                    "row": row.id,
                    "new_search_text": plain(" ".join(row[1:])),
                    "new_artist_key": key(row.artist),
                    "new_title_key": key(row.title),
                    "new_year": year(row.date),
                }
                for row in rows
            ],
        )


def plain(text):
    return re.sub(r"\s+", " ", anyascii(text).casefold()).strip()


def key(text):
    return re.sub(r"[^a-z0-9]+", " ", plain(text)).strip() or "~"


def year(date):
    found = re.search(r"(?<!\d)\d{3,4}(?!\d)", date)
    return int(found[0]) if found else None


def downgrade():
    with op.batch_alter_table("artwork") as batch_op:
        batch_op.drop_index("ix_artwork_order")
        for name in ("type", "search_text", "artist_key", "title_key", "year"):
            batch_op.drop_column(name)
