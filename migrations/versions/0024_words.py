"""Words and numbers that works are found by, and how visitors found theirs

Revision ID: 0024
Revises: 0023
Create Date: 2026-11-28 22:20:00
"""

import re

import sqlalchemy as sa
from alembic import op
from anyascii import anyascii

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BATCH = 1000
GUIDE_COLUMN = re.compile(r"guid|guia|\bstop\b|audio|tour\b|fuhrung|rundgang|parcours")


def upgrade():
    sorted_text = lambda n: sa.String(n).with_variant(  # noqa: E731
        sa.String(n, collation="C"), "postgresql"
    )
    op.create_table(
        "word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sorted_text(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word")),
    )
    op.create_index(op.f("ix_word_text"), "word", ["text"])
    op.create_table(
        "artwork_word",
        sa.Column("word_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["word_id"], ["word.id"], name=op.f("fk_artwork_word_word_id")
        ),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f("fk_artwork_word_artwork_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "word_id", "part", "length", "artwork_id", name=op.f("pk_artwork_word")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_artwork_word_artwork_id"), "artwork_word", ["artwork_id"])
    op.create_table(
        "artwork_number",
        sa.Column("number", sorted_text(64), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f("fk_artwork_number_artwork_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", "artwork_id", name=op.f("pk_artwork_number")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_artwork_number_artwork_id", "artwork_number", ["artwork_id"])
    op.create_index("ix_artwork_room", "artwork", ["location", "withdrawn_at"])
    with op.batch_alter_table("feedback") as batch_op:
        batch_op.add_column(sa.Column("found_by", sa.String(16), nullable=True))
    fill()


def fill():
    """As the program does whenever it writes a label."""
    connection = op.get_bind()
    columns = lambda names: [sa.column(name) for name in names]  # noqa: E731
    artwork = sa.table(
        "artwork",
        *columns(("id", "accession", "title", "artist", "withdrawn_at")),
        sa.column("details", sa.JSON),
    )
    word = sa.table("word", *columns(("id", "text")))
    occurrence = sa.table(
        "artwork_word", *columns(("word_id", "part", "length", "artwork_id"))
    )
    number = sa.table("artwork_number", *columns(("number", "artwork_id")))
    known = {}
    last = -1
    while rows := connection.execute(
        sa.select(artwork)
        .where(artwork.c.id > last)
        .order_by(artwork.c.id)
        .limit(BATCH)
    ).all():
        last = rows[-1].id
        shown = [row for row in rows if row.withdrawn_at is None]
        parts = [
            (one, part, len(words), row.id)
            for row in shown
            for part, text in ((1, row.title), (2, row.artist))
            if (words := words_of(text))
            for one in words
        ]
        new = sorted({one for one, *_ in parts} - known.keys())
        fresh = {one: len(known) + at for at, one in enumerate(new, 1)}
        known |= fresh
        write(connection, word, [{"id": n, "text": one} for one, n in fresh.items()])
        names = ("word_id", "part", "length", "artwork_id")
        write(
            connection,
            occurrence,
            [dict(zip(names, (known[one], *rest))) for one, *rest in parts],
        )
        write(
            connection,
            number,
            [
                {"number": one, "artwork_id": row.id}
                for row in shown
                for one in sorted(numbers_of(row.accession, row.details or {}))
            ],
        )
    if known and connection.dialect.name == "postgresql":
        # The rows were numbered here; the next one is the program's.
        connection.execute(sa.text("SELECT setval('word_id_seq', max(id)) FROM word"))


def write(connection, table, rows):
    if rows:
        connection.execute(sa.insert(table), rows)


def parts_of(text):
    plain = re.sub(r"\s+", " ", anyascii(text).casefold()).strip()
    return re.sub(r"[^a-z0-9]+", " ", plain).split()


def words_of(text):
    parts = parts_of(text)
    words = [part for part in parts if len(part) > 1 or part.isdigit()] or parts
    return list(dict.fromkeys(word[:24] for word in words))


def numbers_of(accession, details):
    guides = (
        str(value)
        for name, value in details.items()
        if GUIDE_COLUMN.search(" ".join(words_of(name)))
    )
    short = [one for one in guides if len(one) <= 12]
    return {"".join(parts_of(one))[:64] for one in (accession, *short)} - {""}


def downgrade():
    op.drop_index("ix_artwork_room", "artwork")
    with op.batch_alter_table("feedback") as batch_op:
        batch_op.drop_column("found_by")
    for name in ("artwork_number", "artwork_word", "word"):
        op.drop_table(name)
