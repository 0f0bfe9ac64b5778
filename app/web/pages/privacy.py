"""Privacy page: what is kept, how long, who sees it, as the settings have it."""

from flask import Blueprint, current_app, render_template

from app.services.accounts.accounts import UNCONFIRMED_KEPT
from app.services.operations.retention import LEAST_DAYS
from app.services.visits.links import LINK_DAYS
from app.web.account.sessions import VISITOR
from app.web.shell.current import search_service
from app.web.shell.museum import is_kiosk

bp = Blueprint("privacy", __name__)


@bp.get("/privacy")
def show() -> str:
    """Tell visitors what becomes of their photo; needs neither database nor index."""
    days = 0 if is_kiosk() else current_app.config["MORELLI_RETENTION_DAYS"]
    return render_template(
        "privacy.html",
        photo_days=days,
        reads_labels=search_service().labels is not None,
        answer_days=max(days, LEAST_DAYS),
        link_days=LINK_DAYS,
        unconfirmed_days=UNCONFIRMED_KEPT.days,
        idle_days=VISITOR.idle.days,
        session_days=VISITOR.absolute.days,
    )
