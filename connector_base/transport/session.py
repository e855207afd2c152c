"""The one way out: every call to a platform goes through `Session.request`.

Timeouts always, pooled connections, no retry and no redirect behind the caller's back, errors of the one tree, and a
`CallRecord` per call. Nothing secret leaves through an error, a log or a record.
"""

import contextlib
import functools
import os
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import super_len

from .errors import ConfigurationError, DataError, RateLimited, TransientError, TransportError
from .ports import CallRecord
from .rate_limit import PAUSE_STATUSES
from .redaction import redact, redact_url, sensitive_values
from .responses import MAX_MESSAGE, Response

USER_AGENT = "connector_base/19.0 (Odoo; python-requests)"

# (connect, read) in seconds: a platform that thinks longer than that is better asked again by a later job.
DEFAULT_TIMEOUT = (5, 30)

# Seconds any call waits for a slot, in a job too: a call lasts less than a second, and the job would begin anew.
SLOT_PATIENCE = 2.0
# Seconds after its first answer in which a job waits for the budget, too: what is read in several calls is not kept
# when the job is postponed between them, so it would spend the budget on the same calls again.
BEGUN_PATIENCE = 10.0
SLOT_STEP = 0.05

# What is kept of a body while debugging, in characters.
MAX_BODY = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What only the body of an answer says of the call, for its record.

    :param cost: what the platform charged, in its own points
    :param error: the platform's error word in an answer whose status is 200; empty when it worked
    :param throttled: that error says that the budget is spent
    """

    cost: float = 0.0
    error: str = ""
    throttled: bool = False


class AllTaken(RateLimited):
    """No slot was free for a call."""


class Session:
    """Calls of one client to one platform account. Cheap to make: connections are pooled per process.

    :param auth: a `requests.auth.AuthBase`, or any callable(prepared request) -> prepared request
    :param recorder: a `ports.CallRecorder`
    :param budget: a `ports.Budget`, for the client's `with_rate_limit`
    :param patience: seconds the client may wait for the budget before its first answer; 0 in a job
    :param slots: a `ports.Slots`, None where the platform doesn't mind how many calls come at once
    :param redirect: a sandbox's base URL: `https://HOST/PATH` is then sent to `{redirect}/HOST/PATH`
    :param timeout: (connect, read) seconds
    :param verify: False: take any certificate, for a server whose owner accepts that anybody may stand in for it
    :param secrets: values that must never be shown, besides those the requests' own headers carry
    """

    def __init__(
        self,
        *,
        auth=None,
        recorder=None,
        budget=None,
        patience=0.0,
        slots=None,
        redirect="",
        timeout=DEFAULT_TIMEOUT,
        verify=True,
        secrets=(),
    ):
        self.auth = auth
        self.recorder = recorder
        self.budget = budget
        self._patience = patience
        self._answered_at = None
        self.slots = slots
        self.redirect = redirect.rstrip("/")
        self.timeout = timeout
        self.verify = verify
        self.secrets = frozenset(secrets)
        self._http = requests.Session()
        self._http.headers = requests.structures.CaseInsensitiveDict(
            {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        )
        self._http.auth = _no_auth  # an explicit one, lest requests looks for credentials in a .netrc
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        # The sandbox stands on this machine: no proxy from the environment.
        self._http.trust_env = not self.redirect
        adapter = _pool(os.getpid(), timeout, verify)
        self._http.mount("https://", adapter)
        self._http.mount("http://", adapter)

    @property
    def patience(self):
        """Seconds a call may wait for the budget now."""
        if self._answered_at is None:
            return self._patience
        return max(self._patience, self._answered_at + BEGUN_PATIENCE - time.monotonic())

    def request(
        self,
        method,
        url,
        *,
        operation,
        headers=None,
        params=None,
        json=None,
        data=None,
        cost=0.0,
        inspect=None,
    ):
        """Send one request and return its `Response`, whatever its status. See `raise_for_status`, `read_json`.

        :param str operation: the platform's name of what is called; what call records and roll-ups group by
        :param float cost: what the call costs, when that is known beforehand
        :param inspect: callable(Response) -> `Outcome`: what the body says of the call
        :raise TransientError: no answer, or not all of it
        :raise RateLimited: as many calls as the account takes at once are under way, for longer than a call lasts
        :raise ConfigurationError: the address or a header can't be used, or the certificate isn't valid
        """
        started, recorder = time.monotonic(), self.recorder
        note = {
            "at": datetime.now(timezone.utc),
            "operation": operation,
            "method": method.upper(),
            "url": redact_url(url, self.secrets),
            "status": None,
            "bytes_sent": 0,
            "bytes_received": 0,
            "cost": cost,
        }
        try:
            prepared = self._prepare(method, url, headers=headers, params=params, json=json, data=data)
            with self._slot():
                answer = self._exchange(prepared, note, inspect)
            self._answered_at = self._answered_at or time.monotonic()
            return answer
        except AllTaken:
            recorder = None  # there was no call
            raise
        except TransportError as error:
            note.setdefault("error", redact(error.message, self.secrets))
            raise
        finally:
            if recorder:
                note["duration_ms"] = (time.monotonic() - started) * 1000
                recorder.record(CallRecord(**note))

    @contextlib.contextmanager
    def _slot(self):
        """Be one of the calls that the account takes at once. What signs the request may have called before."""
        if self.slots is None:
            yield
            return
        deadline = time.monotonic() + max(self.patience, SLOT_PATIENCE)
        while (slot := self.slots.enter()) is None:
            if time.monotonic() >= deadline:
                raise AllTaken("As many calls as the account takes at once are under way.", retry_after=SLOT_PATIENCE)
            time.sleep(SLOT_STEP)
        try:
            yield
        finally:
            self.slots.leave(slot)

    def _prepare(self, method, url, **parts):
        """Return the request ready to be sent to the real platform, signed by `auth`."""
        try:
            prepared = self._http.prepare_request(requests.Request(method, url, auth=self.auth, **parts))
        except requests.exceptions.InvalidJSONError:
            raise DataError("The request holds a number that JSON can't express.") from None
        except requests.exceptions.InvalidHeader:
            raise _header_error() from None
        except requests.RequestException:
            raise _address_error(url, self.secrets) from None
        if urlsplit(prepared.url).scheme not in ("http", "https"):
            raise _address_error(url, self.secrets)
        for value in prepared.headers.values():
            if isinstance(value, str) and not value.isascii():
                raise _header_error()
        return prepared

    def _exchange(self, prepared, note, inspect):
        """Send `prepared`, read the answer to its end, and note what can be said of both."""
        secrets = self.secrets | sensitive_values(prepared.headers)
        debug = self.recorder is not None and self.recorder.debug
        note["url"] = redact_url(prepared.url, secrets)
        note["bytes_sent"] = super_len(prepared.body) if prepared.body else 0
        if debug:
            note["request_body"] = _body_text(prepared.body, secrets)
        host = urlsplit(prepared.url).hostname
        if self.redirect:
            prepared.url = _sandbox_url(prepared.url, self.redirect)
            host = f"{host} (at the sandbox {self.redirect})"
        # None: as the environment says
        verify = None if self.verify else False
        settings = self._http.merge_environment_settings(prepared.url, {}, None, verify, None)
        try:
            answer = self._http.send(prepared, allow_redirects=False, **settings)
            note["bytes_received"] = _received(answer)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as exc:
            note["error"] = redact(f"{type(exc).__name__}: {exc}", secrets)[:MAX_MESSAGE]
            # `from None`: the cause's text may hold the full address.
            raise _network_error(exc, host, self.timeout) from None
        response = Response(
            status_code=answer.status_code,
            headers=answer.headers,
            content=answer.content or b"",
            url=note["url"],
            operation=note["operation"],
            secrets=secrets,
        )
        if debug:
            note["response_body"] = _body_text(response.content, secrets)
        _note_answer(note, response, answer.reason, inspect)
        return response


class _PooledAdapter(HTTPAdapter):
    """Connections shared by all sessions of a process; it alone knows the timeouts."""

    def __init__(self, timeout):
        super().__init__(pool_connections=32, pool_maxsize=8, max_retries=0)
        self.timeout = timeout

    def send(self, request, **kwargs):
        return super().send(request, **{**kwargs, "timeout": self.timeout})


@functools.lru_cache(maxsize=8)
def _pool(pid, timeout, verify):
    """Return the process's adapter; by process id, so that a forked worker never uses its parent's connections.

    Nor does who checks certificates use a connection of one who doesn't.
    """
    return _PooledAdapter(timeout)


def _no_auth(prepared):
    return prepared


def _sandbox_url(url, redirect):
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"{redirect}/{parts.netloc}{path}"


def _received(answer):
    """Return the bytes received, compressed as they came.

    :raise ContentDecodingError: fewer than announced (urllib3 1.x does not look)
    """
    if not hasattr(answer.raw, "tell"):
        return len(answer.content or b"")
    received = answer.raw.tell()
    announced = answer.headers.get("Content-Length", "")
    if announced.isdigit() and received < int(announced) and answer.request.method != "HEAD":
        raise requests.exceptions.ContentDecodingError(f"{received} of {announced} bytes")
    return received


def _note_answer(note, response, reason, inspect):
    note["status"] = status = response.status_code
    note["request_id"] = response.request_id
    note["throttled"] = status in PAUSE_STATUSES
    if status >= 400:
        note["error"] = f"HTTP {status} {reason or ''}".strip()
    if not inspect:
        return
    try:
        outcome = inspect(response)
    except TransportError as error:  # the body isn't what it should be; whoever reads it will raise the same
        note.setdefault("error", redact(error.message, response.secrets))
        return
    note["cost"] = outcome.cost or note["cost"]
    note["throttled"] = note["throttled"] or outcome.throttled
    if outcome.error:
        note["error"] = redact(outcome.error, response.secrets)[:MAX_MESSAGE]


def _body_text(body, secrets):
    """Return the beginning of a body, redacted. Large ones are not looked through to their end: that takes seconds."""
    if not body:
        return ""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    shown = redact(text[: 4 * MAX_BODY], secrets)
    if len(text) > 4 * MAX_BODY:
        shown = shown[:-MAX_BODY]  # half a secret may stand where the text was cut
    if len(text) <= 4 * MAX_BODY and len(shown) <= MAX_BODY:
        return shown
    return f"{shown[:MAX_BODY]}\n[cut: {len(text)} characters]"


def _address_error(url, secrets):
    return ConfigurationError(
        f"{redact_url(url, secrets)} is not an address on the web.",
        remedy="Correct the address of the store.",
    )


def _header_error():
    return ConfigurationError(
        "A credential holds characters that can't be sent: a line break, or a letter with an accent.",
        remedy="Copy the credential from the platform again and enter it anew.",
    )


# Classes or texts of what requests and urllib3 raise -> what happened. The first that fits.
_NETWORK_ERRORS = (
    (requests.exceptions.ConnectTimeout, (), "{host} could not be reached within {connect} s."),
    (requests.exceptions.ReadTimeout, ("Read timed out",), "{host} did not answer within {read} s."),
    (requests.exceptions.ProxyError, (), "The proxy of this server can't reach {host}."),
    ((), ("Failed to resolve", "Name or service not known", "getaddrinfo"), "{host} can't be found in the DNS."),
    ((), ("Connection refused",), "{host} refuses connections."),
    (
        (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError),
        (),
        "The answer of {host} broke off or is damaged.",
    ),
    (Exception, (), "The connection to {host} broke."),
)


def _network_error(exc, host, timeout):
    """Return the error of the tree for what requests or urllib3 raised."""
    text = str(exc)
    if isinstance(exc, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in text:
        return ConfigurationError(
            f"The certificate of {host} is not valid, so nothing was sent.",
            remedy="Let the store's provider renew the certificate, then test the connection.",
        )
    message = next(
        message
        for kind, texts, message in _NETWORK_ERRORS
        if isinstance(exc, kind) or any(words in text for words in texts)
    )
    return TransientError(
        message.format(host=host, connect=timeout[0], read=timeout[1]),
        remedy="Nothing to do: the work is repeated by itself. If it lasts, check the address of the store.",
    )
