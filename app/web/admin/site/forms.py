"""Forms of the museum's site: each part of it is set by itself."""

from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.models import LARGEST_INTEGER
from app.services.site.colours import (
    LEAST_CONTRAST,
    Scheme,
    accent_contrast,
    nearest_accent,
    read_colour,
)
from app.services.site.origins import read_origin
from app.services.site.profile import SiteProfile
from app.web.shell.languages import LANGUAGES

LONGEST_NAME, LONGEST_GREETING = 80, 600
LONGEST_LIST = 5_000
"""Characters."""
MOST_ORIGINS = 20
SHORTEST_KIOSK, LONGEST_KIOSK = 20, 3_600
"""Seconds: nobody reads a label in less, and nobody waits for longer."""
CHOICES = [SelectChoice(value=code, label=name) for code, name in LANGUAGES.items()]
GREETING = "greeting_"
"""What fields are called that there are for each language, before its code."""


class SiteForm(FlaskForm):  # type: ignore[misc]  # FlaskForm has no types
    """Form of a part of the site; knows which revision it was filled in from."""

    seen = IntegerField(validators=[InputRequired(), NumberRange(0, LARGEST_INTEGER)])

    @classmethod
    def of(cls, profile: SiteProfile, **options: Any) -> "SiteForm":
        """Fill the form with the site as it is, or with what was sent.

        ``formdata=None`` passes over what was sent: it was another part's.
        """
        given = {name: getattr(profile, name, None) for name in cls.names()}
        return cls(data={**given, "seen": profile.revision}, **options)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what of the profile it sets."""
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the profile has it."""
        return {name: self[name].data for name in self.names()}


class NameForm(SiteForm):
    """Form of the name."""

    name = StringField(
        _("Name of the site"),
        [DataRequired(_("The site needs a name.")), Length(max=LONGEST_NAME)],
        filters=[lambda text: " ".join((text or "").split())],
    )
    shows_name = BooleanField(_("Show the name beside the logo"))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what of the profile it sets."""
        return ("name", "shows_name")


class LogoForm(FlaskForm):  # type: ignore[misc]  # as above
    """Form of a new logo."""

    seen = IntegerField(validators=[InputRequired()])
    logo = FileField(
        _("Picture of the logo"), [FileRequired(_("Please choose a picture."))]
    )


class ColoursForm(SiteForm):
    """Form of the accent colours.

    Attributes
    ----------
    nearest : dict of str to str
        By the field that was refused, the nearest colour that would do.
    """

    accent_light = StringField(_("On light pages"), [Length(max=7)])
    accent_dark = StringField(_("On dark pages"), [Length(max=7)])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.nearest: dict[str, str] = {}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what of the profile it sets."""
        return ("accent_light", "accent_dark")

    def validate_accent_light(self, field: Field) -> None:
        """Refuse what cannot be read on light pages."""
        self._check(field, Scheme.LIGHT)

    def validate_accent_dark(self, field: Field) -> None:
        """Refuse what cannot be read on dark pages."""
        self._check(field, Scheme.DARK)

    def _check(self, field: Field, scheme: Scheme) -> None:
        text = (field.data or "").strip()
        if not text:
            field.data = ""
            return
        colour = read_colour(text)
        if colour is None:
            raise ValidationError(
                gettext("This is no colour. One looks like this: #7b2d26.")
            )
        field.data = colour
        found = accent_contrast(colour, scheme)
        if found < LEAST_CONTRAST:
            self.nearest[field.name] = nearest_accent(colour, scheme)
            raise ValidationError(
                gettext(
                    "Words in this colour could not be read by everybody: their "
                    "contrast is %(found)s : 1, and %(least)s : 1 is needed. The "
                    "nearest colour that has it is %(nearest)s.",
                    # Rounded down: 4.49 is not enough, and must not look like it.
                    found=f"{int(found * 100) / 100:.2f}",
                    least=f"{LEAST_CONTRAST:.1f}",
                    nearest=self.nearest[field.name],
                )
            )


class GreetingForm(SiteForm):
    """Form of the greeting, a field for each language."""

    @classmethod
    def of(cls, profile: SiteProfile, **options: Any) -> "GreetingForm":
        """Fill the form with the greeting as it is, or with what was sent."""
        given = {f"{GREETING}{code}": text for code, text in profile.greeting.items()}
        return cls(data={**given, "seen": profile.revision}, **options)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the profile has it."""
        return {"greeting": filled(self, GREETING)}


class LanguagesForm(SiteForm):
    """Form of the languages that are offered."""

    languages = SelectMultipleField(
        _("Languages that visitors may choose"),
        [InputRequired(_("At least one language is needed."))],
        choices=CHOICES,
    )
    language = SelectField(_("For visitors who speak none of them"), choices=CHOICES)

    @classmethod
    def of(cls, profile: SiteProfile, **options: Any) -> "LanguagesForm":
        """Fill the form with what is offered, or with what was sent."""
        offered = list(profile.languages or LANGUAGES)
        given = {"languages": offered, "language": profile.language}
        return cls(data={**given, "seen": profile.revision}, **options)

    def validate_language(self, field: Field) -> None:
        """Refuse a language that is not offered."""
        if field.data not in (self.languages.data or ()):
            raise ValidationError(gettext("This language is not among those offered."))

    def values(self) -> dict[str, Any]:
        """Return what was filled in; all of them are those to come as well."""
        chosen = [code for code in LANGUAGES if code in self.languages.data]
        is_all = len(chosen) == len(LANGUAGES)
        return {"languages": [] if is_all else chosen, "language": self.language.data}


class KioskForm(SiteForm):
    """Form of the kiosks."""

    kiosk_seconds = IntegerField(
        _("Seconds without a touch after which a kiosk starts again; 0: no kiosks"),
        [InputRequired(_("Please give a number of seconds."))],
    )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what of the profile it sets."""
        return ("kiosk_seconds",)

    def validate_kiosk_seconds(self, field: Field) -> None:
        """Refuse what is too short to read anything, or too long to wait for."""
        if field.data and not SHORTEST_KIOSK <= field.data <= LONGEST_KIOSK:
            raise ValidationError(
                gettext(
                    "Please give 0, or between %(least)s and %(most)s seconds.",
                    least=SHORTEST_KIOSK,
                    most=LONGEST_KIOSK,
                )
            )


class EmbeddingForm(SiteForm):
    """Form of the sites that may show the search box, one to a line."""

    embedding = TextAreaField(
        _("Addresses of these sites, one on each line"), [Length(max=LONGEST_LIST)]
    )

    @classmethod
    def of(cls, profile: SiteProfile, **options: Any) -> "EmbeddingForm":
        """Fill the form with the sites as they are, or with what was sent."""
        given = "\n".join(profile.embedding)
        return cls(data={"embedding": given, "seen": profile.revision}, **options)

    def validate_embedding(self, field: Field) -> None:
        """Refuse what is no address of a site, and name it."""
        for line in self._lines():
            if read_origin(line) is None:
                raise ValidationError(
                    gettext(
                        "“%(line)s” is no address of a site. One looks like this: "
                        "https://www.museum.org.",
                        line=line,
                    )
                )
        if len(self._lines()) > MOST_ORIGINS:
            raise ValidationError(
                ngettext(
                    "At most %(num)s site may show the search box.",
                    "At most %(num)s sites may show the search box.",
                    MOST_ORIGINS,
                )
            )

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the profile has it."""
        origins = (read_origin(line) for line in self._lines())
        return {"embedding": [one for one in dict.fromkeys(origins) if one]}

    def _lines(self) -> list[str]:
        return (self.embedding.data or "").split()


class ListingForm(SiteForm):
    """Form of whether search engines are welcome."""

    is_listed = BooleanField(_("Search engines may list this site"))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what of the profile it sets."""
        return ("is_listed",)


def filled(form: FlaskForm, prefix: str) -> dict[str, str]:
    """Return what is filled in of fields that there are for each language."""
    texts = {code: (form[f"{prefix}{code}"].data or "").strip() for code in LANGUAGES}
    return {code: text.replace("\r\n", "\n") for code, text in texts.items() if text}


for _code, _name in LANGUAGES.items():
    _greeting = TextAreaField(_name, [Length(max=LONGEST_GREETING)])
    setattr(GreetingForm, f"{GREETING}{_code}", _greeting)

SECTIONS: dict[str, type[SiteForm]] = {
    "name": NameForm,
    "colours": ColoursForm,
    "greeting": GreetingForm,
    "languages": LanguagesForm,
    "kiosk": KioskForm,
    "embedding": EmbeddingForm,
    "listing": ListingForm,
}
"""By the name of the part in its address."""
