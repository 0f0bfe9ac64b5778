"""What a source was asked for, and whether all of it was listed."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from app.services.importing.pictures.source import SourceError

MOST_RECORDS = 1_000_000


@dataclass(slots=True)
class Harvest:
    """Reading of a source from one end to the other; what is gone follows from it.

    Attributes
    ----------
    since : str
        Only what changed from this moment on is wanted, where the source can tell; ""
        for everything. As the source writes moments.
    is_whole : bool
        Whether all works of the source were listed, so that what is missing is gone.
        Holds once the last record was yielded.
    mark : str
        Moment from which the next harvest may go on; "" if it must begin anew.
    """

    since: str = ""
    is_whole: bool = True
    mark: str = ""

    def count(self, number: int) -> None:
        """Raise ``SourceError`` where there are more records than are ever taken."""
        if number > MOST_RECORDS:
            raise SourceError(_("The collection is too large."))
