"""The one place that knows how everything fits together."""

import os
from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import (
    cli,
    cli_accounts,
    cli_feedback,
    cli_imports,
    cli_retention,
    cli_worker,
    config,
    extensions,
)
from app.background import BACKGROUND, Background
from app.config import Folders
from app.retrieval.settings import ImageSettings
from app.services.database import MIGRATIONS
from app.services.links import LinkReader
from app.services.live_index import LiveIndex
from app.services.map_reader import MapReader
from app.services.media import MediaFolder
from app.services.published_engine import PublishedEngine
from app.services.search import SearchService
from app.services.turnstile import Turnstile
from app.web import (
    about,
    access,
    accounts,
    api,
    api_docs,
    api_queries,
    api_works,
    artworks,
    assets,
    errors,
    evidence,
    feedback,
    frames,
    health,
    history,
    iiif,
    languages,
    logs,
    map,
    map_files,
    media,
    metrics,
    offline,
    presentation,
    privacy,
    search,
    security,
    sharing,
    tokens,
)
from app.web.admin import dashboard as admin_dashboard
from app.web.admin import evaluation as admin_evaluation
from app.web.admin import health as admin_health
from app.web.admin import recognition as admin_recognition
from app.web.admin import trail as admin_trail
from app.web.admin import users as admin_users
from app.web.curate import care as curate_care
from app.web.curate import compare as curate_compare
from app.web.curate import export as curate_export
from app.web.curate import generations as curate_generations
from app.web.curate import imports as curate_imports
from app.web.curate import map as curate_map
from app.web.curate import pictures as curate_pictures
from app.web.curate import tasks as curate_tasks
from app.web.curate import trail as curate_trail
from app.web.curate import works as curate_works
from app.web.current import INDEX, LINKS, MAP, SEARCH
from app.web.housekeeping import HOUSEKEEPER, Housekeeper
from app.web.site import Site


def create_app(overrides: Mapping[str, object] | None = None) -> Flask:
    """Build the application.

    Parameters
    ----------
    overrides : mapping of str to object, optional
        Settings (``MORELLI_…``, as text or as parsed values) that win over the
        environment, and keys of Flask and its extensions that win over everything.

    Returns
    -------
    app : Flask
        Nothing heavy is opened yet: the database and the index open at first use.

    Raises
    ------
    ConfigurationError
        If a setting cannot be used.
    """
    overrides = overrides or {}
    settings = {
        name: str(value)
        for name, value in overrides.items()
        if name.startswith("MORELLI_")
    }
    app = Site(
        "morelli",
        root_path=str(config.ROOT),
        template_folder="templates",
        static_folder="static",
    )
    app.config.from_mapping(config.load({**os.environ, **settings}))
    app.config.from_mapping(
        {k: v for k, v in overrides.items() if not k.startswith("MORELLI_")}
    )
    # Accession numbers may hold double slashes, and media names must not be mended.
    app.url_map.merge_slashes = False
    proxies = app.config["MORELLI_PROXIES"]
    # The host a proxy forwards is not believed: every address we write is relative.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # the documented way to wrap an application
    logs.register(app)
    metrics.register(app)
    health.guard(app)
    access.guard(app)
    curate_imports.admit_catalogues(app)
    security.protect(app)
    errors.handle(app)
    languages.register(app)
    presentation.register(app)
    assets.register(app)
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(MIGRATIONS))
    extensions.limiter.init_app(app)
    extensions.csrf.init_app(app)
    accounts.register(app)
    for module in (about, evidence, feedback, history, privacy, sharing):
        app.register_blueprint(module.bp)
    for module in (api, api_docs, api_queries, api_works, tokens):
        app.register_blueprint(module.bp)
    for room in (curate_works, curate_pictures, curate_trail, curate_export):
        app.register_blueprint(room.bp)
    for room in (curate_generations, curate_imports, curate_care, curate_tasks):
        app.register_blueprint(room.bp)
    for room in (admin_dashboard, admin_recognition, admin_evaluation):
        app.register_blueprint(room.bp)
    for room in (admin_users, admin_trail, admin_health):
        app.register_blueprint(room.bp)
    for module in (search, artworks, iiif, map, map_files, curate_map, curate_compare):
        app.register_blueprint(module.bp)
    for module in (media, health, frames, offline):
        app.register_blueprint(module.bp)
    app.cli.add_command(cli.collection)
    app.cli.add_command(cli_accounts.group)
    app.cli.add_command(cli_feedback.group)
    app.cli.add_command(cli_imports.group)
    app.cli.add_command(cli_retention.group)
    app.cli.add_command(cli_worker.command)
    app.extensions[BACKGROUND] = Background(app)
    app.extensions[INDEX] = build_live_index(app)
    app.extensions[SEARCH] = build_search_service(app)
    app.extensions[LINKS] = build_link_reader(app)
    app.extensions[MAP] = MapReader(Folders(app.config["MORELLI_INSTANCE"]).maps)
    app.extensions[HOUSEKEEPER] = Housekeeper(app)
    return app


def build_live_index(app: Flask) -> LiveIndex:
    """Build the live index; tests put another publication into the settings."""
    generations = Folders(app.config["MORELLI_INSTANCE"]).generations
    model = app.config["MORELLI_MODEL"]
    return LiveIndex(
        app.config.get("PUBLICATION") or PublishedEngine(model, generations)
    )


def build_search_service(app: Flask) -> SearchService:
    """Build the search service over the live index."""
    folders = Folders(app.config["MORELLI_INSTANCE"])
    limits = ImageSettings(max_bytes=app.config["MAX_CONTENT_LENGTH"])
    turnstile = Turnstile(
        folders.turnstile,
        places=app.config["MORELLI_WORKERS"],
        waiting=app.config["MORELLI_QUEUE"],
    )
    keeps_photos = app.config["MORELLI_RETENTION_DAYS"] > 0
    photos = MediaFolder(folders.queries) if keeps_photos else None
    return SearchService(
        app.extensions[INDEX], photos, limits, turnstile, metrics.count_search
    )


def build_link_reader(app: Flask) -> LinkReader | None:
    """Build what fetches pictures by their address, unless that is switched off."""
    if not app.config["MORELLI_LINKS"]:
        return None
    return app.config.get("LINK_READER") or LinkReader(app.config["MAX_CONTENT_LENGTH"])
