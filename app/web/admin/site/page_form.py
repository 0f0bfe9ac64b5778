"""Form of an own page of the museum: its address, and its text in each language."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from app.models import LARGEST_INTEGER, LONGEST_SLUG, OwnPage
from app.services.site.editing import PageFields, PageText
from app.web.admin.site.forms import filled
from app.web.shell.languages import LANGUAGES

LONGEST_TITLE, LONGEST_TEXT = 120, 20_000
"""Characters."""
LAST_PLACE = 1_000
TITLE, TEXT = "title_", "text_"
"""What fields are called that there are for each language, before its code."""


class OwnPageForm(FlaskForm):  # type: ignore[misc]  # FlaskForm has no types
    """Form of an own page, title and text for each language."""

    seen = IntegerField(validators=[InputRequired(), NumberRange(0, LARGEST_INTEGER)])
    slug = StringField(
        _("Name in the address"),
        [
            InputRequired(_("The page needs a name in its address.")),
            Length(max=LONGEST_SLUG),
            Regexp(
                r"[a-z0-9]+(-[a-z0-9]+)*$",
                message=_("Only small letters from a to z, digits and hyphens."),
            ),
        ],
    )
    position = IntegerField(
        _("Place among the pages"), [InputRequired(), NumberRange(1, LAST_PLACE)]
    )
    in_header = BooleanField(_("Name it at the top of every page"))

    @classmethod
    def of(
        cls, page: OwnPage | None, revision: int, given: Mapping[str, Any]
    ) -> "OwnPageForm":
        """Fill the form with a page, or with what a new one begins with."""
        data: dict[str, Any] = {**given, "seen": revision}
        if page is not None:
            data |= {
                "slug": page.slug,
                "position": page.position,
                "in_header": page.in_header,
            }
            for code, one in page.texts.items():
                data |= {f"{TITLE}{code}": one["title"], f"{TEXT}{code}": one["text"]}
        return cls(data=data)

    def validate(self, **options: Any) -> bool:
        """Check the fields; a text needs a title, and a page some language."""
        is_valid = super().validate(**options)
        titles, texts = filled(self, TITLE), filled(self, TEXT)
        for code in texts.keys() - titles.keys():
            self[f"{TITLE}{code}"].errors = [gettext("This text needs a title.")]
            is_valid = False
        if not titles and not texts:
            self.form_errors.append(
                gettext("The page needs a title in at least one language.")
            )
            is_valid = False
        return bool(is_valid)

    def fields_of_page(self) -> PageFields:
        """Return what was filled in."""
        texts = filled(self, TEXT)
        return PageFields(
            slug=self.slug.data,
            in_header=self.in_header.data,
            position=self.position.data,
            texts={
                code: PageText(title=title, text=texts.get(code, ""))
                for code, title in filled(self, TITLE).items()
            },
        )


for _code in LANGUAGES:
    _title = StringField(_("Title"), [Length(max=LONGEST_TITLE)])
    setattr(OwnPageForm, f"{TITLE}{_code}", _title)
    _text = TextAreaField(_("Text"), [Length(max=LONGEST_TEXT)])
    setattr(OwnPageForm, f"{TEXT}{_code}", _text)
