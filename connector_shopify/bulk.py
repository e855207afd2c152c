"""Reading very many products by bulk operations, part by part of their result files. No Odoo import.

Two operations are run, as one may hold five connections: the products with variants, pictures and custom fields, and
their collections with the variants' custom fields. Both list products by their last update, so they are read side by
side, a page's worth at a time: memory stays flat, and any page can be read again. What was changed between the two,
so that its halves don't fit, is read from the store itself.
https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

import json
from dataclasses import asdict, dataclass, replace

from odoo.addons.connector_base.transport import DataError, TransientError

from . import const, documents
from .errors import Refused
from .listing import ProductListing

_RUNNING = ("CREATED", "RUNNING")
# What of a product, or of a variant, a line is about: kind in the line's global id -> key in the parent
_KEYS = {
    "ProductVariant": "variants",
    "Metafield": "metafields",
    "Collection": "collections",
    "MediaImage": "media",
    "Video": "media",
    "ExternalVideo": "media",
    "Model3d": "media",
}
_PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkListing:
    """A listing of products in the files of two bulk operations.

    :param str since: ISO 8601 text: all before is read
    :param tuple operations: global ids of the two
    :param tuple offsets: how many bytes of each file are read
    :param tuple publications: (global id, kind of its catalog), in the order of their fields in the query
    """

    since: str
    operations: tuple
    offsets: tuple = (0, 0)
    publications: tuple = ()

    @classmethod
    def begin(cls, client, since):
        """Start the operations for the products updated at or after `since` ("" for all); None if they can't be."""
        publications = tuple(
            (publication["id"], (publication.get("catalog") or {}).get("__typename", ""))
            for publication in client.publications()
        )
        queries = (_query("bulk_products", since, publications), _query("bulk_product_rest", since))
        started = []
        try:
            for query in queries:
                started.append(client.bulk_run(query))
        except Refused as error:
            for operation in started:
                client.bulk_cancel(operation)
            if error.code not in const.BULK_BUSY:
                raise
            return None
        return cls(since=since, operations=tuple(started), publications=publications)

    @property
    def token(self):
        """The text that `resume` continues from."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def read_page(self, client):
        """Read the next page; return (products as GraphQL states them, the listing of what follows or None).

        :raise TransientError: Shopify is still at work
        """
        files = [self._file(client, operation) for operation in self.operations]
        if not all(files):
            return [], ProductListing(since=self.since)  # failed, cancelled or too old: page by page, then
        (first, second), (start, rest_start) = files, self.offsets
        groups, end = _read_groups(client, first, start)
        if not groups:
            return [], None
        last = groups[-1].root.get("updatedAt") or self.since
        wanted = {group.root.get("id") for group in groups}
        rests, rest_end = _read_rests(client, second, rest_start, wanted, last)
        nodes = [self._joined(group, rests) for group in groups]
        unfit = [group.root["id"] for group, node in zip(groups, nodes, strict=True) if node is None]
        nodes = [node for node in nodes if node]
        # What was changed after this page's last product comes with the next import, which reads what is newer.
        nodes += [node for node in client.products_by_id(unfit) if node["updatedAt"] <= last] if unfit else []
        following = replace(self, since=last, offsets=(end, rest_end))
        return nodes, following if end < first.size else None

    def _file(self, client, operation):
        """Return the result of an operation, None when there is none to be had.

        :raise TransientError: not yet
        """
        state = client.bulk_operation(operation)
        if state and state["status"] in _RUNNING:
            raise TransientError("Shopify is gathering the products.", retry_after=const.BULK_POLL)
        if not state or state["status"] != "COMPLETED":
            return None
        return _File(url=state.get("url") or "", size=int(state.get("fileSize") or 0))

    def _joined(self, group, rests):
        """Return a product of its two halves; None when they don't fit."""
        rest = rests.get(group.root.get("id"))
        if group.broken or rest is None or rest.broken or rest.root["updatedAt"] != group.root["updatedAt"]:
            return None
        product = group.node()
        other = rest.node()
        product["collections"] = other["collections"]
        fields = {variant["id"]: variant["metafields"] for variant in other["variants"]["nodes"]}
        if fields.keys() != {variant["id"] for variant in product["variants"]["nodes"]}:
            return None
        for variant in product["variants"]["nodes"]:
            variant["metafields"] = fields[variant["id"]]
        product["resourcePublicationsV2"] = {
            "nodes": [
                {"publication": {"id": publication, "catalog": {"__typename": kind}}}
                for position, (publication, kind) in enumerate(self.publications)
                if product.get(f"{_PUBLISHED}{position}")
            ]
        }
        return product


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    url: str
    size: int


class _Group:
    """The lines of one product: its own, then those of what it has."""

    __slots__ = ("broken", "end", "lines", "root")

    def __init__(self, root):
        self.root = root
        self.lines = []
        self.broken = False  # a line of it can't be read
        self.end = 0  # of its lines, in bytes of what was read

    def node(self):
        """Return the product as GraphQL nests it."""
        nodes = {self.root["id"]: _with_lists(self.root, ("variants", "media", "metafields", "collections"))}
        for line in self.lines:
            key = _KEYS.get(_kind(line))
            parent = nodes.get(line.pop("__parentId"))
            if key and parent is not None:
                node = _with_lists(line, ("media", "metafields")) if key == "variants" else line
                if key == "variants":
                    nodes[line["id"]] = node
                parent[key]["nodes"].append(node)
        return nodes[self.root["id"]]


def choose(client, following, reached):
    """Return how to go on after the first page of a listing: by bulk operations where very many products follow.

    :param ProductListing following: going on page by page
    :param str reached: the last update of the first page
    """
    if (client.products_count(ProductListing(since=reached).query) or 0) < const.BULK_FROM:
        return following
    return BulkListing.begin(client, reached) or following


def resume(token):
    """Return the listing of products that `token` continues, of either kind.

    :raise DataError: it is no token of ours
    """
    try:
        values = json.loads(token)
        if "operations" not in values:
            return ProductListing.resume(token)
        lists = {key: tuple(values[key]) for key in ("operations", "offsets")}
        return BulkListing(**values | lists | {"publications": tuple(map(tuple, values["publications"]))})
    except (TypeError, ValueError, KeyError):
        raise DataError(f"Not a page of a Shopify listing: {token}", remedy="Start the import again.") from None


def _query(name, since, publications=()):
    """Return the text of a bulk query: it takes no variables, so what varies is written into it."""
    text = documents.text(name)
    if since:
        text = text.replace("(sortKey:", f"(query: {json.dumps(ProductListing(since=since).query)}, sortKey:", 1)
    published = "".join(
        f" {_PUBLISHED}{position}: publishedOnPublication(publicationId: {json.dumps(publication)})"
        for position, (publication, _kind) in enumerate(publications)
    )
    return text.replace("onlineStoreUrl", f"onlineStoreUrl{published}", 1)


def _kind(line):
    return line["id"].removeprefix("gid://shopify/").partition("/")[0]


def _with_lists(line, keys):
    return line | {key: {"nodes": []} for key in keys}


def _read_groups(client, file, start):
    """Return (the products that begin in the next part of a file, where what follows begins)."""
    size = const.BULK_PART
    while start < file.size:
        content = client.bulk_read(file.url, start, size)
        if not content:
            break
        groups, used = _groups(content, whole=start + len(content) >= file.size)
        if groups:
            return groups, start + used
        size *= 4  # one product has more lines than that
    return [], start


def _read_rests(client, file, start, wanted, last):
    """Return ({product id: its other half} of those `wanted`, where what follows the last of them begins).

    Many products may have been updated in the same second, so a file is read until all are found; at most up to what
    was updated after `last`.
    """
    found, reached = {}, start
    while start < file.size and len(found) < len(wanted):
        groups, end = _read_groups(client, file, start)
        for group in groups:
            if (group.root.get("updatedAt") or "") > last:
                return found, reached
            if group.root.get("id") in wanted:
                found[group.root["id"]] = group
                reached = start + group.end
        if end == start:
            break
        start = end
    return found, reached


def _groups(content, *, whole):
    """Return (the products whose lines are all in `content`, how many of its bytes these take)."""
    groups, position = [], 0
    for raw in content.splitlines(keepends=True):
        if not raw.endswith(b"\n") and not whole:
            break
        position += len(raw)
        if raw.strip():
            _take_line(groups, raw)
        if groups:
            groups[-1].end = position
    if not whole and groups:
        groups.pop()  # what follows may belong to it
    return groups, groups[-1].end if groups else (position if whole else 0)


def _take_line(groups, raw):
    """Put one line where it belongs: begin a product, or add to the last one, which is broken if that can't be done."""
    try:
        line = json.loads(raw)
        kind = _kind(line)
        if "__parentId" in line:
            groups[-1].lines.append(line)
        elif kind == "Product":
            groups.append(_Group(line))
        else:
            raise ValueError(f"{kind} without its parent")
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        if groups:
            groups[-1].broken = True
