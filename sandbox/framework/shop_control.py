"""Control calls on the shops of a platform: which method answers which page, and the pages all platforms have."""

from werkzeug.wrappers import Request, Response

from .web import json_body, json_response


class ShopControl:
    """Control calls on one services bundle; errors are ValueError (400) and KeyError (404).

    A page ``some-thing`` is answered by ``_some_thing(shop, request, rest)``, if it is one of ``pages``.
    """

    #: The platform's class of shops, and the names of its pages but those that all have.
    shop_class: type
    pages: frozenset

    def __init__(self, services):
        self._services = services

    def shop(self, domain: str):
        shop = self.shop_class(self._services.store, self._services.clock, domain)
        if not shop.exists:
            raise KeyError(domain)
        return shop

    def answer(self, request: Request, parts: list[str]) -> Response:
        """Dispatch ``/_control/shops[/<domain>[/<what>[/<id>[/<action>]]]]``."""
        if not parts:
            return json_response(self._summary(self._create(**json_body(request))), 201)
        shop, rest = self.shop(parts[0]), parts[1:]
        if not rest:
            return self._settings(shop, request)
        if rest[0] not in self.pages | {"log", "seed"}:
            raise KeyError("/".join(rest))
        return getattr(self, f"_{rest[0].replace('-', '_')}")(shop, request, rest[1:])

    def _create(self, domain: str, seed: dict | None = None, **wanted):
        """Make a shop, filled with what ``seed`` says; the shop."""
        raise NotImplementedError

    def _change(self, shop, wanted: dict):
        """Change settings of a shop."""
        raise NotImplementedError

    def _fill(self, shop, wanted: dict) -> dict:
        """Seed a shop; what was made."""
        raise NotImplementedError

    def _summary(self, shop) -> dict:
        """What the control API tells of a shop."""
        raise NotImplementedError

    def _settings(self, shop, request: Request) -> Response:
        if request.method == "DELETE":
            shop.store.delete_shop(shop.domain)
            self._services.log.clear(shop.domain)
            return json_response({"deleted": shop.domain})
        if request.method in ("POST", "PATCH"):
            self._change(shop, json_body(request))
        return json_response(self._summary(shop))

    def _seed(self, shop, request: Request, _rest) -> Response:
        return json_response(self._fill(shop, json_body(request)), 201)

    def _log(self, shop, request: Request, _rest) -> Response:
        if request.method == "DELETE":
            self._services.log.clear(shop.domain)
        return json_response(self._logged(shop, request.args.get("limit", 100, int)))

    def _logged(self, shop, limit: int) -> dict:
        return self._services.log.of(shop.domain, limit)
