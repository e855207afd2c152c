"""What Magento says about failure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    PermissionMissing,
    RateLimited,
    TransientError,
)
from odoo.addons.connector_magento.errors import check, describe, fill

from .fakes import answer, denial, raw, refusal


@pytest.mark.parametrize(
    "message, parameters, text",
    [
        (
            '"%fieldName" is required. Enter and try again.',
            {"fieldName": "searchCriteria"},
            '"searchCriteria" is required. Enter and try again.',
        ),
        ("Signature method %1 is not supported", ["HMAC-SHA1"], "Signature method HMAC-SHA1 is not supported"),
        ("%1 of %2, %10", list("abcdefghij"), "a of b, j"),
        ("No such entity with %fieldName = %fieldValue", {"fieldName": "id", "fieldValue": 7}, "with id = 7"),
        ("%field and %fieldName", {"field": "a", "fieldName": "b"}, "a and b"),
        ("%fields", {"field": "qty"}, "qtys"),
        ("100% sure of %unknown, %1", {"field": "a"}, "100% sure of %unknown, %1"),
        ("%resources", {"resources": ["a", "b"]}, "a, b"),
        ("50%", None, "50%"),
        ("%1", "text", "%1"),
    ],
)
def test_placeholders(message, parameters, text):
    assert fill(message, parameters).endswith(text)


@given(st.text(), st.dictionaries(st.text(max_size=4), st.text(max_size=4)) | st.lists(st.integers()) | st.none())
def test_any_message_can_be_filled(message, parameters):
    assert isinstance(fill(message, parameters), str)


def test_several_errors():
    response = refusal(
        "One or more input exceptions have occurred.",
        status=400,
        errors=[
            {"message": '"%fieldName" is required.', "parameters": {"fieldName": "email"}},
            {"message": '"%fieldName" is required.', "parameters": {"fieldName": "lastname"}},
            "odd",
        ],
    )
    with pytest.raises(DataError) as caught:
        check(response)
    assert '"email" is required. "lastname" is required.' in caught.value.message
    assert caught.value.code == "One or more input exceptions have occurred."
    assert caught.value.status == 400
    assert "try again" in caught.value.remedy


def test_denied_resource():
    with pytest.raises(PermissionMissing) as caught:
        check(denial("Magento_Sales::actions_view"), "Enter other keys.")
    assert "Magento_Sales::actions_view" in caught.value.message
    assert caught.value.code == "Magento_Sales::actions_view"
    assert "System > Integrations" in caught.value.remedy
    assert "Enter other keys." in caught.value.remedy


def test_refused_credentials():
    with pytest.raises(ConfigurationError) as caught:
        check(refusal("The signature is invalid. Verify and try again.", status=401), "Enter other keys.")
    assert not isinstance(caught.value, PermissionMissing)
    assert "signature is invalid" in caught.value.message
    assert caught.value.remedy == "Enter other keys."


def test_gone():
    response = refusal("The product that was requested doesn't exist.", status=404)
    with pytest.raises(DataError) as caught:
        check(response)
    assert caught.value.status == 404
    assert "not in Magento" in caught.value.remedy


def test_no_api_at_the_address():
    with pytest.raises(ConfigurationError) as caught:
        check(raw("<html>Not found</html>", status=404))
    assert "address" in caught.value.remedy


def test_firewall():
    with pytest.raises(ConfigurationError) as caught:
        check(raw("<html>Forbidden</html>", status=403))
    assert "firewall" in caught.value.remedy


@pytest.mark.parametrize(
    "response",
    [
        raw("<html>Service temporarily unavailable</html>", status=503),
        raw("Service Temporarily Unavailable", status=503, headers={"Retry-After": "120"}),
        refusal("Internal Error", status=500),
        raw("", status=502),
        raw("<html>", status=504),
    ],
)
def test_later(response):
    with pytest.raises(TransientError):
        check(response)


def test_maintenance_says_when():
    with pytest.raises(TransientError) as caught:
        check(raw("", status=503, headers={"Retry-After": "120"}))
    assert caught.value.retry_after == 120


def test_report_for_the_shops_support():
    message = "Internal Error. Details are available in Magento log file. Report ID: webapi-67aa0f2b1c3d4"
    with pytest.raises(TransientError) as caught:
        check(refusal(message, status=500))
    assert caught.value.request_id == "webapi-67aa0f2b1c3d4"


def test_throttled():
    with pytest.raises(RateLimited) as caught:
        check(raw("", status=429, headers={"Retry-After": "3"}))
    assert caught.value.retry_after == 3


@pytest.mark.parametrize("body", [[], "text", None, 5, {"message": None}, {"message": {"a": 1}}, {"errors": [1]}])
def test_says_nothing_known(body):
    assert describe(answer(body, status=400)) == ("", "")
    with pytest.raises(DataError):
        check(answer(body, status=400))


@given(
    st.sampled_from([400, 401, 403, 404, 500]),
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda children: (
            st.lists(children, max_size=3)
            | st.dictionaries(st.sampled_from(["message", "parameters", "errors", "resources", "code"]), children)
        ),
        max_leaves=8,
    ),
)
def test_any_answer_is_one_of_the_tree(status, body):
    with pytest.raises((ConfigurationError, DataError, TransientError)):
        check(answer(body, status=status))
