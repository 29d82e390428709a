"""The addresses of the registration system."""

from allauth.idp.oidc import views as provider
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from registration_demo import api, oidc, views, wechat

# allauth finds its own addresses by these names. The page for devices is left out; its API address must have a name.
provider_urls = (
    [
        path(".well-known/openid-configuration", provider.configuration, name="configuration"),
        path(".well-known/jwks.json", provider.jwks, name="jwks"),
        path("oidc/authorize", oidc.authorization, name="authorization"),
        path("oidc/logout", oidc.logout, name="logout"),
        path("oidc/token", provider.token, name="token"),
        path("oidc/userinfo", provider.user_info, name="userinfo"),
        path("oidc/revoke", provider.revoke, name="revoke"),
        path("oidc/device/code", provider.device_code, name="device_code"),
    ],
    "oidc",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="registrations"), name="home"),
    path("", include(([path("", include(provider_urls))], "idp"))),
    path("login/", views.LogIn.as_view(), name="account_login"),
    path("login/again/", views.log_in_again, name="account_reauthenticate"),
    path("logout/", views.log_out, name="account_logout"),
    path("registrations/", views.registration_list, name="registrations"),
    path("registrations/<str:number>/change/", views.registration_change, name="change"),
    path("registrations/<str:number>/cancel/", views.registration_cancel, name="cancel"),
    path("registrations/<str:number>/restore/", views.registration_restore, name="restore"),
    path("phone/", views.phone, name="phone"),
    path("phone/unfollow/", views.wechat_unfollow, name="wechat_unfollow"),
    path("wechat/q/<str:ticket>/", views.wechat_scan, name="wechat_scan"),
    path("wechat/cgi-bin/stable_token", wechat.stable_token, name="wechat_token"),
    path("wechat/cgi-bin/qrcode/create", wechat.create_code, name="wechat_code"),
    path("wechat/cgi-bin/message/template/send", wechat.send_template, name="wechat_send"),
    path("api/registrations/", api.pull, name="api_registrations"),
    path("api/status/", api.status, name="api_status"),
    path("api/phone/", api.phone, name="api_phone"),
    path("healthz", views.health, name="health"),
]
handler404 = "registration_demo.views.not_found"
handler500 = "registration_demo.views.broken"
