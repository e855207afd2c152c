"""What Magento's answers say about failure, as the one error tree. No Odoo import.

https://developer.adobe.com/commerce/webapi/get-started/gs-web-api-response/. The status decides, not the text: Magento
answers in the language of the store.
"""

import re

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    PermissionMissing,
    TransientError,
    raise_for_status,
)

from . import const

_PLACEHOLDER = re.compile(r"%(\w+)")
# Where Magento's own log has more on a failure: its support needs that
_REPORT_ID = re.compile(r"\bwebapi-[0-9a-f]+\b")
_MAX_CODE = 80


def fill(message, parameters):
    """Return a message with its placeholders filled in: `%fieldName` from an object, `%1` from a list.

    What has no value stays as it is.
    """
    if isinstance(parameters, list):
        parameters = {str(number): value for number, value in enumerate(parameters, start=1)}
    if not isinstance(parameters, dict):
        return message

    def value(match):
        name = match[1]
        # `%fieldNames` may be the placeholder `%fieldName` and a letter behind it
        while name and name not in parameters:
            name = name[:-1]
        return f"{_shown(parameters[name])}{match[1][len(name) :]}" if name else match[0]

    return _PLACEHOLDER.sub(value, message)


def describe(response):
    """Return (code, message) of an answer with an error status; empty texts when it says nothing known.

    Magento has no error codes but for a few: the message before its placeholders are filled in names the cause too.
    """
    body = _body(response)
    template = body.get("message")
    if not isinstance(template, str):
        return "", ""
    texts = [fill(template, body.get("parameters"))]
    errors = body.get("errors")
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict) and isinstance(error.get("message"), str):
            texts.append(fill(error["message"], error.get("parameters")))
    return str(body.get("code") or template[:_MAX_CODE]), " ".join(dict.fromkeys(texts))


def check(response, remedy=""):
    """Raise the error of the tree that an answer stands for; nothing when it is good.

    :param str remedy: what to do about refused credentials
    :raise PermissionMissing: it names the resource that the integration, or the role, has no access to
    """
    status = response.status_code
    if 200 <= status < 300:
        return
    code, message = describe(response)
    if status == 401 and (resource := _resource(response)):
        raise PermissionMissing(
            f"Magento denies access to {resource}.",
            remedy=f"In Magento, give the integration (System > Integrations > API), or the administrator's role, "
            f"access to {resource}. If it has it, the access token was revoked: {remedy}",
            status=status,
            code=resource,
        )
    if status == 404 and message:  # the API knows the address; a web server that doesn't has no such words
        raise DataError(f"Magento says: {message}", status=status, code=code, remedy=const.REMEDIES[404])
    try:
        raise_for_status(response, extract=describe)
    except TransientError as error:
        if report := _REPORT_ID.search(message):
            error.request_id = report[0]
        raise
    except (ConfigurationError, DataError) as error:
        if status == 401:
            error.remedy = remedy
        elif status != 404:  # without Magento's words: the address is wrong, as the error says
            error.remedy = const.REMEDIES.get(status, error.remedy)
        raise


def crash_over_one(error):
    """Return a `TransientError` that may be about one document only: Magento's own code failed over it.

    The shop itself is up then, and the other documents don't have to wait: it is raised when these are done.

    :raise TransientError: any other one
    """
    if error.status == 500 and error.code:
        return error
    raise error


def _resource(response):
    parameters = _body(response).get("parameters")
    resource = parameters.get("resources") if isinstance(parameters, dict) else None
    return resource if isinstance(resource, str) else ""


def _body(response):
    """Return the object that an answer with an error status holds; an empty one for a web page or the like."""
    try:
        body = response.json()
    except TransientError:
        return {}
    return body if isinstance(body, dict) else {}


def _shown(value):
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
