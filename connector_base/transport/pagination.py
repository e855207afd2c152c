"""Reading listings to their end."""

from requests.utils import parse_header_links

from .errors import DataError
from .ports import Page


def iter_pages(fetch, page=None):
    """Yield the `Page`s that `fetch(page)` returns, from token `page` (None: the first) to the last one.

    :raise DataError: the platform names a page that was read already: without this it would never end
    """
    seen = {page}
    while True:
        result = fetch(page)
        yield result
        page = result.next_page
        if page is None:
            return
        if page in seen:
            raise DataError(
                "The platform's listing runs in a circle: it names a page as the next one that was read already.",
                remedy="Try again later; if it lasts, tell the platform's support.",
            )
        seen.add(page)


def parsed_page(payloads, parse, next_page=None):
    """Return the `Page` of what `parse` makes of each payload; one it can't read keeps no other from being read."""
    documents, failed = [], []
    for payload in payloads:
        try:
            documents.append(parse(payload))
        except DataError as error:
            failed.append(error)
    return Page(documents=tuple(documents), next_page=next_page, failed=tuple(failed))


def link_url(response, rel="next"):
    """Return the URL a `Link` header (RFC 8288) gives for `rel`, None when there is none."""
    for link in parse_header_links(response.headers.get("Link", "")):
        if rel in link.get("rel", "").lower().split():
            return link["url"]
    return None
