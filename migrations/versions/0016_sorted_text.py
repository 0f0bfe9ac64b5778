"""Sort by code points on PostgreSQL too

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-28 14:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = {
    "artwork": {
        "accession": sa.String(255),
        **dict.fromkeys(
            (
                *("artist", "technique", "type", "school", "location", "shows"),
                *("artist_key", "title_key"),
            ),
            sa.Text(),
        ),
    },
    "stored_setting": {"name": sa.String(64)},
}


def upgrade():
    collate("C")


def downgrade():
    collate("default")


def collate(collation):
    """SQLite sorts so anyway, and would copy the tables."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.alter_column(
                table,
                name,
                existing_type=kind,
                type_=type(kind)(kind.length, collation=collation),
            )
