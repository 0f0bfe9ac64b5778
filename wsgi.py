"""What a WSGI server and the ``flask`` command load: ``gunicorn wsgi:app``."""

import sys

from app.commands.statuses import MISCONFIGURED
from app.configuration.load import ConfigurationError, keep_to_owner
from app.factory import create_app

keep_to_owner()
try:
    app = create_app()
except ConfigurationError as error:
    print(error, file=sys.stderr)
    sys.exit(MISCONFIGURED)
