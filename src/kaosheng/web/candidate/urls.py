"""Addresses of the candidate's pages. Each names its dossier; the session holds only the person."""

from __future__ import annotations

from django.urls import path

from kaosheng.web.candidate.views import (
    advice,
    answers,
    dossier,
    doubt,
    entrance,
    handover,
    messages,
    own_data,
    phone,
    phone_number,
    pictures,
    receipts,
    rechecking,
    submitting,
    upload,
    wechat,
)

app_name = "candidate"
_HERE = "dossiers/<uuid:dossier_id>/"
_KIND = f"{_HERE}kinds/<str:code>/"
_SUBMISSION = f"{_HERE}submissions/<int:ordinal>/"
_PICTURE = f"{_HERE}pictures/<uuid:picture_id>/"

urlpatterns = [
    path("", entrance.entrance, name="entrance"),
    path("enter/", entrance.enter, name="enter"),
    path("oidc/callback/", entrance.callback, name="callback"),
    path("choose/", entrance.choose, name="choose"),
    path("logout/", entrance.log_out, name="logout"),
    path(_HERE, dossier.dossier, name="dossier"),
    path(f"{_HERE}messages/", messages.messages, name="messages"),
    path(f"{_HERE}acknowledge/", answers.acknowledge, name="acknowledge"),
    path(f"{_KIND}upload/", upload.upload, name="upload"),
    path(f"{_KIND}handover/", handover.handover, name="handover"),
    path(f"{_KIND}handover/code.png", handover.qr_code, name="handover-code"),
    path(f"{_KIND}handover/news/", handover.news, name="handover-news"),
    path(f"{_KIND}handover/close/", handover.close, name="handover-close"),
    path(f"{_KIND}sample/", pictures.sample, name="sample"),
    path(f"{_KIND}promise/", answers.promise, name="promise"),
    path(f"{_KIND}explain/", answers.explain, name="explain"),
    path(_PICTURE, pictures.full, name="picture"),
    path(f"{_PICTURE}thumbnail/", pictures.thumbnail, name="thumbnail"),
    path(f"{_PICTURE}delete/", pictures.delete, name="delete"),
    path(f"{_PICTURE}restore/", pictures.restore, name="restore"),
    path(f"{_HERE}advice/", advice.news, name="advice"),
    path(f"{_PICTURE}turn/", advice.turn, name="turn"),
    path(f"{_PICTURE}confirm/", advice.confirm, name="confirm"),
    path(f"{_HERE}check/", submitting.check, name="check"),
    path(f"{_HERE}submit/", submitting.submit, name="submit"),
    path("phone/", phone.phone, name="phone"),
    path("phone/upload/", phone.upload, name="phone-upload"),
    path("phone/sample/", phone.sample, name="phone-sample"),
    path("phone/pictures/<uuid:picture_id>/delete/", phone.delete, name="phone-delete"),
    path(f"{_SUBMISSION}", receipts.receipt, name="receipt"),
    path(f"{_SUBMISSION}receipt.pdf", receipts.pdf, name="receipt_pdf"),
    path(f"{_SUBMISSION}receipt.txt", receipts.text, name="receipt_text"),
    path(f"{_HERE}data/", own_data.own_data, name="own_data"),
    path(f"{_HERE}data/pictures.zip", own_data.pictures, name="own_pictures"),
    path(f"{_HERE}data/phone/", phone_number.change, name="phone_change"),
    path(f"{_HERE}data/phone/<uuid:change_id>/", phone_number.confirm, name="phone_confirm"),
    path(f"{_HERE}data/wechat/", wechat.wechat, name="wechat"),
    path(f"{_HERE}data/wechat/code.png", wechat.qr_code, name="wechat_code"),
    path(f"{_HERE}data/wechat/news/", wechat.news, name="wechat_news"),
    path(f"{_HERE}data/wechat/cancel/", wechat.cancel, name="wechat_cancel"),
    path(f"{_HERE}data/wechat/unbind/", wechat.unbind, name="wechat_unbind"),
    path(f"{_HERE}doubt/", doubt.doubt, name="doubt"),
    path("r/<str:receipt_code>/receipt.txt", receipts.check_text, name="receipt_check_text"),
    path("r/<path:receipt_code>/", receipts.check, name="receipt_check"),
    path(f"{_HERE}recheck/", rechecking.recheck, name="recheck"),
]
