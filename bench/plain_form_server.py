"""What a Django programmer writes first: a model with an ImageField, its form, the default middleware. No more.

It checks that Pillow opens the file, keeps it, and commits one row. No strict decoding, no thumbnail, no digest, no
sync of the file, no rules, no audit, nobody's session. Served like the service.
"""

from __future__ import annotations

import os

import django
import django_stubs_ext
import environ
from django.apps import AppConfig
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

if not settings.configured:
    settings.configure(
        SECRET_KEY="measured only",  # noqa: S106 - signs nothing
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.sessions", f"{__name__}.PlainForm"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        DATABASES={"default": environ.Env().db_url("DATABASE_URL") | {"CONN_MAX_AGE": 60}},
        MEDIA_ROOT=os.environ["PLAIN_ROOT"],
        USE_TZ=True,
    )


class PlainForm(AppConfig):
    """The application this module is."""

    name = __name__
    path = os.path.dirname(__file__)  # noqa: PTH120 - what Django takes
    label = "plain"


django_stubs_ext.monkeypatch()
django.setup()

from django import forms  # noqa: E402 - models and forms need the settings
from django.db import models  # noqa: E402


class PlainPicture(models.Model):
    """One picture."""

    picture = models.ImageField(upload_to="%H/%M")
    kind = models.CharField(max_length=10)
    position = models.IntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "plain"
        db_table = "plain_upload"

    def __str__(self) -> str:
        return f"{self.kind}/{self.position}"


class PictureForm(forms.ModelForm[PlainPicture]):
    """Its form."""

    class Meta:
        model = PlainPicture
        fields = ("picture", "kind", "position")


def receive(request: HttpRequest) -> HttpResponse:
    """Keep what the form accepts."""
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return HttpResponse(form.errors.as_json(), status=400)
    return HttpResponse(str(form.save().pk), status=201)


urlpatterns = [path("", receive)]
application = WSGIHandler()
