"""What a WSGI server and the ``flask`` command load: ``gunicorn wsgi:app``."""

from app.configuration.load import keep_to_owner
from app.factory import create_app

keep_to_owner()
app = create_app()
