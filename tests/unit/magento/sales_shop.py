"""A shop that answers what is asked of its orders, and remembers what it is told."""

from collections import defaultdict
from urllib.parse import unquote

from .fakes import answer, client_of, refusal
from .shop_listing import find


class SalesShop:
    """Documents by the path of their listing, each with `entity_id`; `written` are calls that are no reading.

    `refused` is {path: (status, message)}.
    """

    def __init__(self, **listings):
        self.listings = defaultdict(list)
        for path, entries in listings.items():
            self.listings[path] = list(entries)
        self.refused, self.answers, self.read, self.written = {}, {}, [], []
        self.client, self.session = client_of(self._answer)

    def _answer(self, call):
        path = unquote(call["url"].split("/V1/")[1])
        if path in self.refused:
            status, message = self.refused[path]
            return refusal(message, status=status)
        if call["method"] != "GET":
            self.written.append((call["method"], path, call.get("json")))
            made = self.answers.get(path, 9000 + len(self.written))
            return answer(made() if callable(made) else made)
        self.read.append(path)
        if path in self.answers:
            return answer(self.answers[path])
        kind, _, number = path.rpartition("/")
        if kind in self.listings and number.isdigit():
            found = [entry for entry in self.listings[kind] if str(entry["entity_id"]) == number]
            return answer(found[0]) if found else refusal("The entity doesn't exist.", status=404)
        if not call["params"]:
            return refusal("The entity doesn't exist.", status=404)
        items, total = find(self.listings[path], call["params"])
        return answer({"items": items, "total_count": total})
