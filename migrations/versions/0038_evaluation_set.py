"""Evaluation set of the collection's own, stubs of works, decisions in the trail

Revision ID: 0038
Revises: 0037
Create Date: 2026-11-29 10:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def key(name, table, target, ondelete):
    return sa.ForeignKeyConstraint(
        [name], [target], name=op.f(f"fk_{table}_{name}"), ondelete=ondelete
    )


def primary(table, column="id"):
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def upgrade():
    with op.batch_alter_table("photo_review") as batch:
        batch.add_column(
            sa.Column("pictures", sa.JSON(), nullable=False, server_default="[]")
        )
        batch.add_column(sa.Column("decision_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_photo_review_decision_id"),
            "audit_entry",
            ["decision_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_index(op.f("ix_photo_review_decision_id"), ["decision_id"])
    with op.batch_alter_table("photo_review") as batch:
        batch.alter_column("pictures", server_default=None)
    note_pictures()
    op.create_table(
        "work_stub",
        sa.Column("artwork_id", sa.Integer(), nullable=False),
        sa.Column("is_loan", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        key("artwork_id", "work_stub", "artwork.id", "CASCADE"),
        primary("work_stub", "artwork_id"),
    )
    op.create_table(
        "evaluation_photo",
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        key("query_id", "evaluation_photo", "query.id", "CASCADE"),
        key("user_id", "evaluation_photo", "user.id", "SET NULL"),
        primary("evaluation_photo", "query_id"),
    )
    op.create_table(
        "evaluation_photo_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.Column("artwork_id", sa.Integer(), nullable=True),
        key(
            "query_id", "evaluation_photo_work", "evaluation_photo.query_id", "CASCADE"
        ),
        key("artwork_id", "evaluation_photo_work", "artwork.id", "SET NULL"),
        primary("evaluation_photo_work"),
        sa.UniqueConstraint(
            "query_id",
            "artwork_id",
            name=op.f("uq_evaluation_photo_work_query_id_artwork_id"),
        ),
    )
    op.create_table(
        "evaluation_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("generation", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column(
            "is_finished", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("asked", "answerable", "first", "found", "wrong")
        ),
        sa.Column("unasked", sa.JSON(), nullable=False),
        key("task_id", "evaluation_run", "task.id", "SET NULL"),
        primary("evaluation_run"),
    )
    op.create_table(
        "evaluation_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("named", sa.JSON(), nullable=False),
        sa.Column("found_works", sa.JSON(), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("is_answerable", "is_first", "is_found", "is_wrong")
        ),
        key("run_id", "evaluation_answer", "evaluation_run.id", "CASCADE"),
        key("query_id", "evaluation_answer", "evaluation_photo.query_id", "CASCADE"),
        primary("evaluation_answer"),
        sa.UniqueConstraint(
            "run_id", "query_id", name=op.f("uq_evaluation_answer_run_id_query_id")
        ),
    )
    for table, names in {
        "evaluation_photo": ("created_at", "user_id"),
        "evaluation_photo_work": ("artwork_id",),
        "evaluation_run": ("task_id", "created_at"),
        "evaluation_answer": ("query_id",),
    }.items():
        for name in names:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def note_pictures():
    """Note which pictures were made of photos, as the trail remembers it."""
    review = sa.table(
        "photo_review",
        sa.column("query_id", sa.String),
        sa.column("entry_id", sa.Integer),
        sa.column("pictures", sa.JSON),
    )
    entry = sa.table(
        "audit_entry",
        sa.column("id", sa.Integer),
        sa.column("before", sa.JSON),
        sa.column("after", sa.JSON),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(review.c.query_id, entry.c.before, entry.c.after).join(
            entry, entry.c.id == review.c.entry_id
        )
    ).all()
    for query_id, before, after in rows:
        known = {one["sha256"] for one in before.get("images", ())}
        made = [one["sha256"] for one in after.get("images", ())]
        connection.execute(
            review.update()
            .where(review.c.query_id == query_id)
            .values(pictures=[one for one in made if one not in known])
        )


def downgrade():
    for table in (
        "evaluation_answer",
        "evaluation_run",
        "evaluation_photo_work",
        "evaluation_photo",
        "work_stub",
    ):
        op.drop_table(table)
    # An older program knows no stubs: their photos wait again.
    op.execute(
        "UPDATE photo_review SET outcome = 'open', artwork_id = NULL "
        "WHERE outcome = 'stub'"
    )
    with op.batch_alter_table("photo_review") as batch:
        batch.drop_index(op.f("ix_photo_review_decision_id"))
        batch.drop_constraint(op.f("fk_photo_review_decision_id"), type_="foreignkey")
        batch.drop_column("decision_id")
        batch.drop_column("pictures")
