"""Accounts, feedback, and the evidence of an answer

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-21 04:13:38.775526
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_access_token_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_token_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"],
            ["role.id"],
            name=op.f("fk_roles_users_role_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_roles_users_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_roles_users")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.String(length=36), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["artwork.id"],
            name=op.f("fk_feedback_artwork_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["query.id"],
            name=op.f("fk_feedback_query_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("query_id", name=op.f("uq_feedback_query_id")),
    )
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("points", sa.JSON(), nullable=False, server_default="[]")
        )

    with op.batch_alter_table("query", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("visitor", sa.String(length=43), nullable=True))
        batch_op.add_column(
            sa.Column("share_token", sa.String(length=43), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "source", sa.String(length=16), nullable=False, server_default="upload"
            )
        )
        batch_op.add_column(sa.Column("language", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("device", sa.String(length=16), nullable=True))
        batch_op.add_column(
            sa.Column("quality", sa.JSON(), nullable=False, server_default="{}")
        )
        batch_op.add_column(
            sa.Column("activation_map", sa.LargeBinary(), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_query_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_query_visitor"), ["visitor"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_query_share_token"), ["share_token"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_query_user_id"),
            "user",
            ["user_id"],
            ["id"],
            ondelete="CASCADE",
        )


def downgrade():
    with op.batch_alter_table("query", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_query_user_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_query_share_token"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_query_visitor"))
        batch_op.drop_index(batch_op.f("ix_query_user_id"))
        batch_op.drop_column("activation_map")
        batch_op.drop_column("quality")
        batch_op.drop_column("device")
        batch_op.drop_column("language")
        batch_op.drop_column("source")
        batch_op.drop_column("share_token")
        batch_op.drop_column("visitor")
        batch_op.drop_column("user_id")

    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.drop_column("points")

    op.drop_table("feedback")
    op.drop_table("roles_users")
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_token_user_id"))

    op.drop_table("access_token")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_created_at"))

    op.drop_table("user")
    op.drop_table("role")
