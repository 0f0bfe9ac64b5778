"""Names of what is edited, and of what works lack, in words for curators."""

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from app.models.languages import parted
from app.services.collection.labels import DETAIL
from app.services.collection.lacking import PICTURE, RECORD
from app.services.collection.subjects import SHOWS
from app.services.curation.bulk.operations import (
    PRESENCE,
    BulkOperation,
    OperationError,
    OperationFault,
    OperationKind,
)
from app.web.shell.content.shown import FIELD_NAMES
from app.web.shell.content.subject_names import SUBJECT_NAMES

OPERATION_NAMES = {
    OperationKind.SET: _("becomes “%(value)s”"),
    OperationKind.FILL: _("becomes “%(value)s” where nothing is said"),
    OperationKind.CLEAR: _("is emptied"),
    OperationKind.REPLACE: _("“%(sought)s” becomes “%(value)s”"),
    OperationKind.UNIFY: _("gets one spelling"),
    OperationKind.ADD_SUBJECT: _("is added: %(value)s"),
    OperationKind.REMOVE_SUBJECT: _("is taken away: %(value)s"),
    OperationKind.AS_SEEN: _("is left to the program"),
    OperationKind.WITHDRAW: _("withdrawn"),
    OperationKind.RESTORE: _("to be found again"),
}
FAULTS = {
    OperationFault.UNKNOWN_FIELD: _("Please choose a field, or write its name."),
    OperationFault.UNKNOWN_SUBJECT: _("Please choose what is added or taken away."),
    OperationFault.NO_VALUE: _("Please write what the field is to say."),
    OperationFault.NOTHING_SOUGHT: _("Please write which text is to be replaced."),
    OperationFault.NO_WORKS: _("No work is chosen. Tick some, or choose all."),
}
LONGEST_SHOWN = 120
"""Characters of a value within a sentence."""


def fact_name(name: str) -> str:
    """Return what a fact of a work is called: a field, perhaps in a language."""
    if name == SHOWS:
        return str(gettext("What it shows"))
    if name == PRESENCE:
        return str(gettext("On show or withdrawn"))
    field, tag = parted(name.removeprefix(DETAIL))
    called = str(FIELD_NAMES.get(field, field))
    return f"{called} ({language_name(tag)})" if tag else called


def language_name(tag: str) -> str:
    """Return what a language is called in that of the page."""
    return str(get_locale().languages.get(tag, tag))


def lacking_name(name: str) -> str:
    """Return what works lack, in words."""
    if name == RECORD:
        return str(gettext("Whole record"))
    return str(gettext("Picture")) if name == PICTURE else fact_name(name)


def operation_words(operation: BulkOperation) -> str:
    """Say what an operation does, to which field."""
    value = operation.value
    if operation.field == SHOWS and value in SUBJECT_NAMES:
        value = str(SUBJECT_NAMES[value])
    said = str(OPERATION_NAMES[operation.kind])
    if "%(" in said:
        said %= {"value": _short(value), "sought": _short(operation.sought)}
    if operation.field == PRESENCE:
        return f"{fact_name(PRESENCE)}: {said}"
    return f"{fact_name(operation.field)} {said}"


def fault_sentence(error: OperationError) -> str:
    """Say why an operation cannot be done, and what would mend that."""
    if error.fault is OperationFault.TOO_LONG:
        return str(
            gettext(
                "The text would become longer than the %(most)s characters that this "
                "field may have. Please shorten it.",
                most=error.most,
            )
        )
    return str(FAULTS[error.fault])


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
