"""Decision thresholds set by an admin, instead of those that the model learnt.

They stand in the database, where every process reads them before its next search.
Probabilities of one model say nothing of another's, so they are good for theirs alone.
"""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models import StoredSetting, User
from app.retrieval.verification.decision import Thresholds
from app.services.system import audit

NAME = "thresholds"
"""Of the setting, and of the action in the trail of changes."""
UNSET = {"found": "–", "uncertain": "–"}
"""Stands in the trail for the model's own thresholds."""


def stored(session: Session, model_id: str) -> Thresholds | None:
    """Return what was set for a model; None: its own thresholds are good."""
    setting = session.get(StoredSetting, NAME)
    if setting is None or setting.value["model_id"] != model_id:
        return None
    return Thresholds(setting.value["found"], setting.value["uncertain"])


def store(
    session: Session,
    thresholds: Thresholds | None,
    model_id: str,
    *,
    before: Thresholds,
    user: User | None,
    grounds: Mapping[str, str] | None = None,
) -> None:
    """Set thresholds, or go back to the model's, and write that down; commits.

    Parameters
    ----------
    session : Session
    thresholds : Thresholds or None
    model_id : str
        Of the model that they are for.
    before : Thresholds
        That were good until now.
    user : User or None
        Who does it.
    grounds : mapping, optional
        What was known of them then, for the trail.
    """
    if thresholds is None:
        session.execute(delete(StoredSetting).where(StoredSetting.name == NAME))
    else:
        value = {**asdict(thresholds), "model_id": model_id}
        session.merge(StoredSetting(name=NAME, value=value))
    audit.record(
        session,
        NAME,
        user=user,
        before=asdict(before),
        after=(asdict(thresholds) if thresholds else UNSET) | dict(grounds or {}),
    )
    session.commit()
