"""The database: what the museum owns, what visitors asked, and who they are.

The database is the truth and the index is derived from it. Portable SQL only: what is
particular to SQLite lives in ``app.extensions``.
"""

from app.models.accounts import AccessToken, Role, User, roles_users
from app.models.base import Base, UtcDateTime, now, verdict_type
from app.models.collection import (
    Artwork,
    CollectionState,
    GenerationRecord,
    ImageFeatures,
    IndexFault,
    ReferenceImage,
)
from app.models.curation import (
    AuditEntry,
    EvaluationReport,
    Relation,
    StoredSetting,
    WorkFinding,
)
from app.models.queries import Feedback, Query, QueryMatch
from app.models.tasks import (
    ColumnMapping,
    ImportRow,
    ImportRun,
    Lane,
    PeriodicJob,
    RowState,
    Task,
    TaskState,
    TaskWish,
    Worker,
)

__all__ = [
    "AccessToken",
    "Artwork",
    "AuditEntry",
    "Base",
    "CollectionState",
    "ColumnMapping",
    "EvaluationReport",
    "Feedback",
    "GenerationRecord",
    "ImageFeatures",
    "ImportRow",
    "ImportRun",
    "IndexFault",
    "Lane",
    "PeriodicJob",
    "Query",
    "QueryMatch",
    "ReferenceImage",
    "Relation",
    "Role",
    "RowState",
    "StoredSetting",
    "Task",
    "TaskState",
    "TaskWish",
    "User",
    "UtcDateTime",
    "WorkFinding",
    "Worker",
    "now",
    "roles_users",
    "verdict_type",
]
