"""The control API's and the pages' part that is about locations and stock."""

from werkzeug.wrappers import Request, Response

from ..framework.web import json_body, json_response
from . import events, rest, stock, stock_seed
from .shop import Shop, gid


class StockControl:
    """Control calls on stock; errors are ValueError (400) and KeyError (404)."""

    def _locations(self, shop: Shop, request: Request, parts: list[str]) -> Response:
        """List; add one (POST); change one: ``{name, active, online}`` (POST with its id)."""
        if request.method == "POST":
            place = self.change_location(shop, int(parts[0]) if parts else None, json_body(request))
            return json_response(place, 200 if parts else 201)
        return json_response({"locations": stock.locations(shop, inactive=True)})

    def change_location(self, shop: Shop, number: int | None, wanted: dict) -> dict:
        """Add a location (no number) or change one, and tell subscribers; the location."""
        with shop.store.transaction():
            if number is None:
                place, topic = stock_seed.add_location(shop, wanted), "LOCATIONS_CREATE"
            else:
                known = shop.store.get(shop.domain, "location", number)
                if known is None:
                    raise KeyError(f"location {number}")
                place = {**known, **{key: wanted[key] for key in ("name", "active", "online") if key in wanted}}
                if place == known:
                    return known
                now, was, active = shop.clock.iso(), known.get("active", True), place.get("active", True)
                if was and not active and len(stock.locations(shop)) == 1:
                    raise ValueError("the last open location cannot be closed")
                place.update(updated_at=now, deactivated_at=None if active else now)
                topic = "LOCATIONS_UPDATE" if was == active else f"LOCATIONS_{'' if active else 'DE'}ACTIVATE"
                shop.store.put(shop.domain, "location", number, place)
            body = rest.location(place, shop.config["utc_offset"])
            events.announce(shop, self._services.deliveries, gid("Location", place["id"]), [(topic, body)])
        self._services.deliveries.wake()
        return place

    def _stock(self, shop: Shop, request: Request, _parts) -> Response:
        """Levels by SKU (GET, ``?sku=``); set one: ``{sku or variant_id, location_id, available}`` (POST)."""
        if request.method == "POST":
            wanted = json_body(request)
            variant = self._variant(shop, wanted)
            self.set_stock(shop, variant, int(wanted["location_id"]), int(wanted["available"]))
            return json_response({"levels": levels_of(shop, variant)})
        asked = request.args.get("sku")
        found = [variant for _, variant in shop.variants().values() if not asked or variant["sku"] == asked]
        return json_response(
            {
                "stock": [
                    {"sku": v["sku"], "variant_id": v["id"], "inventory_item_id": v["inventory_item_id"],
                     "available": stock.available(shop, v), "levels": levels_of(shop, v)}
                    for v in found
                ]
            }
        )  # fmt: skip

    @staticmethod
    def _variant(shop: Shop, wanted: dict) -> dict:
        if wanted.get("variant_id"):
            pair = shop.variants().get(int(wanted["variant_id"]))
            if pair:
                return pair[1]
        elif wanted.get("sku"):
            for _, variant in shop.variants().values():
                if variant["sku"] == wanted["sku"]:
                    return variant
        raise KeyError(f"variant {wanted.get('variant_id') or wanted.get('sku')}")

    def set_stock(self, shop: Shop, variant: dict, location_id: int, available: int):
        """What a merchant does in the admin: so many are available there; the article is stocked there from now on."""
        if shop.store.get(shop.domain, "location", location_id) is None:
            raise KeyError(f"location {location_id}")
        deliveries = self._services.deliveries
        with shop.store.transaction():
            known = stock.level_at(shop, variant, location_id, inactive=True)
            if known is None or not known["active"]:
                known = {**(known or stock.level(location_id, shop.clock.iso())), "active": True}
                stock.put(shop, variant, known)
                events.tell_levels(shop, deliveries, "INVENTORY_LEVELS_CONNECT", [(variant, known)])
            key, delta = (variant["inventory_item_id"], location_id), available - known["available"]
            changed = stock.shift(shop, {key: {"available": delta}})
            events.tell_levels(shop, deliveries, "INVENTORY_LEVELS_UPDATE", changed)
        deliveries.wake()


def levels_of(shop: Shop, variant: dict) -> list[dict]:
    """A variant's levels with all quantities, for the control API."""
    return [
        {"location_id": entry["location_id"], "active": entry["active"], **stock.quantities(shop, variant, entry)}
        for entry in stock.levels(shop, variant, inactive=True)
    ]
