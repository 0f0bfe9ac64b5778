"""Application factory: the one place that knows how everything fits together."""

import os
from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import extensions
from app.background import BACKGROUND, Background
from app.commands import accounts as commands_accounts
from app.commands import backup as commands_backup
from app.commands import doctor as commands_doctor
from app.commands import exports as commands_exports
from app.commands import feedback as commands_feedback
from app.commands import imports as commands_imports
from app.commands import migrations as commands_migrations
from app.commands import retention as commands_retention
from app.commands import shared as commands_shared
from app.commands import sources as commands_sources
from app.commands import upgrade as commands_upgrade
from app.commands import worker as commands_worker
from app.configuration import load
from app.configuration.load import Folders
from app.services.collection.tiles import TileCache
from app.services.index.live import LiveIndex
from app.services.index.opening import LivePublication
from app.services.labels.opening import open_labels
from app.services.map.reading import MapReader
from app.services.media.opening import open_stores
from app.services.operations.servers import follower_of
from app.services.search.photo_decoder import PhotoDecoder
from app.services.search.service import SearchService
from app.services.shards.opening import open_shards
from app.services.system.links.fetching import LinkReader
from app.services.vectors.opening import open_vectors
from app.services.words.vocabulary import LabelVocabulary
from app.web import errors, health
from app.web.account import first_start as account_first_start
from app.web.account import invitations as account_invitations
from app.web.account import pages as account_pages
from app.web.account import tokens as account_tokens
from app.web.admin import dashboard as admin_dashboard
from app.web.admin import disputes as admin_disputes
from app.web.admin import evaluation as admin_evaluation
from app.web.admin import health as admin_health
from app.web.admin import invitations as admin_invitations
from app.web.admin import monthly as admin_monthly
from app.web.admin import recognition as admin_recognition
from app.web.admin import trail as admin_trail
from app.web.admin import users as admin_users
from app.web.admin import webhooks as admin_webhooks
from app.web.admin.site import first_steps as admin_first_steps
from app.web.admin.site import own_pages as admin_own_pages
from app.web.admin.site import settings as admin_site
from app.web.api import document as api_document
from app.web.api import pages as api_pages
from app.web.callers import access, characters, throttling, upload
from app.web.curate import compare as curate_compare
from app.web.curate import export as curate_export
from app.web.curate import generations as curate_generations
from app.web.curate import map as curate_map
from app.web.curate import tasks as curate_tasks
from app.web.curate import tours as curate_tours
from app.web.curate import trail as curate_trail
from app.web.curate import works as curate_works
from app.web.curate.bulk import lacking as curate_lacking
from app.web.curate.bulk import pages as curate_bulk
from app.web.curate.bulk import variants as curate_variants
from app.web.curate.cleaning import bin as curate_bin
from app.web.curate.cleaning import merging as curate_merging
from app.web.curate.cleaning import survey as curate_care
from app.web.curate.content import layout as curate_layout
from app.web.curate.content import recordings as curate_recordings
from app.web.curate.content import texts as curate_content
from app.web.curate.desk import choosing as curate_choosing
from app.web.curate.desk import naming as curate_naming
from app.web.curate.desk import own_set as curate_set
from app.web.curate.desk import pages as curate_desk
from app.web.curate.desk import stubs as curate_stubs
from app.web.curate.imports import pages as curate_imports
from app.web.curate.imports import sources as curate_sources
from app.web.curate.pictures import pages as curate_pictures
from app.web.curate.pictures import sent as curate_sent_pictures
from app.web.curate.vocabulary import filters as curate_filters
from app.web.curate.vocabulary import terms as curate_vocabulary
from app.web.curate.vocabulary import values as curate_values
from app.web.pages import (
    about,
    evidence,
    feedback,
    finding,
    history,
    iiif,
    iiif_images,
    map,
    map_files,
    media,
    privacy,
    records,
    search,
    sharing,
    well_known,
    works,
)
from app.web.pages.camera import frames, viewfinder
from app.web.pages.site import embed, kiosk, own_pages, previews, sitemap
from app.web.shell import (
    addresses,
    assets,
    brand,
    languages,
    logs,
    metrics,
    museum,
    offline,
    proportions,
    security,
)
from app.web.shell.content import shown as shown_content
from app.web.shell.content import subject_names
from app.web.shell.current import INDEX, LINKS, MAP, SEARCH, TILES, WORDS
from app.web.shell.prefix import PrefixMiddleware
from app.web.shell.presentation import templates
from app.web.shell.site import Site
from app.web.visits import favourites, tours
from app.web.visits import links as visit_links
from app.web.visits import visit as visits

BLUEPRINTS = (
    *(
        search,
        works,
        map,
        map_files,
        iiif,
        iiif_images,
        records,
        media,
        frames,
        viewfinder,
        offline,
        health,
    ),
    *(evidence, feedback, finding, history, sharing, about, privacy),
    *(brand, own_pages, kiosk, embed, sitemap),
    *(visits, visit_links, favourites, tours),
    *(account_tokens, api_pages),
    *(curate_works, curate_pictures, curate_trail, curate_export, curate_generations),
    *(curate_imports, curate_sources, curate_care, curate_tasks, curate_map),
    *(curate_merging, curate_bin),
    *(curate_compare, curate_sent_pictures, curate_tours),
    *(curate_desk, curate_naming, curate_choosing, curate_stubs, curate_set),
    *(curate_content, curate_recordings, curate_layout),
    *(curate_bulk, curate_variants, curate_lacking),
    *(curate_filters, curate_vocabulary, curate_values),
    *(admin_dashboard, admin_recognition, admin_evaluation, admin_disputes),
    admin_monthly,
    *(admin_site, admin_own_pages, admin_first_steps, account_first_start),
    *(
        admin_webhooks,
        admin_users,
        admin_invitations,
        admin_trail,
        admin_health,
        account_invitations,
    ),
    well_known,
)
"""Modules whose blueprint ``bp`` is all that they add to the application."""
COMMANDS = (
    *(commands_shared.collection, commands_accounts.group, commands_feedback.group),
    *(commands_imports.group, commands_sources.group, commands_retention.group),
    *(commands_worker.command, commands_exports.command),
    *(commands_backup.group, commands_backup.restore, commands_doctor.command),
    *(commands_upgrade.command, commands_migrations.command),
)


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
    app = Site("morelli", root_path=str(load.ROOT))
    app.config.from_mapping(load.load({**os.environ, **settings}))
    app.config.from_mapping({k: v for k, v in overrides.items() if k not in settings})
    # Accession numbers may hold double slashes, and media names must not be mended.
    app.url_map.merge_slashes = False
    proxies = app.config["MORELLI_PROXIES"]
    # The host a proxy forwards is not believed: every address we write is relative.
    proxied = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)
    app.wsgi_app = PrefixMiddleware(proxied, app.config["PREFIX"])  # type: ignore[method-assign]  # the documented way to wrap an application
    logs.register(app)
    metrics.register(app)
    app.before_request(upload.refuse_what_was_let_go)
    health.guard(app)
    kiosk.guard(app)
    access.guard(app)
    curate_imports.admit_catalogues(app)
    curate_content.admit_texts(app)
    curate_recordings.admit_recordings(app)
    security.protect(app)
    errors.handle(app)
    museum.register(app)
    languages.register(app)
    templates.register(app)
    previews.register(app)
    shown_content.register(app)
    subject_names.register(app)
    proportions.register(app)
    addresses.register(app)
    assets.register(app)
    extensions.db.init_app(app)
    throttling.limit_pages(app)
    extensions.csrf.init_app(app)
    characters.guard(app)
    account_pages.register(app)
    api_document.register(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.bp)
    for command in COMMANDS:
        app.cli.add_command(command)
    app.extensions[BACKGROUND] = Background(app)
    folders = Folders(app.config["MORELLI_INSTANCE"])
    publication = LivePublication(
        app.config["MORELLI_MODEL"],
        folders.generations,
        open_vectors(app.config["MORELLI_VECTORS_URL"]),
        open_shards(app.config),
    )
    app.extensions[INDEX] = LiveIndex(publication)
    app.extensions[SEARCH] = build_search_service(app, folders)
    max_bytes = app.config["MAX_CONTENT_LENGTH"]
    app.extensions[LINKS] = (
        LinkReader(max_bytes) if app.config["MORELLI_LINKS"] else None
    )
    app.extensions[WORDS] = LabelVocabulary()
    app.extensions[MAP] = MapReader(folders.maps)
    app.extensions[TILES] = TileCache(folders.tiles)
    return app


def build_search_service(app: Flask, folders: Folders) -> SearchService:
    """Build the search service over the live index."""
    decoder = PhotoDecoder(
        load.image_settings(app.config),
        folders.admission,
        places=app.config["MORELLI_WORKERS"],
        waiting=app.config["MORELLI_QUEUE"],
    )
    keeps_photos = app.config["MORELLI_RETENTION_DAYS"] > 0
    media = open_stores(app.config["MORELLI_MEDIA_URL"], folders)
    photos = media.queries if keeps_photos else None
    return SearchService(
        app.extensions[INDEX],
        photos,
        decoder,
        metrics.count_search,
        follower_of(media, folders),
        open_labels(app.config),
    )
