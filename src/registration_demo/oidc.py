"""The OpenID Connect provider: subject, claims and signing key, and a consent that is asked for once."""

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any, Literal

from allauth.idp.oidc import views as provider
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.forms import AuthorizationForm
from allauth.idp.oidc.models import Client, PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from registration_demo import registrations
from registration_demo.models import Account, Consent, SigningKey

SCOPES = ("openid", "profile", "registrations")
View = Callable[..., HttpResponseBase]


class ProviderAdapter(DefaultOIDCAdapter):
    """What allauth's provider asks this project."""

    def get_issuer(self) -> str:
        """The configured address, not the host of the request: clients compare it letter by letter."""
        issuer: str = settings.ISSUER
        return issuer

    def get_user_sub(self, client: Client, user: AbstractBaseUser) -> str:
        """The subject of the account."""
        return _account(user).subject

    def get_user_by_sub(self, client: Client, sub: str) -> Account | None:
        """The active account of a subject."""
        return Account.objects.filter(subject=sub, is_active=True).first()

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """The name for the scope `profile` and this candidate's registrations for the scope `registrations`."""
        # The ID token goes through the browser again at log-out, as a hint: no personal data in it.
        if purpose == "id_token":
            return {"sub": self.get_user_sub(client, user)}
        claims = super().get_claims(purpose, user, client, scopes, email=email, **kwargs)
        if "registrations" in scopes:
            own = _account(user).registrations.select_related("account")
            claims["registrations"] = [registrations.as_object(registration) for registration in own]
        return claims

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """Discovery names what this provider does, and only that."""
        data.pop("device_authorization_endpoint", None)
        data["scopes_supported"] = list(SCOPES)
        data["response_types_supported"] = ["code"]
        data["grant_types_supported"] = ["authorization_code"]
        data["claims_supported"] = ["sub", "name", "preferred_username", "registrations"]

    def list_private_keys(
        self, *, did_activate: Literal[True] | None = None, is_active: Literal[True] | None = None
    ) -> list[PrivateKey]:
        """Every key kept in the database; the newest signs."""
        return [PrivateKey(pem=key.pem, issued_at=key.created_at) for key in SigningKey.objects.all()]


def _account(user: AbstractBaseUser | AnonymousUser) -> Account:
    """The account behind a user whose type allauth leaves open."""
    if not isinstance(user, Account):
        raise TypeError(f"not an account: {user!r}")
    return user


def ensure_signing_key() -> None:
    """Make the signing key if there is none yet."""
    if not SigningKey.objects.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        SigningKey.objects.create(pem=pem.decode("ascii"))


def ensure_client() -> None:
    """Register the service as a client with the addresses and the secret of the settings."""
    client, _ = Client.objects.get_or_create(id=settings.CLIENT_ID, defaults={"name": settings.SERVICE_NAME})
    client.name = settings.SERVICE_NAME
    client.set_scopes(list(SCOPES))
    client.set_redirect_uris([f"{settings.SERVICE_URL}/oidc/callback/"])
    client.set_post_logout_redirect_uris([f"{settings.SERVICE_URL}/"])
    if not client.check_secret(settings.CLIENT_SECRET):
        client.set_secret(settings.CLIENT_SECRET)
    client.save()


class AuthorizationView(provider.AuthorizationView):
    """Asks for consent at the first visit; afterwards what was allowed once is given without a page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The consent page, or the way back to the service when nothing new is asked for."""
        response = super().get(request, *args, **kwargs)
        if not isinstance(response, TemplateResponse) or "consent" in request.GET.get("prompt", "").split():
            return response
        consent = self._consent()
        if consent is None or not set(self._scopes) <= set(consent.scopes):
            return response
        # The form is rebuilt as if the button had been pressed; `request` is only a required field here.
        form = AuthorizationForm(
            data={"scopes": self._scopes, "request": "covered"},
            requested_scopes=self._scopes,
            user=request.user,
        )
        form.full_clean()
        return super().form_valid(form)

    def form_valid(self, form: AuthorizationForm) -> HttpResponse:
        """Remember what was allowed and go back to the service with a code."""
        consent = self._consent()
        allowed = set(form.cleaned_data["scopes"]) | set(consent.scopes if consent else [])
        Consent.objects.update_or_create(
            account=self.request.user,
            client_id=self._request_info["client_id"],
            defaults={"scopes": sorted(allowed)},
        )
        return super().form_valid(form)

    def _consent(self) -> Consent | None:
        return Consent.objects.filter(
            account=_account(self.request.user), client_id=self._request_info["client_id"]
        ).first()


def _with_right_status(view: View) -> View:
    """Correct a habit of allauth: it answers a request it refuses with an error page and status 200; 400 is right."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK and not isinstance(response, TemplateResponse):
            response.status_code = HTTPStatus.BAD_REQUEST
        return response

    return wrapper


authorization = _with_right_status(AuthorizationView.as_view())
logout = _with_right_status(provider.logout)
