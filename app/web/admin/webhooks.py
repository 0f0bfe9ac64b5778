"""Pages of webhooks: registered, tested, looked after; each secret is shown once."""

from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.extensions import db
from app.models import DeliveryState, Webhook, WebhookDelivery
from app.services.system.links.connections import MAX_LENGTH, LinkError, Refusal
from app.services.system.webhooks import hooks
from app.services.system.webhooks.events import CHOICES, EventKind
from app.services.system.webhooks.hooks import HookFacts
from app.services.system.webhooks.sending import (
    BECAUSE_FAILING,
    BECAUSE_GONE,
    transport_of,
)
from app.services.system.webhooks.signing import secret_of
from app.web.admin.users import admin
from app.web.curate.responses import go_to, or_404
from app.web.pages.works import asked_page

bp = Blueprint("admin_webhooks", __name__, url_prefix="/admin/webhooks")

EVENT_NAMES = {
    EventKind.WORK_ADDED: _("Works added, or shown again"),
    EventKind.WORK_CHANGED: _("Works changed: label, texts, pictures, recordings"),
    EventKind.WORK_WITHDRAWN: _("Works withdrawn"),
    EventKind.WORK_MERGED: _("Works merged"),
    EventKind.IMPORT_RECORDED: _("Import recorded"),
    EventKind.IMPORT_UNDONE: _("Import taken back"),
    EventKind.INDEX_LIVE: _("New index live"),
    EventKind.PHOTOS_NOT_FOUND: _("Photos in which no work was found, once a day"),
    EventKind.TEST: _("Test"),
}
STATE_NAMES = {
    DeliveryState.WAITING: _("Waits"),
    DeliveryState.DELIVERED: _("Delivered"),
    DeliveryState.GIVEN_UP: _("Given up"),
}
REASONS = {
    "": _("Switched off."),
    BECAUSE_FAILING: _("Switched off: it has taken no message for five days."),
    BECAUSE_GONE: _("Switched off: its receiver answered that it is gone for good."),
}
ADDRESS_FAULTS = {
    Refusal.MALFORMED: _(
        "This is not a web address. It looks like https://example.org/morelli."
    ),
    Refusal.SCHEME: _(
        "The address has to begin with https. Hosts of the museum’s own network may "
        "have http, once MORELLI_WEBHOOK_HOSTS names them."
    ),
    Refusal.PORT: _(
        "Only port 443 is spoken to. Hosts of the museum’s own network may have "
        "others, once MORELLI_WEBHOOK_HOSTS names them."
    ),
    Refusal.CREDENTIALS: _(
        "The address holds a name or a password. What is sent is signed instead."
    ),
    Refusal.NOT_PUBLIC: _(
        "The address is not on the public internet. Hosts of the museum’s own network "
        "are spoken to once MORELLI_WEBHOOK_HOSTS names them."
    ),
}
"""Why a webhook cannot have an address."""
FAULTS = {
    **ADDRESS_FAULTS,
    Refusal.UNKNOWN_NAME: _("There is no host of this name."),
    Refusal.UNREACHABLE: _("It does not answer, or broke off."),
    Refusal.INSECURE: _("It could not prove that it is the host of this name."),
    Refusal.TOO_SLOW: _("It did not answer within ten seconds."),
}
"""Why there was no answer."""


class HookForm(FlaskForm):  # type: ignore[misc]  # FlaskForm has no types
    """What is said of a webhook."""

    name = StringField(validators=[DataRequired(), Length(max=hooks.LONGEST_NAME)])
    address = StringField(validators=[DataRequired(), Length(max=MAX_LENGTH)])
    events = SelectMultipleField(
        choices=[SelectChoice(kind.value, EVENT_NAMES[kind]) for kind in CHOICES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate_address(self, field: StringField) -> None:
        """Refuse an address that nothing would be sent to."""
        try:
            transport_of(current_app.config).check(field.data or "")
        except LinkError as error:
            raise ValidationError(str(ADDRESS_FAULTS[error.refusal])) from error

    def validate_events(self, field: SelectMultipleField) -> None:
        """Refuse a webhook that would be told nothing."""
        if not field.data:
            raise ValidationError(gettext("Choose at least one event."))

    def facts(self) -> HookFacts:
        """Return what was filled in."""
        return HookFacts(
            " ".join(str(self.name.data).split()),
            str(self.address.data).strip(),
            hooks.chosen_events(self.events.data or ()),
        )


@bp.get("/")
def browse() -> str:
    """List the webhooks, with the form for another one."""
    return listed(HookForm(events=[kind.value for kind in CHOICES]))


@bp.post("/")
def create() -> ResponseReturnValue:
    """Register a webhook, and show its secret, this once."""
    form = HookForm()
    if not form.validate_on_submit():
        return listed(form), 422
    try:
        hook = hooks.add(db.session(), form.facts(), admin())
    except hooks.TooManyHooksError:
        fault = gettext(
            "There can be %(count)s webhooks. Delete one first.", count=hooks.MOST_HOOKS
        )
        return go_to("admin_webhooks.browse", error=fault)
    db.session.commit()
    return secret_page(hook)


@bp.get("/<int:hook_id>")
def show(hook_id: int) -> str:
    """Show a webhook, what it was told, and what can be done to it."""
    hook = db.get_or_404(Webhook, hook_id)
    form = HookForm(name=hook.name, address=hook.address, events=hook.events)
    return shown(hook, form)


@bp.post("/<int:hook_id>/change")
def change(hook_id: int) -> ResponseReturnValue:
    """Change what is said of a webhook."""
    hook = db.get_or_404(Webhook, hook_id)
    form = HookForm()
    if not form.validate_on_submit():
        return shown(hook, form), 422
    is_changed = hooks.change(db.session(), hook, form.facts(), admin())
    db.session.commit()
    return back(hook, gettext("Saved.") if is_changed else gettext("Nothing differs."))


@bp.post("/<int:hook_id>/test")
def test(hook_id: int) -> ResponseReturnValue:
    """Send a message that means nothing, and show what comes of it."""
    hook = db.get_or_404(Webhook, hook_id)
    if not hook.is_on:
        return back(hook, error=gettext("It is switched off. Switch it on first."))
    hooks.test(db.session(), hook)
    db.session.commit()
    sent = gettext("A test is on its way. Load this page again to see what came of it.")
    return back(hook, sent)


@bp.post("/<int:hook_id>/switch/<any(on, off):way>")
def switch(hook_id: int, way: str) -> ResponseReturnValue:
    """Tell a webhook of events again, or of none."""
    hook = db.get_or_404(Webhook, hook_id)
    is_on = way == "on"
    if hook.is_on != is_on:
        (hooks.switch_on if is_on else hooks.switch_off)(db.session(), hook, admin())
        db.session.commit()
    if is_on:
        return back(hook, gettext("It is told of events again."))
    return back(hook, gettext("It is told nothing any more."))


@bp.post("/<int:hook_id>/secret")
def renew_secret(hook_id: int) -> str:
    """Give a webhook another secret, and show it, this once."""
    hook = db.get_or_404(Webhook, hook_id)
    hooks.renew_secret(db.session(), hook, admin())
    db.session.commit()
    return secret_page(hook)


@bp.post("/<int:hook_id>/delete")
def delete(hook_id: int) -> ResponseReturnValue:
    """Forget a webhook and what it was told."""
    hook = db.get_or_404(Webhook, hook_id)
    name = hook.name
    hooks.delete(db.session(), hook, admin())
    db.session.commit()
    done = gettext("The webhook “%(name)s” is deleted.", name=name)
    return go_to("admin_webhooks.browse", done=done)


@bp.post("/<int:hook_id>/deliveries/<int:delivery_id>/again")
def send_again(hook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Send an event once more; that of another webhook is not there."""
    hook = db.get_or_404(Webhook, hook_id)
    delivery = or_404(db.session.get(WebhookDelivery, delivery_id))
    or_404(hook if delivery.hook_id == hook.id else None)
    hooks.send_again(hook, delivery)
    db.session.commit()
    return back(hook, gettext("It is sent again."))


def listed(form: HookForm) -> str:
    """Render the webhooks with a form, empty or with its faults."""
    return render_template(
        "admin/webhooks.html",
        form=form,
        hooks=hooks.list_hooks(db.session()),
        waiting=hooks.count_waiting(db.session()),
        event_names=EVENT_NAMES,
        reasons=REASONS,
    )


def shown(hook: Webhook, form: HookForm) -> str:
    """Render a webhook with its form."""
    return render_template(
        "admin/webhook.html",
        hook=hook,
        form=form,
        page=or_404(hooks.list_deliveries(db.session(), hook, asked_page())),
        event_names=EVENT_NAMES,
        state_names=STATE_NAMES,
        reasons=REASONS,
        answer_words=answer_words,
        DeliveryState=DeliveryState,
    )


def secret_page(hook: Webhook) -> str:
    """Render the secret of a webhook."""
    secret = secret_of(hook.salt, current_app.config["SECRET_KEY"])
    return render_template("admin/webhook_secret.html", hook=hook, secret=secret)


def answer_words(delivery: WebhookDelivery) -> str:
    """Say what the last try of a delivery was answered."""
    if delivery.fault:
        return str(FAULTS[Refusal(delivery.fault)])
    if delivery.status is None:
        return ""
    if 300 <= delivery.status < 400:
        return str(
            gettext(
                "It answered %(status)s: redirects are not followed.",
                status=delivery.status,
            )
        )
    return str(gettext("It answered %(status)s.", status=delivery.status))


def back(hook: Webhook, done: str = "", **said: Any) -> ResponseReturnValue:
    """Show a webhook again, with what came of it."""
    return go_to("admin_webhooks.show", done=done, hook_id=hook.id, **said)
