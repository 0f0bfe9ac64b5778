"""Kiosk: a screen in the museum that begins anew when a visitor has gone.

It is known by its session, which holds nothing else for longer than one visitor stays.
Photos are not kept, and there is no way to accounts or to other sites.
"""

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_security import logout_user

from app.extensions import csrf
from app.web.callers.access import roles_for
from app.web.callers.same_origin import refuse_foreign_forms
from app.web.callers.visitors import current_account
from app.web.shell.museum import KIOSK, is_kiosk, museum
from app.web.shell.security import ACCOUNT_PAGES

bp = Blueprint("kiosk", __name__, url_prefix="/kiosk")

CLOSED = (*ACCOUNT_PAGES, "api_docs", "embed", "history")
"""Blueprints of what is nothing for a screen that everybody uses."""
FORGET = '"storage"'
"""For ``Clear-Site-Data``: what pages keep in the browser, and what keeps pages."""


def guard(app: Flask) -> None:
    """Lead a kiosk back from what is not for it."""

    @app.before_request
    def stay_inside() -> ResponseReturnValue | None:
        is_closed = request.blueprint in CLOSED or roles_for(request.blueprint)
        if is_closed and is_kiosk():
            return redirect(url_for("search.ask"), 303)
        return None


@bp.get("/")
def begin() -> ResponseReturnValue:
    """Make a kiosk of this browser: the address that it is started with."""
    need_kiosks()
    if current_account() is not None:
        return render_template("kiosk.html", asks="begin")
    return start_anew()


@bp.post("/")
def begin_logged_out() -> ResponseReturnValue:
    """Make a kiosk of a browser in which somebody was logged in."""
    need_kiosks()
    logout_user()
    return start_anew()


@bp.post("/anew")
def anew() -> ResponseReturnValue:
    """Forget the visitor who has gone.

    Without a token: the page may be open since yesterday.
    """
    refuse_foreign_forms()
    return start_anew() if is_kiosk() else redirect(url_for("search.ask"), 303)


csrf.exempt(anew)


@bp.route("/end", methods=["GET", "POST"])
def end() -> ResponseReturnValue:
    """Make this browser a usual one again."""
    if request.method == "POST":
        return forget(stays_kiosk=False)
    return render_template("kiosk.html", asks="end")


def need_kiosks() -> None:
    """Go on only where the museum has kiosks."""
    if not museum().kiosk_seconds:
        abort(404)


def start_anew() -> Response:
    """Show the first page to whoever comes next."""
    return forget(stays_kiosk=True)


def forget(*, stays_kiosk: bool) -> Response:
    """Leave nothing of whoever was here, in the session or in the browser."""
    session.clear()
    if stays_kiosk:
        session[KIOSK] = True
        # Outlives the browser, which is started anew each morning.
        session.permanent = True
    response = make_response(redirect(url_for("search.ask"), 303))
    response.headers["Clear-Site-Data"] = FORGET
    return response
