"""The one place that knows how everything fits together."""

import os
from collections.abc import Mapping

from flask import Flask

from app import config, extensions
from app.services.database import MIGRATIONS


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
    app = Flask(
        "morelli",
        root_path=str(config.ROOT),
        template_folder="templates",
        static_folder="static",
    )
    app.config.from_mapping(config.load({**os.environ, **settings}))
    app.config.from_mapping(
        {k: v for k, v in overrides.items() if not k.startswith("MORELLI_")}
    )
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(MIGRATIONS))
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    return app
