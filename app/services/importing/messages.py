"""Remarks on rows of an import: codes and facts, put into words where shown.

Rows are judged by a worker that knows nobody's language, and read by curators in
theirs. So what is kept is the code, and the sentence is made where it is shown.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask_babel import lazy_gettext as _

TO_FETCH = "to_fetch"
"""Code of what is said where pictures on the web are still to be looked at."""
RECORDINGS_COME = "recordings_come"
"""Code of what is said where recordings are still to be fetched."""
UNUSABLE_RECORDING = "recording_unusable"
"""Code of what is said of a recording whose file cannot be taken."""
RESTORED = "restored"
"""Code of what is said where a work that was withdrawn is in the table."""
GONE = "gone"
"""Code of what is said where a source has a work no more."""
SENTENCES = {
    "broken_row": _(
        "The quotation marks or line ends are wrong here (%(reason)s). Please mend "
        "them in the file."
    ),
    "extra_fields": _(
        "It has %(found)s fields, the first line %(expected)s: a separator inside a "
        "text needs quotation marks."
    ),
    "short_row": _(
        "It has %(found)s fields, the header %(expected)s: what is missing is left as "
        "it is."
    ),
    "report_line": _(
        "It is taken for a line of the report, not a work: %(value)s. If it is one, "
        "please fill in more of its cells."
    ),
    "invisible": _(
        "Signs that nobody sees were taken out of the accession number %(value)s."
    ),
    "cell_error": _(
        "In the column %(column)s a formula of the spreadsheet has failed (%(value)s): "
        "nothing is read there."
    ),
    "garbled": _(
        "The letters look as if the table had been saved in a wrong encoding before it "
        "came here: %(value)s for %(meant)s. Please export it anew as UTF-8."
    ),
    "exponent": _(
        "A spreadsheet has shortened the accession number to %(value)s, and its last "
        "digits are lost. Please format the column as text, and fill it in anew."
    ),
    "no_picture_in_cell": _("No picture is named by what %(column)s holds: %(value)s"),
    "not_text": _(
        "%(column)s holds bytes that are not text in %(encoding)s. Please save the "
        "file as UTF-8."
    ),
    "zero_byte": _("%(column)s holds a zero byte. Please remove it."),
    "no_accession": _(
        "It has no accession number. Please fill it in, or choose a column to make it "
        "from."
    ),
    "long_accession": _("The accession number has more than %(maximum)s characters."),
    "no_date": _("%(value)s is no moment at which a work can have been withdrawn."),
    "no_subject": _("%(value)s is none of the things that works can be said to show."),
    "no_code": _(
        "%(value)s is no code of the vocabulary that %(column)s names. It is kept as "
        "a text, and leads nowhere."
    ),
    "repeats": _("It repeats row %(line)s."),
    "contradicts": _(
        "Row %(line)s has the same accession number, but another %(field)s. Please "
        "give one of them a number of its own."
    ),
    "exists": _("There is a work of this number already, and new ones were wanted."),
    "is_there": _("There is a work of this number already."),
    "merged": _("The work was merged into %(kept)s, and is left as it is."),
    "changed": _("Different: %(fields)s."),
    RESTORED: _("The work was withdrawn, and is on show again."),
    "withdrawn": _("The work is withdrawn, as the table says."),
    "kept": _(
        "The source says something else in these fields, which were changed here and "
        "stay so: %(fields)s."
    ),
    GONE: _("The source has it no more: it is withdrawn."),
    "new_pictures": _("New pictures: %(count)s."),
    "described": _("Pictures of which something else is said: %(count)s."),
    TO_FETCH: _("Pictures to be fetched: %(count)s."),
    RECORDINGS_COME: _("Recordings to be brought in: %(count)s."),
    "new_media": _("New audio, video and links: %(count)s."),
    "changed_media": _(
        "Audio, video and links of which something else is said: %(count)s."
    ),
    "no_media_kind": _(
        "%(value)s is no kind of audio, video or link: it is one of “audio”, “video” "
        "and “link”."
    ),
    "no_media_place": _(
        "Audio or video without an address or a file, or a link without an address "
        "that begins with https://: %(value)s"
    ),
    "no_transcript": _(
        "The recording %(name)s has no transcript. Please write down what is said, for "
        "those who cannot hear it."
    ),
    "recording_missing": _(
        "The recording %(name)s is not there. Please add it and import again."
    ),
    "recording_large": _(
        "The recording %(name)s is larger than this server takes: see "
        "MORELLI_MAX_RECORDING_MB."
    ),
    "recording_broken": _(
        "The recording %(name)s cannot be read, or is damaged. Please replace it."
    ),
    "recording_refused": _("The recording %(name)s could not be fetched."),
    "recording_left": _(
        "The recording %(name)s is not fetched, as was chosen. Where it is stays among "
        "the further details."
    ),
    "recording_links_off": _(
        "The recording %(name)s was not fetched: that is switched off on this server."
    ),
    UNUSABLE_RECORDING: _("The recording %(name)s cannot be used."),
    "recording_switched_off": _(
        "The recording %(name)s is not brought in: this server takes no audio and "
        "video, because its extra “video” is not installed. Where it is stays among "
        "the further details."
    ),
    "file_unusable": _("%(name)s cannot be used. %(reason)s"),
    "broken_xml": _(
        "The file is damaged from here on (%(reason)s). Please export it again."
    ),
    "no_metadata": _("%(identifier)s has no description that can be read."),
    "no_picture": _("It names no picture that can be used."),
    "picture_missing": _(
        "The picture %(name)s is not there. Please add it and import again."
    ),
    "picture_ambiguous": _(
        "There are several pictures called %(name)s: %(found)s. Please write the "
        "folder and the ending too."
    ),
    "picture_outside": _("The picture %(name)s lies outside of what was given."),
    "picture_broken": _(
        "The picture %(name)s cannot be read, or is damaged. Please replace it."
    ),
    "picture_switched_off": _(
        "The picture %(name)s is a JPEG XL or a compressed TIFF, which this server "
        "does not read: its extra “formats” is not installed. Please install it, or "
        "save the picture as a JPEG or PNG."
    ),
    "picture_truncated": _(
        "The picture %(name)s lacks its end. What is there is used; please replace it "
        "if you have it whole."
    ),
    "picture_reduced": _(
        "The picture %(name)s is used from a smaller page of its file, because the "
        "largest one cannot be read. Please save it anew, as a JPEG or a plain TIFF."
    ),
    "picture_served_small": _(
        "The picture %(name)s is used smaller than it is: its server gives no larger."
    ),
    "picture_matched": _(
        "For %(name)s the picture %(found)s is used, which lies in another folder."
    ),
    "picture_large": _("The picture %(name)s is too large. Please use a smaller one."),
    "picture_small": _("The picture %(name)s is too small. Please use a larger one."),
    "picture_refused": _("The picture %(name)s could not be fetched."),
    "links_off": _(
        "The picture %(name)s was not fetched: that is switched off on this server."
    ),
    "same_picture": _("%(others)s has the same picture. Is it the same work?"),
    "manifest_unusable": _("%(address)s holds no manifest that can be read."),
    "manifest_refused": _("%(address)s could not be fetched."),
    "not_undone": _("This was not taken back: the work was changed since."),
}


SAID = ("invisible", "short_row")
"""Codes of what is no fault, and said all the same where no page shows it."""
INFORMATIVE = frozenset(
    (
        *("changed", RESTORED, "withdrawn", "new_pictures", "same_picture"),
        *(
            "is_there",
            "merged",
            "not_undone",
            TO_FETCH,
            "described",
            "kept",
            GONE,
            *SAID,
        ),
        *(
            RECORDINGS_COME,
            "new_media",
            "changed_media",
            "no_transcript",
            "recording_left",
        ),
        *("picture_truncated", "picture_reduced", "picture_matched"),
        "picture_served_small",
    )
)
"""Codes of what is no fault of a row."""


class Remark(NamedTuple):
    """Remark on a row.

    Attributes
    ----------
    code : str
        One of ``SENTENCES``.
    facts : mapping
        What fills its sentence, and perhaps more.
    """

    code: str
    facts: Mapping[str, str | int] = {}

    @property
    def is_fault(self) -> bool:
        """Whether something of the row cannot be used."""
        return self.code not in INFORMATIVE

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % self.facts


def write(remarks: Iterable[Remark]) -> str:
    """Turn remarks into what ``ImportRow.message`` keeps; "" if there are none."""
    kept = [[remark.code, dict(remark.facts)] for remark in remarks]
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def read(message: str) -> list[Remark]:
    """Return the remarks that :func:`write` was given."""
    return [Remark(code, facts) for code, facts in json.loads(message or "[]")]
