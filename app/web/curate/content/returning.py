"""Ways back to the page of a work's content."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.models import Artwork, AuditEntry
from app.web.curate.responses import go_to


def saved(entry: AuditEntry | None) -> str:
    """Say what came of a change."""
    return str(gettext("Saved.") if entry else gettext("Nothing was changed."))


def back(work: Artwork, **said: Any) -> ResponseReturnValue:
    """Show a work's content again after a change."""
    return go_to("curate_content.show", work_id=work.id, **said)
