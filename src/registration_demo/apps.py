"""The application as Django knows it."""

from django.apps import AppConfig


class RegistrationDemoConfig(AppConfig):
    """The only application of this project with models of its own."""

    name = "registration_demo"
    verbose_name = "国家医学考试考生报名系统"
    default_auto_field = "django.db.models.BigAutoField"
