"""WSGI entry of the registration system."""

import os

from django.core.wsgi import get_wsgi_application

# Set, not defaulted: the launcher's own environment names the settings of the service.
os.environ["DJANGO_SETTINGS_MODULE"] = "registration_demo.settings"
application = get_wsgi_application()
