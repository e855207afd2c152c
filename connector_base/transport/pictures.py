"""Reading a picture from where a platform keeps it."""

from .errors import DataError
from .responses import raise_for_status

MEGABYTE = 1024 * 1024


def read_picture(session, url, *, limit, remedy):
    """Return the content (bytes) that lies at `url`.

    :param int limit: how many megabytes a picture of the platform may have
    :param str remedy: what to do about a picture that can't be used
    :raise DataError: it is gone, no picture, or bigger than the platform takes pictures
    """
    response = session.request("GET", url, operation="Picture")
    if response.status_code in (404, 410):
        raise DataError(f"The picture is gone: {response.url}", remedy=remedy, status=response.status_code)
    raise_for_status(response)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not kind.startswith("image/"):
        raise DataError(f"What lies at {response.url} is no picture: {kind or 'no content type'}.", remedy=remedy)
    if len(response.content) > limit * MEGABYTE:
        raise DataError(f"The picture at {response.url} is bigger than {limit} MB.", remedy=remedy)
    return response.content
