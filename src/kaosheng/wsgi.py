"""The WSGI application that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from kaosheng.ops.processes import give_large_blocks_back

give_large_blocks_back()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaosheng.settings.demo")

application = get_wsgi_application()
