"""Database tables: collection, queries, accounts, visits, curation, tasks, site.

The database is the truth and the index is derived from it. Portable SQL only: what is
particular to SQLite lives in ``app.extensions``.
"""

from app.models.accounts import AccessToken as AccessToken
from app.models.accounts import Invitation as Invitation
from app.models.accounts import Passkey as Passkey
from app.models.accounts import RecoveryCode as RecoveryCode
from app.models.accounts import Role as Role
from app.models.accounts import User as User
from app.models.base import LARGEST_INTEGER as LARGEST_INTEGER
from app.models.base import Base as Base
from app.models.base import UtcDateTime as UtcDateTime
from app.models.base import now as now
from app.models.catalogues import CatalogueSource as CatalogueSource
from app.models.catalogues import SourceItem as SourceItem
from app.models.collection import Artwork as Artwork
from app.models.collection import CollectionState as CollectionState
from app.models.collection import GenerationRecord as GenerationRecord
from app.models.collection import ImageFeatures as ImageFeatures
from app.models.collection import IndexFault as IndexFault
from app.models.collection import ReferenceImage as ReferenceImage
from app.models.content import MediaKind as MediaKind
from app.models.content import WorkMedia as WorkMedia
from app.models.curation import AuditEntry as AuditEntry
from app.models.curation import EvaluationReport as EvaluationReport
from app.models.curation import Relation as Relation
from app.models.curation import StoredSetting as StoredSetting
from app.models.curation import WorkFinding as WorkFinding
from app.models.imports import ColumnMapping as ColumnMapping
from app.models.imports import ImportRow as ImportRow
from app.models.imports import ImportRun as ImportRun
from app.models.imports import RowState as RowState
from app.models.imports import SentPicture as SentPicture
from app.models.media import LivePointer as LivePointer
from app.models.media import PendingDeletion as PendingDeletion
from app.models.queries import Feedback as Feedback
from app.models.queries import Query as Query
from app.models.queries import QueryMatch as QueryMatch
from app.models.site import LONGEST_SLUG as LONGEST_SLUG
from app.models.site import MuseumSite as MuseumSite
from app.models.site import OwnPage as OwnPage
from app.models.tasks import Lane as Lane
from app.models.tasks import PeriodicJob as PeriodicJob
from app.models.tasks import Task as Task
from app.models.tasks import TaskState as TaskState
from app.models.tasks import TaskWish as TaskWish
from app.models.tasks import Worker as Worker
from app.models.visits import Favourite as Favourite
from app.models.visits import Tour as Tour
from app.models.visits import TourStop as TourStop
from app.models.visits import VisitLink as VisitLink
from app.models.visits import VisitNote as VisitNote
from app.models.words import ArtworkNumber as ArtworkNumber
from app.models.words import ArtworkWord as ArtworkWord
from app.models.words import Word as Word
