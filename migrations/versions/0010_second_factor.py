"""Second factors of accounts: authenticator app, passkeys, recovery codes

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-28 02:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COLUMNS = {
    "tf_primary_method": sa.String(64),
    "tf_totp_secret": sa.String(255),
    "totp_counter": sa.Integer(),
    "fs_webauthn_user_handle": sa.String(64),
}


def upgrade():
    # Without a batch: the table need not be copied, and what refers to it is left alone.
    for name, kind in COLUMNS.items():
        op.add_column("user", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_user_fs_webauthn_user_handle",
        "user",
        ["fs_webauthn_user_handle"],
        unique=True,
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(64), nullable=False),
        sa.Column("extensions", sa.String(255), nullable=True),
        sa.Column("usage", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("lastuse_datetime", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_passkey_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_index(
        "ix_passkey_credential_id", "passkey", ["credential_id"], unique=True
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name="fk_recovery_code_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint(
            "user_id", "code_hash", name="uq_recovery_code_user_id_code_hash"
        ),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])


def downgrade():
    op.drop_table("recovery_code")
    op.drop_table("passkey")
    op.drop_index("ix_user_fs_webauthn_user_handle", table_name="user")
    with op.batch_alter_table("user") as batch_op:
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
