"""Earliest and latest year of a date instead of one

The program's own reader of dates is asked, rather than a copy of it: should it read
them otherwise one day, years are read anew whenever a label is written.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-28 22:00:00
"""

import re

import sqlalchemy as sa
from alembic import op

from app.models.dates.reading import years_of

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ADDED = ("earliest_year", "latest_year")
BATCH = 10_000


def upgrade():
    for name in ADDED:
        op.add_column("artwork", sa.Column(name, sa.Integer(), nullable=True))
    fill(
        lambda date: dict(zip(ADDED, years_of(date), strict=True)),
        ADDED,
    )
    for name in ADDED:
        op.create_index(f"ix_artwork_{name}", "artwork", [name])
    with op.batch_alter_table("artwork") as batch_op:
        batch_op.drop_column("year")


def fill(read, names):
    """Read the dates in batches: a million works never lie in memory at once."""
    connection = op.get_bind()
    artwork = sa.table(
        "artwork",
        sa.column("id", sa.Integer),
        sa.column("date", sa.Text),
        *(sa.column(name, sa.Integer) for name in names),
    )
    change = (
        sa.update(artwork)
        .where(artwork.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam(f"new_{name}") for name in names})
    )
    last = -1
    while rows := connection.execute(
        sa.select(artwork.c.id, artwork.c.date)
        .where(artwork.c.id > last)
        .order_by(artwork.c.id)
        .limit(BATCH)
    ).all():
        last = rows[-1].id
        changes = [
            {
                "row": row.id,
                **{f"new_{name}": value for name, value in read(row.date).items()},
            }
            for row in rows
            if row.date
        ]
        if changes:
            connection.execute(change, changes)


def downgrade():
    op.add_column("artwork", sa.Column("year", sa.Integer(), nullable=True))
    fill(lambda date: {"year": first_year(date)}, ("year",))
    for name in ADDED:
        op.drop_index(f"ix_artwork_{name}", table_name="artwork")
    with op.batch_alter_table("artwork") as batch_op:
        for name in ADDED:
            batch_op.drop_column(name)


def first_year(date):
    found = re.search(r"(?<!\d)\d{3,4}(?!\d)", date)
    return int(found[0]) if found else None
