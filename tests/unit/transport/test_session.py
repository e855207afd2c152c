"""The session against a real server: what happens on the wire, what is raised, what is recorded."""

import gzip
import json
import os
import threading
import time

import pytest
import requests
from requests.adapters import HTTPAdapter

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    Outcome,
    Session,
    TransientError,
    raise_for_status,
)
from odoo.addons.connector_base.transport.session import BEGUN_PATIENCE


def test_a_call_is_answered_and_recorded(platform, session, recorder):
    url = platform.route("/orders", body=b'{"orders": []}', X_Request_Id="req-1")
    response = session.request("post", url, operation="orders", json={"first": 50}, params={"page": 2}, cost=3.0)
    assert response.status_code == 200
    assert response.json() == {"orders": []}
    assert response.request_id == "req-1"
    (sent,) = platform.requests
    assert (sent["method"], sent["path"]) == ("POST", "/orders?page=2")
    assert json.loads(sent["body"]) == {"first": 50}
    assert sent["headers"]["User-Agent"].startswith("connector_base/")
    (call,) = recorder.calls
    assert (call.operation, call.method, call.url, call.status) == ("orders", "POST", f"{url}?page=2", 200)
    assert (call.bytes_sent, call.bytes_received, call.cost) == (len(sent["body"]), 14, 3.0)
    assert call.request_id == "req-1"
    assert 0 < call.duration_ms < 500
    assert call.at.tzinfo
    assert call.error == ""
    assert not call.throttled


def test_a_job_that_has_begun_waits_a_moment_for_its_next_call(platform, session, monkeypatch):
    """Postponed between its calls, it would make the first ones again, and again."""
    assert session.patience == 0.0
    session.request("GET", platform.route("/orders"), operation="orders")
    assert 9.0 < session.patience <= BEGUN_PATIENCE
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 11)
    assert session.patience <= 0.0, "no worker is kept for long"


def test_bytes_received_are_counted_as_compressed(platform, session, recorder):
    body = json.dumps({"text": "a" * 10_000}).encode()
    packed = gzip.compress(body)
    url = platform.route("/packed", body=packed, Content_Encoding="gzip")
    assert session.request("GET", url, operation="packed").content == body
    assert recorder.calls[0].bytes_received == len(packed)


def test_connections_are_pooled_across_sessions(platform):
    ports = set()
    url = platform.route("/", lambda handler: (ports.add(handler.client_address), handler.answer()))
    for _ in range(5):
        Session(timeout=(5, 5)).request("GET", url, operation="ping")
    assert len(ports) == 1


def test_a_forked_worker_opens_its_own_connections(platform, session):
    ports = []
    url = platform.route("/", lambda handler: (ports.append(handler.client_address), handler.answer()))
    session.request("GET", url, operation="ping")
    pid = os.fork()
    if not pid:
        try:
            Session(timeout=(5, 5)).request("GET", url, operation="ping")
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    assert len(set(ports)) == 2


def test_no_answer_in_time(platform, hasty, recorder):
    url = platform.route("/slow", lambda handler: time.sleep(1.5))
    started = time.monotonic()
    with pytest.raises(TransientError, match=r"did not answer within 0\.5 s"):
        hasty.request("GET", url, operation="slow")
    assert time.monotonic() - started < 1.4
    assert len(platform.requests) == 1
    assert recorder.calls[0].status is None
    assert "ReadTimeout" in recorder.calls[0].error


def test_an_answer_that_stops_in_the_middle(platform, hasty, recorder):
    def stall(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"half":')
        handler.wfile.flush()
        time.sleep(1.5)

    with pytest.raises(TransientError, match="did not answer within"):
        hasty.request("GET", platform.route("/stall", stall), operation="stall")
    assert recorder.calls[0].status is None


def test_a_reset_connection_is_not_tried_again(platform, session, recorder):
    url = platform.route("/reset", lambda handler: handler.reset())
    with pytest.raises(TransientError, match="broke"):
        session.request("POST", url, operation="reset", json={})
    assert len(platform.requests) == 1
    assert len(recorder.calls) == 1


def test_a_body_shorter_than_announced(platform, session, recorder):
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"orders": [')
        handler.close_connection = True

    with pytest.raises(TransientError, match="broke off"):
        session.request("GET", platform.route("/cut", cut), operation="cut")
    assert recorder.calls[0].error


def test_a_body_shorter_than_announced_where_urllib3_does_not_look(platform, session, monkeypatch):
    """urllib3 1.x, which Debian and the official image have, takes what came for the whole."""
    build = HTTPAdapter.build_response

    def lenient(self, request, answer):
        answer.length_remaining = None
        answer.enforce_content_length = False
        return build(self, request, answer)

    monkeypatch.setattr(HTTPAdapter, "build_response", lenient)
    test_a_body_shorter_than_announced(platform, session, session.recorder)


def test_damaged_compression(platform, session):
    url = platform.route("/gz", body=b"this is no gzip", Content_Encoding="gzip")
    with pytest.raises(TransientError, match="broke off or is damaged"):
        session.request("GET", url, operation="gz")


def test_nobody_listens(session):
    with pytest.raises(TransientError, match="refuses connections"):
        session.request("GET", "http://127.0.0.1:9/x", operation="none")


def test_unknown_host(session):
    with pytest.raises(TransientError, match=r"shop\.invalid can't be found"):
        session.request("GET", "http://shop.invalid/x", operation="none")


def test_unreachable_host(hasty, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise requests.exceptions.ConnectTimeout("took too long")

    monkeypatch.setattr(HTTPAdapter, "send", refuse)
    with pytest.raises(TransientError, match=r"could not be reached within 0\.5 s"):
        hasty.request("GET", "http://10.255.255.1/", operation="none")


def test_an_invalid_certificate_needs_a_person(session, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")

    monkeypatch.setattr(HTTPAdapter, "send", refuse)
    with pytest.raises(ConfigurationError, match=r"certificate of shop\.example is not valid"):
        session.request("GET", "https://shop.example/", operation="none")


def test_plain_http_on_the_tls_port_is_not_a_matter_of_configuration(platform, session):
    with pytest.raises(TransientError):
        session.request("GET", platform.url.replace("http:", "https:"), operation="tls")


@pytest.mark.parametrize("url", ["shop.example/x", "ftp://shop.example/x", "https://", "https://[::1"])
def test_an_address_that_is_none(session, recorder, url):
    with pytest.raises(ConfigurationError, match="not an address"):
        session.request("GET", url, operation="none")
    assert recorder.calls[0].error


@pytest.mark.parametrize("token", ["abc\r\nX-Evil: 1", "tökén-value"])
def test_a_credential_that_no_header_can_hold(platform, session, recorder, token):
    url = platform.route("/")
    with pytest.raises(ConfigurationError, match="credential") as caught:
        session.request("GET", url, operation="none", headers={"X-Access-Token": token})
    assert token not in str(caught.value)
    assert token not in repr(recorder.calls)
    assert not platform.requests


def test_a_number_that_json_lacks(session):
    with pytest.raises(DataError):
        session.request("POST", "http://127.0.0.1:9/", operation="none", json={"price": float("nan")})


def test_redirects_are_not_followed(platform, session, recorder):
    """Else the token, which isn't in an Authorization header that requests would drop, goes to a stranger."""
    thief = platform.route("/thief", body=b"{}")
    url = platform.route("/moved", status=302, Location=thief + "?access_token=abc123")
    response = session.request("GET", url, operation="moved", headers={"X-Platform-Access-Token": "secret-token"})
    assert [sent["path"] for sent in platform.requests] == ["/moved"]
    with pytest.raises(ConfigurationError, match="sends us to another address") as caught:
        raise_for_status(response)
    assert "/thief" in str(caught.value)
    assert "abc123" not in str(caught.value)
    assert caught.value.status == 302


def test_auth_signs_each_request(platform, recorder):
    def auth(prepared):
        prepared.headers["X-Token"] = "token-of-now"
        return prepared

    url = platform.route("/")
    Session(auth=auth, recorder=recorder).request("GET", url, operation="x")
    assert platform.requests[0]["headers"]["X-Token"] == "token-of-now"
    assert "token-of-now" not in repr(recorder.calls)


def test_no_credentials_from_a_netrc(platform, session, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password somewhat")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    session.request("GET", platform.route("/"), operation="x")
    assert "Authorization" not in platform.requests[0]["headers"]


def test_no_cookies_are_kept(platform, session):
    url = platform.route("/", Set_Cookie="session=abc")
    session.request("GET", url, operation="x")
    session.request("GET", url, operation="x")
    assert "Cookie" not in platform.requests[1]["headers"]


def test_the_sandbox_seam(platform, recorder, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    platform.route("/shop.example/admin/api.json")
    session = Session(recorder=recorder, redirect=f"{platform.url}/")
    session.request("GET", "https://shop.example/admin/api.json?a=1", operation="x")
    assert platform.requests[0]["path"] == "/shop.example/admin/api.json?a=1"
    assert recorder.calls[0].url == "https://shop.example/admin/api.json?a=1"


def test_the_sandbox_is_named_when_it_is_down():
    session = Session(redirect="http://127.0.0.1:9")
    with pytest.raises(TransientError, match=r"shop\.example \(at the sandbox http://127\.0\.0\.1:9\) refuses"):
        session.request("GET", "https://shop.example/", operation="x")


def test_auth_sees_the_real_address(platform):
    seen = []
    platform.route("/shop.example/x")

    def auth(prepared):
        seen.append(prepared.url)
        return prepared

    Session(auth=auth, redirect=platform.url).request("GET", "https://shop.example/x", operation="x")
    assert seen == ["https://shop.example/x"]


def test_the_body_may_say_more_than_the_status(platform, session, recorder):
    url = platform.route("/", body=b'{"errors": [{"code": "THROTTLED"}], "cost": 52}')

    def inspect(response):
        body = response.json()
        return Outcome(cost=body["cost"], error=body["errors"][0]["code"], throttled=True)

    session.request("POST", url, operation="x", inspect=inspect, cost=10.0)
    (call,) = recorder.calls
    assert (call.status, call.cost, call.error, call.throttled) == (200, 52, "THROTTLED", True)


def test_a_web_page_is_recorded_as_an_error_when_inspected(platform, session, recorder):
    url = platform.route("/", body=b"<html>maintenance</html>", Content_Type="text/html")
    response = session.request("POST", url, operation="x", inspect=lambda response: Outcome(cost=response.json()["c"]))
    assert "web page" in recorder.calls[0].error
    with pytest.raises(TransientError):
        response.json()


@pytest.mark.parametrize("status", [404, 429, 430, 500])
def test_a_refusal_is_an_answer(platform, session, recorder, status):
    response = session.request("GET", platform.route("/", status=status), operation="x")
    assert response.status_code == status
    assert recorder.calls[0].error.startswith(f"HTTP {status}")
    assert recorder.calls[0].throttled == (status in (429, 430))


def test_no_bodies_unless_debugging(platform, session, recorder):
    session.request("POST", platform.route("/", body=b'{"a": 1}'), operation="x", json={"b": 2})
    assert recorder.calls[0].request_body is None
    assert recorder.calls[0].response_body is None


def test_a_token_that_is_all_of_the_answer_is_redacted(platform, session, recorder):
    recorder.debug = True
    token = "eyJraWQiOiIxIn0.eyJ1aWQiOjF9.c2lnbmF0dXJl"
    response = session.request("POST", platform.route("/", body=f'"{token}"'.encode()), operation="token")
    assert response.json() == token
    assert token[:10] not in recorder.calls[0].response_body


def test_bodies_while_debugging_are_redacted_and_cut(platform, session, recorder):
    recorder.debug = True
    secret = "s3cr3t-access-token"
    answer = json.dumps({"echo": secret, "access_token": "another-one", "text": "x" * 50_000}).encode()
    url = platform.route("/", body=answer)
    session.request(
        "POST", url, operation="x", headers={"X-Access-Token": secret}, json={"client_secret": "hidden", "n": 1}
    )
    (call,) = recorder.calls
    assert call.request_body == '{"client_secret": "[redacted]", "n": 1}'
    for hidden in (secret, "another-one", "hidden"):
        assert hidden not in repr(call)
    assert len(call.response_body) < 17_000
    assert call.response_body.endswith(f"[cut: {len(answer)} characters]")


@pytest.mark.parametrize("at", [0, 16_384 - 10, 65_536 - 10, 65_536 - 16_384 - 10, 200_000])
def test_no_half_of_a_secret_where_a_large_body_is_cut(platform, recorder, at):
    recorder.debug = True
    secret = "s3cr3t-access-token"
    url = platform.route("/", body=(" " * at + secret + " " * 1000 + "[" * 200_000).encode())
    Session(recorder=recorder, secrets=[secret]).request("GET", url, operation="x")
    assert secret[:5] not in recorder.calls[0].response_body


def test_a_large_body_costs_little(platform, recorder):
    recorder.debug = True
    url = platform.route("/", body=json.dumps([{"token": "abc" * 10, "total": "10.00"}] * 60_000).encode())
    started = time.process_time()
    Session(recorder=recorder).request("GET", url, operation="x")
    assert time.process_time() - started < 1.0


def test_nothing_secret_in_a_network_error(recorder):
    session = Session(recorder=recorder, secrets=["pa55word-of-shop"])
    url = "http://user:pa55word-of-shop@127.0.0.1:9/x?access_token=tok3n-value&q=pa55word-of-shop"
    with pytest.raises(TransientError) as caught:
        session.request("GET", url, operation="x", headers={"Authorization": "Bearer b3arer-value"})
    text = repr(recorder.calls) + str(caught.value) + repr(caught.value.__cause__)
    for secret in ("pa55word-of-shop", "tok3n-value", "b3arer-value"):
        assert secret not in text
    assert caught.value.__suppress_context__


def test_a_bug_in_the_client_is_not_taken_for_the_network(platform, session, recorder):
    with pytest.raises(KeyError):
        session.request(
            "GET", platform.route("/"), operation="x", inspect=lambda response: Outcome(cost=response.json()["cost"])
        )
    assert len(recorder.calls) == 1


def test_sessions_are_independent_in_threads(platform, recorder):
    url = platform.route("/")
    session = Session(recorder=recorder)
    threads = [
        threading.Thread(target=session.request, args=("GET", url), kwargs={"operation": "x"}) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [call.status for call in recorder.calls] == [200] * 20
