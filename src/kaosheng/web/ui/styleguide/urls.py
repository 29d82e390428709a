"""Addresses of the style guide."""

from __future__ import annotations

from django.urls import path

from kaosheng.web.ui.styleguide import views

urlpatterns = [
    path("", views.components, name="styleguide"),
    path("candidate/<str:state>/", views.candidate, name="styleguide_candidate"),
    path("upload/", views.upload, name="styleguide_upload"),
    path("remove/", views.remove, name="styleguide_remove"),
    path("check/", views.check, name="styleguide_check"),
    path("receipt/", views.receipt, name="styleguide_receipt"),
    path("queue/", views.queue, name="styleguide_queue"),
    path("workbench/", views.workbench, name="styleguide_workbench"),
    path("staff-form/", views.staff_form, name="styleguide_staff_form"),
    path("error/<int:status>/", views.error, name="styleguide_error"),
    path("picture/<slug:kind>.svg", views.picture, name="styleguide_picture"),
]
