"""``tagsAdd`` and ``tagsRemove``: tags of whatever has tags; case does not matter, commas separate."""

from collections.abc import Callable
from dataclasses import dataclass

from . import actions, catalogue_events, customers, events, graph_order, graph_shop
from .access import require
from .product_set import clean_tags
from .shop import Shop, parse_gid
from .user_errors import problem, shown


@dataclass(frozen=True)
class Tagged:
    """A kind of record with tags: where it is stored, the scope to change it, how it is saved and shown."""

    kind: str
    scope: str
    save: Callable
    show: Callable[[Shop, dict], dict]


def _save_order(shop: Shop, deliveries, before: dict, after: dict) -> dict:
    return events.save(shop, deliveries, before, {**actions.changed(before, shop.clock.iso()), "tags": after["tags"]})


def _save_customer(shop: Shop, deliveries, before: dict, after: dict) -> dict:
    return customers.save(
        shop, deliveries, before, {**after, "updated_at": max(shop.clock.iso(), before["updated_at"])}
    )


TAGGED = {
    "Customer": Tagged("customer", "write_customers", _save_customer, graph_shop.customer),
    "Order": Tagged("order", "write_orders", _save_order, graph_order.order_node),
    "Product": Tagged("product", "write_products", catalogue_events.save_product, graph_shop.product),
}


def _change(name: str, work: Callable[[list[str], list[str]], list[str]]):
    def resolve(_root, info, *, id, tags):
        shop, (kind, number) = info.context.shop, parse_gid(id) or ("", 0)
        tagged = TAGGED.get(kind)
        if tagged:
            require(info, tagged.scope, name)
        with shop.store.transaction():
            before = shop.store.get(shop.domain, tagged.kind, number) if tagged else None
            if before is None:
                return {"node": None, "userErrors": shown(info, [problem("Record does not exist", "NOT_FOUND", "id")])}
            after = {**before, "tags": clean_tags(work(before["tags"], clean_tags(tags)))}
            if after["tags"] != before["tags"]:
                after = tagged.save(shop, info.context.deliveries, before, after)
        return {"node": tagged.show(shop, after), "userErrors": []}

    return resolve


def _without(tags: list[str], gone: list[str]) -> list[str]:
    lowered = {tag.lower() for tag in gone}
    return [tag for tag in tags if tag.lower() not in lowered]


MUTATION = {
    "tagsAdd": _change("tagsAdd", lambda tags, more: [*tags, *more]),
    "tagsRemove": _change("tagsRemove", _without),
}
