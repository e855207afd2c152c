import logging
from dataclasses import dataclass, field, replace

from odoo import api, fields, models

from ..canonical import StockLevel, digest
from ..transport.errors import ConfigurationError, DataError, TransientError
from .job_errors import is_lost_race
from .result import BugError

_logger = logging.getLogger(__name__)

# Calls a page of a push may take: what has to be done again when a worker dies
CALLS = 12
# Seconds a difference may come from an order that Odoo doesn't know yet; then Odoo's quantity counts
WAIT = 60


@dataclass(slots=True)
class Due:
    """One quantity that has to be sent. `version` says how often the platform's quantity was noted before."""

    binding: models.BaseModel
    place: models.BaseModel
    document: StockLevel
    version: int = 0

    @property
    def key(self):
        """(article, place) as the platform names them."""
        return self.document.item_external_id, self.document.location_external_id


@dataclass(slots=True)
class PushOutcome:
    """What became of a page. `error` is temporary or about the connection and kept `left` from being sent."""

    sent: int = 0
    waiting: int = 0
    failed: dict = field(default_factory=dict)  # {binding: the first error}
    left: set = field(default_factory=set)  # ids of bindings to be looked at again
    error: Exception | None = None


class IntegrationStockExporter(models.AbstractModel):
    """Tells platforms what is in stock: what differs, in full batches, only over what they are known to have.

    A platform that has another quantity than expected is read again. It has less: it sold something that Odoo may not
    know yet, so the quantity waits for `WAIT` seconds; when the order comes in, both agree. Else Odoo's counts.
    """

    _name = "integration.stock.exporter"
    _description = "Stock Exporter"

    @api.model
    def _page_size(self, backend, places):
        """Return how many articles are looked at in one page: those of a few whole batches."""
        batch = backend._adapter()._stock_batch()
        return batch * max(1, CALLS // max(1, len(places)))

    @api.model
    def _push(self, backend, bindings, job):
        """Send what differs of the variants `bindings`; return a `PushOutcome`. The caller holds the stock lock.

        :raise TransportError: temporary or configuration errors before anything was sent
        :raise psycopg2.errors.SerializationFailure: the levels changed; nothing was sent
        """
        backend = backend.sudo().with_company(backend.company_id)
        bindings, outcome = bindings.with_env(backend.env), PushOutcome()
        due, rows = self._due(backend, bindings, outcome)
        if job.operation != "push_stock_items":  # somebody has asked for just these
            due = self._without_uncounted(backend, due, rows, outcome)
        stale = self._send(backend, due, rows, outcome)
        if outcome.error:
            outcome.left.update(item.binding.id for item in stale)
        elif stale:
            again = self._look_again(backend, stale, rows, outcome)
            for item in self._send(backend, again, rows, outcome):
                self._wait(item, item.document.expected, rows, outcome)
        if outcome.error and not outcome.sent and not rows:
            raise outcome.error
        had_errors = self._had_errors(rows)
        self.env["integration.stock.level"].sudo()._keep(list(rows.values()))
        self._report(job, bindings, outcome, had_errors)
        return outcome

    # === WHAT DIFFERS === #

    @api.model
    def _due(self, backend, bindings, outcome):
        """Return the `Due`s, and {(binding id, place id): row} of what is to be noted though nothing is sent."""
        places = backend._stock_places()
        quantities = self.env["integration.stock.quantities"].sudo()._offered(backend, bindings, places)
        levels = self.env["integration.stock.level"].sudo()._lock_levels(bindings, places)
        by_id = {binding.id: binding for binding in bindings}, {place.id: place for place in places}
        seen = self._look_at_unknown(backend, quantities, levels, *by_id)
        now, due, rows = fields.Datetime.now(), [], {}
        for (binding_id, place_id), quantity in quantities.items():
            level = levels.get((binding_id, place_id))
            known = level.remote_quantity if level and level.known else seen.get((binding_id, place_id))
            # Where nothing is known, nothing is stocked: an article that Odoo doesn't have there either needs not be.
            looked_at = (binding_id, place_id) in seen or (level and level.known_at)
            if quantity == (0 if known is None and looked_at else known):
                new = not level or (binding_id, place_id) in seen
                if new or level.quantity != quantity or level.wait_until or level.last_error:
                    rows[binding_id, place_id] = self._row(binding_id, place_id, quantity, known, seen_at=now)
            elif level and level.wait_until and level.wait_until > now and quantity >= (known or 0):
                outcome.waiting += 1
            else:
                binding, place = by_id[0][binding_id], by_id[1][place_id]
                document = StockLevel(
                    item_external_id=binding._stock_external_id(),
                    location_external_id=place.external_id,
                    quantity=quantity,
                    expected=known,
                )
                due.append(Due(binding, place, document, level.version if level else 0))
        return due, rows

    @api.model
    def _without_uncounted(self, backend, due, rows, outcome):
        """Return `due` without what would take the platform's stock away only because Odoo has never counted it.

        That is a product made there, with its first stock, while Odoo sends stock. What Odoo has told once, it decides.
        """
        doubtful = [item for item in due if item.document.quantity <= 0 < (item.document.expected or 0)]
        if not doubtful:
            return due
        levels = self.env["integration.stock.level"].sudo()
        told = levels.search_fetch(
            [("binding_id", "in", [item.binding.id for item in doubtful]), ("pushed_at", "!=", False)], ["binding_id"]
        ).binding_id
        products = self.env["product.product"].union(
            *(item.binding.odoo_id for item in doubtful if item.binding not in told)
        )
        unknown = products - self.env["integration.stock.quantities"].sudo()._ever_counted(products)
        for item in doubtful:
            if item.binding not in told and item.binding.odoo_id in unknown:
                error = DataError(
                    self.env._(
                        "Odoo has never counted this product, of which the platform has %s: nothing was sent.",
                        item.document.expected,
                    ),
                    remedy=self.env._(
                        "Take over the platform's quantities (page Stock of the sales channel), or count the product "
                        "in Odoo; it is sent then. To have the platform offer none, retry."
                    ),
                )
                self._fail(item, error, rows, outcome)
        return [item for item in due if (item.binding.id, item.place.id) not in rows]

    @api.model
    def _look_at_unknown(self, backend, quantities, levels, bindings, places):
        """Read what the platform has where nobody has looked yet.

        :return: {(binding id, place id): quantity, None where not stocked}; articles it doesn't know are left out
        """
        unknown = [key for key in quantities if key not in levels or not levels[key].known_at]
        if not unknown:
            return {}
        items = {bindings[binding_id]._stock_external_id(): binding_id for binding_id, _place_id in unknown}
        chosen = {places[place_id].external_id: place_id for _binding_id, place_id in unknown}
        found = backend._adapter()._fetch_stock(backend, sorted(items), sorted(chosen))
        seen = {(items[level.item_external_id], chosen[level.location_external_id]): level.quantity for level in found}
        return {key: seen[key] for key in unknown if key in seen}

    @api.model
    def _row(self, binding_id, place_id, quantity, remote_quantity, **values):
        return {
            "binding_id": binding_id,
            "location_id": place_id,
            "quantity": quantity,
            "remote_quantity": remote_quantity,
            **values,
        }

    # === SENDING === #

    @api.model
    def _send(self, backend, due, rows, outcome):
        """Send `due` in batches until all are sent or an error comes up; return those with an unexpected quantity."""
        size = backend._adapter()._stock_batch()
        stale = []
        for start in range(0, len(due), size):
            if outcome.error:
                outcome.left.update(item.binding.id for item in due[start:])
                break
            stale += self._send_batch(backend, due[start : start + size], rows, outcome)
        return stale

    @api.model
    def _send_batch(self, backend, batch, rows, outcome):
        """Send one batch and note the results; return the stale ones."""
        missing = {item.key: item for item in batch}
        stale, started = [], fields.Datetime.now()
        try:
            for result in backend._adapter()._push_stock(
                backend, [item.document for item in batch], self._batch_key(batch)
            ):
                level = result.level
                item = missing.pop((level.item_external_id, level.location_external_id))
                if result.error:
                    self._fail(item, result.error, rows, outcome)
                elif result.stale:
                    stale.append(item)
                else:
                    rows[item.binding.id, item.place.id] = self._row(
                        item.binding.id,
                        item.place.id,
                        level.quantity,
                        level.quantity,
                        seen_at=started,  # what happens there meanwhile is newer
                        pushed=True,
                    )
                    outcome.sent += 1
        except (TransientError, ConfigurationError) as error:
            outcome.error = error
            outcome.left.update(item.binding.id for item in missing.values())
        except Exception as error:  # the page boundary: a bug must not come up again and again with every change
            if is_lost_race(error):
                raise
            if not isinstance(error, DataError):
                _logger.error("sending stock failed", exc_info=error)
                error = BugError(error)
            for item in missing.values():
                self._fail(item, error, rows, outcome)
        return stale

    @api.model
    def _batch_key(self, batch):
        """Return the key of a batch: the same when the same is tried again after its outcome got lost, never later."""
        return digest(tuple((item.document, item.version) for item in batch))

    @api.model
    def _fail(self, item, error, rows, outcome):
        rows[item.binding.id, item.place.id] = self._row(
            item.binding.id,
            item.place.id,
            item.document.quantity,
            item.document.expected,
            last_error=str(error),
            remedy=getattr(error, "remedy", ""),
        )
        outcome.failed.setdefault(item.binding, error)

    # === ANOTHER QUANTITY THAN EXPECTED === #

    @api.model
    def _look_again(self, backend, stale, rows, outcome):
        """Read what the platform has of `stale`; return what is to be sent once more, let the others wait.

        What Odoo has less of than the platform never waits: it was sold elsewhere, whatever was sold there.
        """
        try:
            found = backend._adapter()._fetch_stock(
                backend,
                sorted({item.document.item_external_id for item in stale}),
                sorted({item.document.location_external_id for item in stale}),
            )
        except (TransientError, ConfigurationError) as error:
            outcome.error = error
            outcome.left.update(item.binding.id for item in stale)
            return []
        actual = {(level.item_external_id, level.location_external_id): level.quantity for level in found}
        again = []
        for item in stale:
            quantity, expected = actual.get(item.key), item.document.expected
            if quantity == item.document.quantity:
                rows[item.binding.id, item.place.id] = self._row(item.binding.id, item.place.id, quantity, quantity)
            elif quantity is not None and expected is not None and quantity < min(expected, item.document.quantity):
                self._wait(item, quantity, rows, outcome)
            else:
                document = replace(item.document, expected=quantity)
                again.append(Due(item.binding, item.place, document, item.version + 1))
        return again

    @api.model
    def _wait(self, item, remote_quantity, rows, outcome):
        """Let an order come in before the platform's quantity is overwritten."""
        rows[item.binding.id, item.place.id] = self._row(
            item.binding.id, item.place.id, item.document.quantity, remote_quantity, wait=WAIT
        )
        outcome.waiting += 1

    # === REPORT === #

    @api.model
    def _had_errors(self, rows):
        """Return the ids of the variants among `rows` whose last push had failed."""
        domain = [("binding_id", "in", [binding_id for binding_id, _place in rows]), ("last_error", "!=", False)]
        return set(self.env["integration.stock.level"].sudo().search_fetch(domain, ["binding_id"]).binding_id.ids)

    @api.model
    def _report(self, job, bindings, outcome, had_errors):
        """Keep failures as jobs that can be retried, and end those of variants that went well now."""
        for binding, error in outcome.failed.items():
            job._fail_document(
                binding.external_id,
                error,
                record=binding.odoo_id,
                document_name=binding.odoo_id.display_name,
                operation="push_stock_items",
            )
        unsettled = outcome.left | {binding.id for binding in outcome.failed}
        good = bindings.filtered(lambda binding: binding.id in had_errors - unsettled)
        if good:
            job._resolve_documents(good.mapped("external_id"), operation="push_stock_items")
