"""Pages that merge duplicates: a pair field by field, or many by a rule."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.models import Artwork, now
from app.models.base import LARGEST_INTEGER
from app.models.languages import parted
from app.services.collection.labels import DETAIL, version_of
from app.services.collection.subjects import SHOWS
from app.services.collection.works import find_work
from app.services.curation.editing import ChangedMeanwhileError
from app.services.curation.merging.choosing import (
    MOST_AT_ONCE,
    SAME,
    FieldRule,
    field_pairs,
    find_pairs,
)
from app.services.curation.merging.merger import Merger
from app.services.curation.relations import RelationKind
from app.web.callers.visitors import current_account
from app.web.curate.common import back_to
from app.web.curate.responses import go_to
from app.web.shell.content.shown import field_name
from app.web.shell.content.wishes import layout

bp = Blueprint("curate_merging", __name__, url_prefix="/curate/merging")

KINDS = {
    "same_file": (RelationKind.SAME_FILE,),
    "duplicate": (RelationKind.DUPLICATE,),
    "both": SAME,
}
KIND_NAMES = {
    "same_file": _("The very same picture"),
    "duplicate": _("Pictures that show the same thing"),
    "both": _("Both"),
}
RULE_NAMES = {
    FieldRule.LONGER: _("The longer text of the two"),
    FieldRule.FILLED: _("The kept work’s; the other’s where it says nothing"),
}
LONGEST_PREFIX = 50
TAKE = "take."
"""Before the name of a field, in the name of its choice."""


@bp.get("/")
def preview() -> str:
    """Preview the merge of many pairs by a rule."""
    kind = request.args.get("kind", "both")
    if kind not in KINDS:
        abort(404)
    rule = asked_rule(request.args.get("fields"))
    prefix = request.args.get("prefix", "").strip()[:LONGEST_PREFIX]
    pairs = find_pairs(db.session(), KINDS[kind], rule=rule, prefix=prefix)
    return render_template(
        "curate/merge_all.html",
        pairs=pairs,
        kind=kind,
        kinds=KIND_NAMES,
        rule=rule,
        rules=RULE_NAMES,
        prefix=prefix,
        most=MOST_AT_ONCE,
        seen=now().isoformat(),
        fact_name=fact_name,
    )


@bp.post("/")
def merge_all() -> ResponseReturnValue:
    """Merge the pairs that are ticked, in one go."""
    asked = request.form
    seen = asked.get("seen", "")
    pairs, passed = [], 0
    for value in asked.getlist("pair")[:MOST_AT_ONCE]:
        kept, gone = works_of(value)
        if all(version_of(work) <= seen for work in (kept, gone)):
            pairs.append((kept, gone))
        else:
            passed += 1
    merger = Merger(db.session(), current_account())
    entry = merger.merge_all(pairs, asked_rule(asked.get("fields")))
    changed = ngettext(
        "%(num)s pair was passed over: somebody has changed it since you looked.",
        "%(num)s pairs were passed over: somebody has changed them since you looked.",
        passed,
    )
    if entry is None:
        none = gettext("No pair was chosen: nothing is merged.")
        return go_to("curate_merging.preview", error=changed if passed else none)
    sentence = ngettext(
        "%(num)s pair is merged. Below, all of it can be taken back in one go.",
        "%(num)s pairs are merged. Below, all of it can be taken back in one go.",
        len(entry.after["entries"]),
    )
    return go_to("curate_trail.show", done=sentence, error=changed if passed else "")


@bp.get("/pair")
def find_pair() -> ResponseReturnValue:
    """Lead to the choice for two works that somebody names by their numbers."""
    numbers = [request.args.get(name, "").strip() for name in ("kept", "other")]
    kept, gone = map(find_work, numbers)
    if kept is None or gone is None:
        missing = numbers[0] if kept is None else numbers[1]
        sentence = gettext("There is no work %(number)s on show.", number=missing)
        return go_to("curate_merging.preview", error=sentence)
    if kept is gone:
        same = gettext("Both numbers are of the same work.")
        return go_to("curate_merging.preview", error=same)
    return go_to("curate_merging.choose", kept_id=kept.id, gone_id=gone.id)


@bp.route("/<int:kept_id>/<int:gone_id>", methods=["GET", "POST"])
def choose(kept_id: int, gone_id: int) -> ResponseReturnValue:
    """Show two works side by side, with a choice for every field; merge as chosen."""
    kept, gone = pair_of(kept_id, gone_id)
    if request.method == "POST":
        return merge(kept, gone)
    return render_template(
        "curate/merge.html",
        kept=kept,
        gone=gone,
        fields=field_pairs(kept, gone, FieldRule.LONGER),
        same=same_pictures(kept, gone),
        versions=(version_of(kept), version_of(gone)),
        fact_name=fact_name,
        take=TAKE,
    )


def merge(kept: Artwork, gone: Artwork) -> ResponseReturnValue:
    """Merge the second work into the first, as was chosen."""
    asked = request.form
    facts = {
        one.name: one.other
        for one in field_pairs(kept, gone, FieldRule.LONGER)
        if asked.get(f"{TAKE}{one.name}") == "other"
    }
    seen = asked.get("seen_kept", ""), asked.get("seen_gone", "")
    try:
        Merger(db.session(), current_account()).merge(kept, gone, facts, seen=seen)
    except ChangedMeanwhileError:
        sentence = gettext(
            "One of the two works was changed meanwhile. Please choose again."
        )
        return go_to(
            "curate_merging.choose", kept_id=kept.id, gone_id=gone.id, error=sentence
        )
    sentence = gettext(
        "%(number)s is merged into this work, and its number leads here. Under "
        "“Changes of this work” that can be taken back.",
        number=gone.accession,
    )
    return back_to(kept, done=sentence)


def pair_of(kept_id: int, gone_id: int) -> tuple[Artwork, Artwork]:
    """Return two works on show that can be merged; 404 for others."""
    kept, gone = (db.get_or_404(Artwork, one) for one in (kept_id, gone_id))
    if kept is gone or kept.is_withdrawn or gone.is_withdrawn:
        abort(404)
    return kept, gone


def works_of(value: str) -> tuple[Artwork, Artwork]:
    """Return the works that a ticked box names, by their numbers; 400 for nonsense."""
    numbers = value.split("-")
    if len(numbers) != 2 or not all(n.isascii() and n.isdigit() for n in numbers):
        abort(400)
    found = [
        db.session.get(Artwork, int(n)) if int(n) <= LARGEST_INTEGER else None
        for n in numbers
    ]
    kept, gone = found
    if kept is None or gone is None:
        abort(400)
    return kept, gone


def asked_rule(value: str | None) -> FieldRule:
    """Read a rule for fields; the usual one if it is none."""
    known = {rule.value: rule for rule in FieldRule}
    return known.get(value or "", FieldRule.LONGER)


def same_pictures(kept: Artwork, gone: Artwork) -> int:
    """Count the pictures that both works have."""
    hashes = [{image.sha256 for image in work.images} for work in (kept, gone)]
    return len(hashes[0] & hashes[1])


def fact_name(name: str) -> str:
    """Say what a field is called, by its name as of ``labels.fact_of``."""
    if name == SHOWS:
        return str(gettext("What it shows"))
    field, language = parted(name.removeprefix(DETAIL))
    called = field_name(layout().of(field))
    return f"{called} ({language})" if language else called
