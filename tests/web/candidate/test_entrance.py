"""Logging in with the registration system's account, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.integrations.django_client import OAuth
from django.test import Client
from pytest_django import Settings

from factories import World, clients, dossiers
from kaosheng.audit.models import AuditEvent
from kaosheng.casework.models import Dossier
from kaosheng.casework.services.registrations import apply_received
from kaosheng.registration.gateway import parse
from kaosheng.registration.models import BindingConflict, Candidate, RegistrationVersion
from kaosheng.settings.base import oauth_clients
from kaosheng.web import oidc
from web.candidate import provider as fake
from web.candidate.provider import Provider


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with fake.running() as running:
        settings.REGISTRATION_ISSUER = running.issuer
        options = oauth_clients("secret")["registration"]
        address = f"{running.issuer}/.well-known/openid-configuration"
        settings.AUTHLIB_OAUTH_CLIENTS = {"registration": {**options, "server_metadata_url": address}}
        fresh = OAuth()
        fresh.register("registration")
        monkeypatch.setattr(oidc, "_oauth", fresh)
        yield running


def start(client: Client, path: str = "/enter/") -> dict[str, str]:
    """Go to the provider; what we sent along."""
    answer = client.get(path)
    assert answer.status_code == 302, answer.content.decode()
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def log_in(client: Client, provider: Provider, path: str = "/enter/") -> Any:
    """The whole way there and back."""
    sent = start(client, path)
    provider.nonce = sent["nonce"]
    return client.get("/oidc/callback/", {"code": "code", "state": sent["state"]})


def test_the_entrance_says_what_this_is_and_logs_in_by_a_form(places: World) -> None:
    html = clients.anonymous().get("/").content.decode()
    assert "用报名系统账号登录" in html
    assert 'action="/enter/"' in html
    assert places.area.telephone in html
    assert "国家医学考试（河北）考生服务系统" in html


def test_the_request_carries_state_nonce_and_pkce(places: World, provider: Provider) -> None:
    sent = start(clients.anonymous())
    assert sent["code_challenge_method"] == "S256"
    assert sent["redirect_uri"] == "http://localhost:8000/oidc/callback/"
    assert len(sent["state"]) > 20
    assert len(sent["nonce"]) > 15
    assert sent["scope"] == "openid profile registrations"


def test_a_first_log_in_makes_candidate_registration_and_dossier(places: World, provider: Provider) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject)]
    client = clients.anonymous()
    before = client.session.session_key
    answer = log_in(client, provider)
    dossier = Dossier.objects.get()
    assert answer.headers["Location"] == f"/dossiers/{dossier.pk}/"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.session.session_key != before
    assert provider.token_requests[0]["code_verifier"]
    assert AuditEvent.objects.filter(name="candidate:logged_in").count() == 1


def test_a_provider_may_write_its_name_with_a_slash_at_the_end(places: World, provider: Provider) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject)]
    provider.claims = {"iss": f"{provider.issuer}/"}
    answer = log_in(clients.anonymous(), provider)
    assert answer.headers["Location"] == f"/dossiers/{Dossier.objects.get().pk}/"


def test_the_button_of_the_registration_system_leads_to_its_registration(
    places: World, provider: Provider
) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject) for _ in range(2)]
    wanted = provider.registrations[1]["number"]
    answer = log_in(clients.anonymous(), provider, f"/enter/?registration={wanted}")
    assert answer.headers["Location"] == f"/dossiers/{Dossier.objects.get(registration__number=wanted).pk}/"


def test_a_registration_that_is_not_here_leads_to_no_other(places: World, provider: Provider) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject)]
    client = clients.anonymous()
    answer = log_in(client, provider, "/enter/?registration=1327000000")
    assert answer.status_code == 404
    assert "报名号 1327000000 没有在本系统审核的材料" in answer.content.decode()
    assert client.get("/").headers["Location"] == f"/dossiers/{Dossier.objects.get().pk}/"


def test_several_registrations_and_no_number_get_a_chooser(places: World, provider: Provider) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject) for _ in range(2)]
    client = clients.anonymous()
    assert log_in(client, provider).headers["Location"] == "/choose/"
    html = client.get("/choose/").content.decode()
    for entry in provider.registrations:
        assert entry["number"] in html
    assert 'href="/choose/"' in client.get(f"/dossiers/{Dossier.objects.all()[0].pk}/").content.decode()


def test_whoever_is_logged_in_goes_straight_to_the_dossier(places: World) -> None:
    dossier = dossiers.register(places)
    client = clients.of_candidate(dossiers.candidate_of(dossier))
    for path in ("/", f"/enter/?registration={dossier.registration.number}"):
        assert client.get(path).headers["Location"] == f"/dossiers/{dossier.pk}/"


def test_another_persons_number_logs_in_afresh(places: World, provider: Provider) -> None:
    bo = dossiers.register(places)
    client = clients.of_candidate(dossiers.candidate_of(dossiers.register(places)))
    answer = client.get(f"/enter/?registration={bo.registration.number}")
    assert answer.headers["Location"].startswith(f"{provider.issuer}/authorize")


def test_refused_consent_has_its_own_page(places: World, provider: Provider) -> None:
    answer = clients.anonymous().get("/oidc/callback/", {"error": "access_denied", "state": "x"})
    assert answer.status_code == 403
    assert "您没有同意授权" in answer.content.decode()


def test_a_foreign_state_restarts_once_and_then_says_so(places: World, provider: Provider) -> None:
    client = clients.anonymous()
    first = client.get("/oidc/callback/", {"code": "code", "state": "foreign"})
    assert (first.status_code, first.headers["Location"]) == (302, "/enter/?again=1")
    assert start(client, "/enter/?again=1")["state"].startswith("again-")
    second = client.get("/oidc/callback/", {"code": "code", "state": "again-foreign"})
    assert second.status_code == 400
    assert "登录没有完成" in second.content.decode()


def test_an_expired_code_restarts_too(places: World, provider: Provider) -> None:
    provider.token_error = "invalid_grant"
    assert log_in(clients.anonymous(), provider).headers["Location"] == "/enter/?again=1"


def test_a_callback_opened_again_leads_on(places: World, provider: Provider) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject)]
    client = clients.anonymous()
    log_in(client, provider)
    answer = client.get("/oidc/callback/", {"code": "code", "state": "used"})
    assert answer.headers["Location"] == f"/dossiers/{Dossier.objects.get().pk}/"


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"aud": "somebody-else"}},
        {"claims": {"aud": "somebody-else", "azp": "kaosheng"}},
        {"claims": {"iss": "http://127.0.0.1:1"}},
        {"claims": {"nonce": "another"}},
        {"claims": {"exp": 1_000_000_000}},
        {"userinfo": {"sub": "subject-bo"}},
        {"userinfo": {"registrations": "none"}},
        {"without_id_token": True},
        {"registrations": [{"number": 7}]},
        {"subject": "subject\0ai"},
        {"userinfo": {"name": "样\0本"}},
        {"token_error": "invalid_client"},
    ],
    ids=str,
)
def test_an_answer_that_can_not_be_trusted_logs_nobody_in(
    places: World, provider: Provider, lie: dict[str, Any]
) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject)]
    for name, value in lie.items():
        setattr(provider, name, value)
    client = clients.anonymous()
    answer = log_in(client, provider)
    assert answer.status_code == 502, answer.content.decode()
    assert "无法核实" in answer.content.decode()
    assert client.get("/choose/").headers["Location"] == "/"


def test_a_signature_by_another_key_logs_nobody_in(places: World, provider: Provider) -> None:
    provider.signs_with = provider.other_key
    assert log_in(clients.anonymous(), provider).status_code == 502
    assert not Candidate.objects.exists()


def test_a_registration_system_that_is_down_is_said_plainly(places: World, provider: Provider) -> None:
    client = clients.anonymous()
    assert client.get("/enter/").status_code == 302
    provider.is_down = True
    answer = client.get("/enter/")
    assert answer.status_code == 503
    assert "报名系统暂时无法登录" in answer.content.decode()
    assert places.area.telephone in answer.content.decode()
    provider.is_down = False
    assert client.get("/enter/").status_code == 302


def test_a_person_without_a_registration_here_is_told_so(places: World, provider: Provider) -> None:
    provider.registrations = [{**dossiers.payload(places), "area": "31"}]
    client = clients.anonymous()
    answer = log_in(client, provider)
    assert answer.status_code == 403
    assert "没有您在本考区的报名信息" in answer.content.decode()
    assert client.get("/choose/").status_code == 302


def test_a_candidate_is_never_staff_at_the_same_time(places: World, provider: Provider, cast: Any) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject)]
    client = clients.of_staff(cast.chen)
    log_in(client, provider)
    assert "_auth_user_id" not in client.session


def test_log_out_ends_both_sessions_and_clears_the_browser(places: World, provider: Provider) -> None:
    provider.registrations = [dossiers.payload(places, subject=provider.subject)]
    client = clients.anonymous()
    log_in(client, provider)
    answer = client.post("/logout/")
    there = urlsplit(answer.headers["Location"])
    sent = parse_qs(there.query)
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{provider.issuer}/logout"
    assert sent["post_logout_redirect_uri"] == ["http://localhost:8000/"]
    assert sent["id_token_hint"][0].count(".") == 2
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/choose/").headers["Location"] == "/"
    assert AuditEvent.objects.filter(name="candidate:logged_out").exists()
    assert client.get("/logout/").status_code == 405


def test_an_imported_registration_with_another_id_number_lets_nobody_in(
    places: World, provider: Provider
) -> None:
    claim = dossiers.payload(places, subject=provider.subject, number="1327900001")
    imported = parse({**claim, "subject": "", "id_number": "13999919990101001X"})
    apply_received(imported, intake=places.intake, site=places.site, way=RegistrationVersion.Way.IMPORT)
    provider.registrations = [claim]
    client = clients.anonymous()
    answer = log_in(client, provider)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "证件号码与考区收到的不一致" in page
    assert "1327900001" in page
    assert places.site.telephone in page
    assert "13999919990101001X" not in page
    assert client.get("/choose/").status_code == 302
    assert BindingConflict.objects.get().subject == provider.subject
