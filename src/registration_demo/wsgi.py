"""WSGI entry of the registration system."""

import os

from django.core.wsgi import get_wsgi_application

# Set, not defaulted: the launcher's own environment names the settings of the service.
os.environ["DJANGO_SETTINGS_MODULE"] = "registration_demo.settings"
application = get_wsgi_application()

from registration_demo import oidc  # noqa: E402 - needs the settings

# The addresses and the secret of the service may differ from those of the last start, for example by another port.
oidc.ensure_client()
