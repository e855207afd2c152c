"""The application: sends a request to a platform's API, the control API, the storefront or the admin page.

A client that is told to use the sandbox calls ``http://127.0.0.1:8070/HOST/PATH`` where it would otherwise call
``https://HOST/PATH``: the first segment of the path therefore is the platform's host name.
"""

import traceback
from fnmatch import fnmatch

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from . import admin, control
from .clock import Clock
from .delivery import Deliveries
from .faults import Faults
from .later import Later
from .log import CallLog
from .server import Hangup
from .services import Platform, Services
from .store import Store
from .web import json_response


class Sandbox:
    """The WSGI application over one data folder. ``close`` stops sending webhooks and frees the folder."""

    def __init__(self, data, deliver_to: str | None = None):
        store = Store(data)
        clock, faults = Clock(store), Faults(store)
        self.services = Services(store, clock, faults, Deliveries(store, clock, faults, deliver_to), CallLog(), Later())
        self.platforms: list[Platform] = []

    def register(self, platform: Platform):
        self.platforms.append(platform)

    def start(self):
        self.services.deliveries.start()

    def close(self):
        self.services.later.stop()
        self.services.deliveries.stop()
        self.services.store.close()

    def platform_of(self, host: str) -> Platform | None:
        return next((p for p in self.platforms if any(fnmatch(host, pattern) for pattern in p.hosts)), None)

    def __call__(self, environ, start_response):
        request = Request(environ)
        try:
            response = self.dispatch(request)
        except Hangup:
            raise
        except HTTPException as error:
            response = error.get_response(environ)
        except Exception:
            # A bug of the stand-in must show, and not as a platform's answer.
            text = traceback.format_exc()
            environ["wsgi.errors"].write(text)
            response = json_response({"sandbox_bug": text.splitlines()}, 500)
        return response(environ, start_response)

    def dispatch(self, request: Request) -> Response:
        first, _, rest = request.path.lstrip("/").partition("/")
        parts = [part for part in rest.split("/") if part]
        if not first:
            return admin.index(self, request)
        if first == "admin":
            return admin.page(self, request, parts)
        if first == "_control":
            return control.answer(self, request, parts)
        if first == "shop" and parts:
            platform = self.platform_of(parts[0])
            if platform:
                return platform.page(request, parts[0], parts[1:])
        platform = self.platform_of(first)
        if platform:
            return platform.handle(request, first, rest)
        return json_response({"error": f"no platform answers for {first!r}"}, 404)
