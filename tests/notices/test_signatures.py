"""The checks of the local providers against the worked examples the providers publish."""

from __future__ import annotations

import json

from factories.providers import Request, acs3_holds, tc3_holds


def test_the_published_example_of_tencent_cloud_holds() -> None:
    body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    headers = {
        "content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com",
        "x-tc-timestamp": "1551113065",
        "authorization": "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
    }  # fmt: skip
    keys = {
        "secret_id": "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "secret_key": "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    }
    assert tc3_holds(Request("POST", "/", "", headers, body.encode()), **keys)
    assert not tc3_holds(Request("POST", "/", "", headers, json.dumps({}).encode()), **keys)


def test_the_published_example_of_alibaba_cloud_holds() -> None:
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances", "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d", "x-acs-version": "2014-05-26",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "authorization": "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    }  # fmt: skip
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    keys = {"key_id": "YourAccessKeyId", "key_secret": "YourAccessKeySecret"}
    assert acs3_holds(Request("POST", "/", query, headers, b""), **keys)
    assert not acs3_holds(Request("POST", "/", query + "&x=1", headers, b""), **keys)
