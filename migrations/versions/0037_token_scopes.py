"""Scopes of access tokens, and the token that a change was made with

Revision ID: 0037
Revises: 0036
Create Date: 2026-11-29 08:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("access_token") as batch_op:
        batch_op.add_column(
            sa.Column("scope", sa.String(16), nullable=False, server_default="read")
        )
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.add_column(sa.Column("token_name", sa.String(80), nullable=True))


def downgrade():
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.drop_column("token_name")
    # What may write today could do no more than read before: it goes on reading.
    with op.batch_alter_table("access_token") as batch_op:
        batch_op.drop_column("scope")
