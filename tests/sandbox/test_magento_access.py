"""Who may call a Magento shop, and how refusals look."""

import pytest


def test_a_signed_call_is_answered(magento):
    views = magento.get("store/storeViews")
    assert [view["code"] for view in views] == ["admin", "default"]
    assert magento.get("store/storeConfigs", store="default")[0]["base_currency_code"] == "EUR"


def test_the_query_is_part_of_the_signature(magento):
    query = "searchCriteria%5BpageSize%5D=2&searchCriteria%5BcurrentPage%5D=1&fields=total_count"
    assert magento.get("bulk", query) == {"total_count": 0}


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"oauth_signature_method": "HMAC-SHA1"}, 400, "Signature method %1 is not supported"),
        ({"oauth_signature": "nonsense"}, 401, "The signature is invalid. Verify and try again."),
        ({"oauth_version": "2.0"}, 400, 'The "%1" Oauth version isn\'t supported.'),
        ({"oauth_token": "short"}, 400, "The token length is invalid. Check the length and try again."),
        ({"oauth_token": "x" * 32}, 401, "Specified token does not exist"),
        ({"oauth_consumer_key": "x" * 32}, 401, "A consumer having the specified key does not exist"),
    ],
)
def test_bad_signatures(magento, changes, status, message):
    answer = magento.raw("GET", "store/websites", **changes)
    assert (answer.status_code, answer.json["message"]) == (status, message)


def test_a_nonce_counts_once_and_a_timestamp_for_ten_minutes(magento):
    assert magento.raw("GET", "modules", oauth_nonce="one").status_code == 200
    again = magento.raw("GET", "modules", oauth_nonce="one")
    assert again.json["message"] == "The nonce is already being used by the consumer with ID %1"
    old = str(int(magento.sandbox.services.clock.now()) - 601)
    assert magento.raw("GET", "modules", oauth_timestamp=old).status_code == 401


def test_an_integration_token_is_no_bearer_unless_the_shop_says_so(magento):
    headers = {"Authorization": f"Bearer {magento.config['access_token']}"}
    refused = magento.raw("GET", "store/websites", headers=headers)
    assert refused.status_code == 401
    assert refused.json == {
        "message": "The consumer isn't authorized to access %resources.",
        "parameters": {"resources": "Magento_Backend::store"},
    }
    magento.control("PATCH", "", {"bearer": True})
    assert magento.raw("GET", "store/websites", headers=headers).status_code == 200


def test_resources_of_the_integration(magento):
    magento.control("PATCH", "", {"resources": ["Magento_Backend::store"]})
    assert magento.get("store/websites")
    refused = magento.call("GET", "bulk", query="searchCriteria=", status=401)
    assert refused["parameters"] == {"resources": "Magento_Logging::system_magento_logging_bulk_operations"}


def test_tokens_that_were_taken_away(magento):
    old = magento.config
    magento.control("POST", "/reauthorize")
    assert magento.raw("GET", "modules", config=old).json["message"] == "Specified token does not exist"
    magento.control("PATCH", "", {"active": False})
    assert magento.raw("GET", "modules").json["message"] == "Access token has been revoked"


def test_an_administrators_token_expires(magento):
    config = magento.config
    login = {"username": "admin", "password": config["admin_password"]}
    token = magento.call("POST", "integration/admin/token", login, headers={})
    headers = {"Authorization": f"Bearer {token}"}
    assert magento.raw("GET", "store/websites", headers=headers).status_code == 200
    magento.sandbox.services.clock.change(advance=3601)
    assert magento.raw("GET", "store/websites", headers=headers).status_code == 401
    assert magento.raw("POST", "integration/admin/token", {**login, "password": "x"}, headers={}).status_code == 401
    magento.control("PATCH", "", {"two_factor": True})
    assert magento.raw("POST", "integration/admin/token", login, headers={}).status_code == 401
    assert magento.call("POST", "tfa/provider/google/authenticate", {**login, "otp": "123456"}, headers={})


def test_addresses_that_are_none(magento):
    answer = magento.raw("GET", "nothing/here")
    assert (answer.status_code, answer.json) == (404, {"message": "Request does not match any route."})
    assert magento.raw("GET", "store/websites", store="unknown").status_code == 404
    assert magento.raw("GET", "store/websites", store="all").status_code == 200


def test_what_is_compulsory_is_told(magento):
    assert magento.call("GET", "bulk", status=400) == {
        "message": '"%fieldName" is required. Enter and try again.',
        "parameters": {"fieldName": "searchCriteria"},
    }
    both = magento.call("POST", "integration/admin/token", {}, status=400)
    assert [entry["parameters"]["fieldName"] for entry in both["errors"]] == ["username", "password"]


def test_wrong_types_are_refused(magento):
    refused = magento.call("GET", "bulk/x/operation-status/many", status=400)
    assert refused["message"].startswith('The "many" value\'s type is invalid.')
    refused = magento.call("GET", "bulk", query="searchCriteria[pageSize]=lots", status=400)
    assert refused["message"].startswith('Error occurred during "page_size" processing.')


def test_maintenance_and_the_versions_page(magento):
    assert magento.client.get(f"/{magento.domain}/magento_version").text == "Magento/2.4 (Community)"
    magento.control("PATCH", "", {"maintenance": True})
    answer = magento.raw("GET", "modules")
    assert answer.status_code == 503
    assert answer.content_type.startswith("text/html")


def test_limits_of_the_input(magento):
    magento.control("PATCH", "", {"input_limits": True})
    assert magento.get("bulk", "searchCriteria=")["search_criteria"]["page_size"] == 20
    refused = magento.call("GET", "bulk", query="searchCriteria[pageSize]=301", status=400)
    assert refused == {"message": "Maximum SearchCriteria pageSize is %max", "parameters": {"max": 300}}


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ({"kind": "maintenance"}, 503, "text/html"),
        ({"kind": "token_revoked"}, 401, "application/json"),
        ({"kind": "html"}, 200, "text/html"),
        ({"kind": "status", "status": 500}, 500, "application/json"),
        ({"kind": "status", "status": 500, "html": True}, 500, "text/html"),
        ({"kind": "status", "status": 502}, 502, "text/html"),
        ({"kind": "status", "status": 429}, 429, "application/json"),
    ],
)
def test_faults(magento, fault, status, kind):
    magento.client.post("/_control/faults", json={**fault, "count": 1, "match": "modules"})
    answer = magento.raw("GET", "modules")
    assert (answer.status_code, answer.content_type.partition(";")[0]) == (status, kind)
    assert magento.raw("GET", "modules").status_code == 200


def test_a_truncated_answer(magento):
    magento.client.post("/_control/faults", json={"kind": "truncated", "count": 1})
    assert not magento.raw("GET", "modules").text.endswith("]")
    counts = magento.control("GET", "/log")["counts"]
    assert counts["operation:GET modules"] == 1 and counts["fault:truncated"] == 1
