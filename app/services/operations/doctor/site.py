"""Checks of the site as others reach it: worker, mail, address, proxies, secret."""

import http.client
import json
import os
import urllib.error
import urllib.request

from flask_babel import gettext as _

from app.configuration.load import MAKE_KEY, SETTINGS
from app.retrieval.generations.registry import GenerationRegistry
from app.retrieval.runtime.place import COMMAND, SERVE_COMMAND
from app.services.accounts import first_admin
from app.services.operations.doctor.checks import Examined, Found, Health
from app.services.operations.retention import CONFIRM_COMMAND
from app.services.system.deferrals import words_of
from app.services.system.mail import Mailer
from app.services.system.mail_server import hand_over

LEAST_SIGNS = 10
"""Different ones that a key has at least: 32 random letters have more."""
ASK_SECONDS = 10
MOST_BYTES = 100_000
ONLY_HERE = ("127.0.0.1", "localhost", "::1")
"""Addresses to listen on that only this machine reaches."""


def worker(examined: Examined) -> Found:
    """Check that somebody works off what waits, and that nothing is held up."""
    queues = examined.queues
    if queues.workers:
        yield Health.OK, _("%(count)s workers are running.", count=queues.workers), ""
    else:
        yield (
            Health.FAULT,
            _("No worker is running: what waits is not done."),
            _(
                "Run “%(command)s”, which starts one with the server.",
                command=SERVE_COMMAND,
            ),
        )
    if queues.held is not None:
        yield (
            Health.WARNING,
            _("The deletion of old photos waits for a word."),
            _("If it is right, run: %(command)s", command=CONFIRM_COMMAND),
        )
    if queues.bin_held is not None:
        yield (
            Health.WARNING,
            _("The deletion of works that were withdrawn long ago waits for a word."),
            _("If it is right, say so on the curators’ page “Bin”."),
        )
    if queues.deletions.count:
        yield (
            Health.WARNING,
            _(
                "%(count)s photos wait to be deleted from the storage.",
                count=queues.deletions.count,
            ),
            _("See why in the log of the worker."),
        )


def administrator(examined: Examined) -> Found:
    """Check that somebody can look after the site."""
    if first_admin.has_admin(examined.session):
        yield Health.OK, _("The site has an administrator."), ""
    else:
        command = f"{COMMAND} accounts first-code"
        yield (
            Health.WARNING,
            _("The site has no administrator who can log in."),
            _("Run: %(command)s", command=command),
        )


def mail(examined: Examined) -> Found:
    """Check that a mail server is set, and took what it was given."""
    host, queues = examined.config["MORELLI_SMTP_HOST"], examined.queues
    if queues.mail_server_words:
        yield (
            Health.FAULT,
            _(
                "%(count)s mails wait. The mail server's last words: %(words)s",
                count=queues.mails,
                words=queues.mail_server_words,
            ),
            _("Check the settings MORELLI_SMTP_…, and try “doctor --mail-to”."),
        )
    elif not host:
        yield (
            Health.WARNING,
            _(
                "No mail server is set: mails stay in %(folder)s.",
                folder=examined.folders.mail,
            ),
            _("Set MORELLI_SMTP_HOST, or send those files yourself."),
        )
    else:
        yield Health.OK, _("Mails are handed to %(host)s.", host=host), ""


def send_mail(examined: Examined, address: str) -> Found:
    """Send a real mail, now."""
    mailer = Mailer.from_config(examined.config)
    remedy = _("Check the settings MORELLI_SMTP_….")
    if mailer.server is None:
        yield Health.FAULT, _("No mail server is set, so none was asked."), remedy
        return
    text = _("This mail was asked for by “doctor”. Nothing need be done.")
    try:
        composed = mailer.compose(address, _("Morelli can send mails"), f"{text}\n")
        with mailer.server.connect() as connection:
            hand_over(connection, composed)
    except ValueError as error:
        yield Health.FAULT, _("It is no address: %(fault)s.", fault=error), ""
    except OSError as error:
        words = _(
            "%(host)s took no mail: %(fault)s",
            host=mailer.server.host,
            fault=words_of(error, address),
        )
        yield Health.FAULT, words, remedy
    else:
        words = _(
            "A mail to %(address)s was handed to %(host)s.",
            address=address,
            host=mailer.server.host,
        )
        yield Health.OK, words, ""


def address(examined: Examined) -> Found:
    """Check that the public address is set, and agrees with MORELLI_HTTPS."""
    url, is_https = (
        examined.config["MORELLI_PUBLIC_URL"],
        examined.config["MORELLI_HTTPS"],
    )
    if not url:
        yield (
            Health.WARNING,
            _(
                "The site’s public address is not set (MORELLI_PUBLIC_URL): what other "
                "sites and collections fetch from here is named by whichever address "
                "they ask."
            ),
            _("Set it to the address that visitors know."),
        )
    elif url.startswith("https:") and not is_https:
        yield (
            Health.FAULT,
            _("Visitors come by https, but cookies are not kept to it."),
            _("Set MORELLI_HTTPS to yes."),
        )
    elif url.startswith("http:") and is_https:
        yield (
            Health.FAULT,
            _(
                "MORELLI_HTTPS is set, but the public address is http: nobody can log "
                "in."
            ),
            _("Set MORELLI_PUBLIC_URL to the https address, or MORELLI_HTTPS to no."),
        )
    else:
        yield Health.OK, _("The public address is %(url)s.", url=url), ""


def ask_address(examined: Examined) -> Found:
    """Ask the public address, now, whether this instance answers there."""
    url = examined.config["MORELLI_PUBLIC_URL"]
    if not url:
        return  # said above
    remedy = _("Check MORELLI_PUBLIC_URL, the name’s address, and the proxy.")
    asked = f"{url}/readyz"
    try:
        with urllib.request.urlopen(asked, timeout=ASK_SECONDS) as answer:  # noqa: S310 - http and https only, by the setting
            told = json.loads(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        error.close()
        words = _("%(url)s answers %(status)s.", url=asked, status=error.code)
        yield Health.FAULT, words, remedy
        return
    except (OSError, http.client.HTTPException, ValueError) as error:
        words = _("%(url)s does not answer: %(fault)s.", url=asked, fault=error)
        yield Health.FAULT, words, remedy
        return
    live = GenerationRegistry(examined.folders.generations).current_name()
    if not isinstance(told, dict) or told.get("generation") != live:
        words = _("Another site answers at %(url)s.", url=url)
        yield Health.FAULT, words, remedy
    else:
        yield Health.OK, _("This site answers at %(url)s.", url=url), ""


def proxies(examined: Examined) -> Found:
    """Check that the proxies that are believed are there, and only they."""
    config = examined.config
    host, count = config["MORELLI_HOST"], config["MORELLI_PROXIES"]
    is_near = host in ONLY_HERE
    is_https = config["MORELLI_HTTPS"]
    if is_https and not count:
        yield (
            Health.FAULT,
            _(
                "The site is reached by https, so through a proxy, and no proxy is "
                "believed: all visitors count as one."
            ),
            _("Set MORELLI_PROXIES to the number of proxies, mostly 1."),
        )
    elif count and not is_near:
        yield (
            Health.WARNING,
            _(
                "A proxy is believed, and %(host)s may be reached past it: whoever "
                "does can name any address as his own.",
                host=host or "0.0.0.0",  # noqa: S104 - named, not bound
            ),
            _("Set MORELLI_HOST to 127.0.0.1, or let a firewall close the port."),
        )
    elif not is_near and not is_https:
        yield (
            Health.WARNING,
            _("Passwords and cookies go unencrypted over the network."),
            _("Put a proxy with https in front, and set MORELLI_HTTPS to yes."),
        )
    else:
        yield Health.OK, _("%(count)s proxies are believed.", count=count), ""


def secret(examined: Examined) -> Found:
    """Check that the secret key could not be guessed."""
    key = str(examined.config["SECRET_KEY"])
    if len(set(key)) < LEAST_SIGNS:
        yield (
            Health.FAULT,
            _(
                "The secret key could be guessed: it has %(count)s different signs.",
                count=len(set(key)),
            ),
            _(
                "Set MORELLI_SECRET_KEY to a new one, made by: %(command)s",
                command=MAKE_KEY,
            ),
        )
    else:
        yield Health.OK, _("The secret key is long and has many signs."), ""


def names(examined: Examined) -> Found:
    """Check that every variable that begins with MORELLI_ is a setting."""
    known = {one.name for one in SETTINGS}
    strange = sorted(
        name for name in os.environ if name.startswith("MORELLI_") and name not in known
    )
    if strange:
        yield (
            Health.WARNING,
            _("There is no setting %(names)s.", names=", ".join(strange)),
            _("See the list of settings in docs/settings.md: it may be misspelt."),
        )
    else:
        yield Health.OK, _("Every MORELLI_ variable is a setting."), ""
