"""Corrections of the ground truth of evaluations

Revision ID: 0029
Revises: 0028
Create Date: 2026-11-29 02:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("evaluation_report") as batch_op:
        batch_op.add_column(sa.Column("answers", sa.JSON(), nullable=True))
    accession = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
    op.create_table(
        "relevance_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_sha256", sa.String(64), nullable=False),
        sa.Column("accession", accession, nullable=False),
        sa.Column("relevance", sa.String(16), nullable=False),
        sa.Column("photo", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_relevance_judgement_user_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["evaluation_report.id"],
            name=op.f("fk_relevance_judgement_report_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relevance_judgement")),
        sa.UniqueConstraint(
            "photo_sha256",
            "accession",
            name=op.f("uq_relevance_judgement_photo_sha256_accession"),
        ),
    )
    for column in ("created_at", "report_id", "user_id"):
        op.create_index(
            op.f(f"ix_relevance_judgement_{column}"), "relevance_judgement", [column]
        )


def downgrade():
    op.drop_table("relevance_judgement")
    with op.batch_alter_table("evaluation_report") as batch_op:
        batch_op.drop_column("answers")
