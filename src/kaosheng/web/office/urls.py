"""Addresses below /office/."""

from __future__ import annotations

from django.urls import path

from kaosheng.web.office.views import (
    account_requests,
    accounts,
    audit,
    bindings,
    counter,
    days,
    exports,
    extensions,
    imports,
    progress,
    rechecks,
    rehearsal,
    releases,
    roles,
    sites,
)

app_name = "office"
urlpatterns = [
    path("", progress.progress, name="progress"),
    path("intakes/<int:intake_id>/days/", days.days, name="days"),
    path("intakes/<int:intake_id>/sites/<int:site_id>/", sites.site, name="site"),
    path("intakes/<int:intake_id>/sites/<int:site_id>/close/", sites.close, name="site-close"),
    path("intakes/<int:intake_id>/sites/<int:site_id>/reopen/", sites.reopen, name="site-reopen"),
    path("counter/", counter.counter, name="counter"),
    path("counter/<uuid:dossier_id>/", counter.dossier, name="counter-dossier"),
    path("counter/<uuid:dossier_id>/help/", counter.begin, name="counter-help"),
    path("counter/<uuid:dossier_id>/kinds/<str:code>/upload/", counter.upload, name="counter-upload"),
    path("extensions/", extensions.extensions, name="extensions"),
    path("extensions/<uuid:dossier_id>/refuse/", extensions.refuse, name="extension-refuse"),
    path("imports/", imports.imports, name="imports"),
    path("imports/form/", imports.form_to_fill, name="import-form"),
    path("imports/<uuid:import_id>/", imports.one_import, name="import"),
    path("imports/<uuid:import_id>/apply/", imports.apply, name="import-apply"),
    path("imports/<uuid:import_id>/discard/", imports.discard, name="import-discard"),
    path("imports/<uuid:import_id>/report/", imports.report, name="import-report"),
    path("imports/bindings/", bindings.bindings, name="bindings"),
    path("imports/bindings/<int:conflict_id>/", bindings.settle, name="binding-settle"),
    path("export/", exports.queue_list, name="export-list"),
    path("export/progress/<int:intake_id>/", exports.progress, name="export-progress"),
    path("export/dossiers/<uuid:dossier_id>/", exports.dossier, name="export-dossier"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:intake_id>/", releases.release, name="release"),
    path("releases/<int:intake_id>/rehearsal/", rehearsal.rehearsal, name="release-rehearsal"),
    path("releases/<int:intake_id>/prepare/", releases.prepare, name="release-prepare"),
    path("releases/<int:intake_id>/publish/", releases.publish, name="release-publish"),
    path("rechecks/", rechecks.rechecks, name="rechecks"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.create, name="account-create"),
    path("accounts/requests/", account_requests.account_requests, name="account-requests"),
    path("accounts/requests/<int:request_id>/make/", account_requests.make, name="account-request-make"),
    path("accounts/requests/<int:request_id>/grant/", account_requests.grant, name="account-request-grant"),
    path(
        "accounts/requests/<int:request_id>/refuse/", account_requests.refuse, name="account-request-refuse"
    ),
    path("accounts/<int:user_id>/<str:verb>/", accounts.change, name="account-change"),
    path("roles/", roles.roles, name="roles"),
    path("roles/<int:user_id>/", roles.role, name="role"),
    path("roles/<int:user_id>/grant/", roles.grant, name="role-grant"),
    path("roles/withdraw/<int:grant_id>/", roles.withdraw, name="role-withdraw"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.export, name="audit-export"),
]
