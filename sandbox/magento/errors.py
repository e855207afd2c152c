"""Errors as the web API shapes them: a message with placeholders, and what to put into them.

https://developer.adobe.com/commerce/webapi/get-started/gs-web-api-response/
"""

import secrets

from werkzeug.wrappers import Response

from ..framework.web import json_response

PRODUCT_MISSING = "The product that was requested doesn't exist. Verify the product and try again."
ENTITY_MISSING = "The entity that was requested doesn't exist. Verify the entity and try again."
NO_ROUTE = "Request does not match any route."
NOT_AUTHORIZED = "The consumer isn't authorized to access %resources."
REQUIRED = '"%fieldName" is required. Enter and try again.'
NO_SUCH_ENTITY = "No such entity with %fieldName = %fieldValue"
SEVERAL = "One or more input exceptions have occurred."
WRONG_TYPE = 'The "{}" value\'s type is invalid. The "{}" type was expected. Verify and try again.'


class ApiError(Exception):
    """An answer of 400 and above. ``parameters``: a list fills ``%1 %2``, a dict fills ``%names``."""

    def __init__(self, status: int, message: str, parameters=None, errors: list[dict] | None = None):
        super().__init__(message)
        self.status, self.message, self.parameters, self.errors = status, message, parameters, errors

    @property
    def text(self) -> str:
        """The message with its parameters filled in, as operations of a bulk tell it."""
        return fill(self.message, self.parameters)

    def body(self) -> dict:
        body: dict = {"message": self.message}
        if self.errors:
            body["errors"] = self.errors
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def fill(message: str, parameters) -> str:
    pairs = parameters.items() if isinstance(parameters, dict) else enumerate(parameters or (), 1)
    for name, value in sorted(pairs, key=lambda pair: -len(str(pair[0]))):
        message = message.replace(f"%{name}", str(value))
    return message


def invalid(message: str, *parameters, **named) -> ApiError:
    """HTTP 400: what was sent, or the state of the record, does not allow it."""
    return ApiError(400, message, [str(value) for value in parameters] or named or None)


def missing(message: str = ENTITY_MISSING, *parameters, **named) -> ApiError:
    """HTTP 404: there is no such record."""
    return ApiError(404, message, [str(value) for value in parameters] or named or None)


def required(*names: str) -> ApiError:
    """HTTP 400 for values that are compulsory; several are told together."""
    if len(names) == 1:
        return ApiError(400, REQUIRED, {"fieldName": names[0]})
    return ApiError(400, SEVERAL, None, [{"message": REQUIRED, "parameters": {"fieldName": name}} for name in names])


def response(error: ApiError, developer_mode: bool = False) -> Response:
    body = error.body()
    if developer_mode:
        body["trace"] = (
            "#0 lib/internal/Magento/Framework/App/Bootstrap.php(264): Magento\\Framework\\App\\Http->launch()"
        )
    return json_response(body, error.status)


def internal(status: int = 500) -> Response:
    """What is left of an error that a shop in production mode does not show."""
    report = f"webapi-{secrets.token_hex(7)[:13]}"
    text = f"Internal Error. Details are available in Magento log file. Report ID: {report}"
    return json_response({"message": text}, status)


def html(status: int, title: str) -> Response:
    """A page of the web server or of the shop's error processor where JSON was expected."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    headers = {"Retry-After": "60"} if status == 503 else None
    return Response(page, status, headers, content_type="text/html; charset=UTF-8")


def maintenance() -> Response:
    """``bin/magento maintenance:enable``: every address answers so, the API too."""
    return html(503, "Service Temporarily Unavailable")
