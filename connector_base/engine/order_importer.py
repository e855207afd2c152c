import logging

from odoo import api, models
from odoo.tools import SQL

from ..canonical import digest
from .clock import naive
from .page import Entry, Lookups, lines_digest, parties_digest
from .page_importer import QUIET, collection_paused
from .page_locks import appeared_meanwhile, try_lock
from .result import ImportResult

_logger = logging.getLogger(__name__)


class IntegrationOrderImporter(models.AbstractModel):
    """Brings pages of canonical orders into Odoo: one query per kind of look-up, one create per kind of record."""

    _name = "integration.order.importer"
    _inherit = "integration.page.importer"
    _description = "Order Importer"

    @api.model
    def _import_page(self, backend, documents, *, job=None, source=""):
        """Import canonical orders (at most 500) of one backend in the current transaction; return an `ImportResult`.

        Documents older than what was imported are skipped, equal ones are left alone. A document that can't be imported
        is reported to `job` as a failed child (if given) and keeps no other from being imported. With
        `integration_replay` in the context, quotations are written as the platform has them though that is applied.

        :param sync.job job: where failures are noted and earlier ones of now good documents are resolved
        :param str source: where the documents came from (webhook, poll, ...), for the log
        :raise psycopg2.Error: concurrency errors of PostgreSQL, and violations of a binding's unique index: the
            caller runs its transaction again
        """
        context = {**QUIET, "integration_recheck": source == "single", "integration_from_backend": backend.id}
        backend = backend.sudo().with_company(backend.company_id).with_context(**context)
        self = self.with_env(backend.env)  # noqa: PLW0642
        result = ImportResult()
        newest = self._newest(documents, result)
        keys = {f"order:{backend.id}:{external_id}": external_id for external_id in newest}
        mine = {keys[key] for key in try_lock(self.env.cr, keys)}
        result.busy.extend(external_id for external_id in newest if external_id not in mine)
        entries = self._triage(backend, [document for key, document in newest.items() if key in mine], result)
        products = self.env["integration.order.products"]
        waiting = products._bring(backend, [entry.document for entry in entries if entry.lines_due], job)
        if waiting:
            result.busy.extend(sorted(waiting))
            entries = [entry for entry in entries if entry.external_id not in waiting]
        if entries:
            with collection_paused():
                self._import_entries(backend, entries, result)
        imported = self.env["sale.order"].browse(result.order_ids)
        self.env["integration.order.workflow"]._after_import(backend, imported)
        imported._integration_queue_refunds()
        self._report(job, result)
        _logger.info("%s: orders from %s: %s", backend.name, source or "caller", result.summary)
        return result

    @api.model
    def _triage(self, backend, documents, result):
        """Return the entries to create or update; the rest goes to `result`."""
        bindings = self.env["integration.binding.order"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", [document.external_id for document in documents])],
            ["external_id", "odoo_id", "remote_updated_at", "digest_in"],
        )
        bindings.odoo_id.fetch(
            [
                "state",
                "integration_hold_reason",
                "integration_state",
                "integration_lines_digest",
                "integration_parties_digest",
            ]
        )
        bound = {binding.external_id: binding for binding in bindings}
        entries = []
        for document in documents:
            binding = bound.get(document.external_id)
            if reason := self._skip_reason(backend, document, binding):
                result.skipped.append((document.external_id, reason))
                continue
            whole = digest(document)
            again = binding and (self._is_looked_at_again(binding.odoo_id) or self._is_replayed(binding.odoo_id))
            if binding and binding.digest_in == whole and not again:
                result.unchanged.append(document.external_id)
            else:
                entries.append(self._entry(document, whole, binding))
        self.env["integration.scope.resolver"]._note_unknown(backend, documents)
        return entries

    @api.model
    def _is_looked_at_again(self, order):
        """Whether an order is imported anew though nothing changed on the platform.

        A held one is: what was missing in Odoo may be there now. One with unknown products is when somebody asks for
        it: else each poll would take away the products that people have chosen on its lines.
        """
        if order.integration_hold_reason:
            return order.state != "cancel"
        return bool(self.env.context.get("integration_recheck")) and order.integration_state == "attention"

    @api.model
    def _entry(self, document, whole, binding):
        lines, parties = lines_digest(document), parties_digest(document)
        if not binding:
            return Entry(document, whole, None, None, lines, parties, True, True)
        order = binding.odoo_id
        replay = self._is_replayed(order)
        lines_due = replay or lines != order.integration_lines_digest or self._is_looked_at_again(order)
        parties_due = bool(parties) and (replay or parties != order.integration_parties_digest)
        return Entry(document, whole, binding, order, lines, parties, lines_due, parties_due)

    @api.model
    def _is_replayed(self, order):
        """Whether `order` is to be written as the platform has it, though that is applied already."""
        return bool(self.env.context.get("integration_replay")) and order.state in ("draft", "sent")

    @api.model
    def _skip_reason(self, backend, document, binding):
        if binding:
            if binding.remote_updated_at and naive(document.updated_at) < binding.remote_updated_at:
                return self.env._("older than what was imported")
            return ""
        return self.env["integration.order.filter"]._skip_reason(backend, document)

    # === ONE PAGE === #

    @api.model
    def _import_together(self, backend, entries, result):
        currencies = self.env["integration.currency.resolver"]
        products = self.env["integration.product.resolver"]
        taxes = self.env["integration.tax.resolver"]
        partners = self.env["integration.partner.resolver"]
        scopes = self.env["integration.scope.resolver"]
        documents = {entry.external_id: entry.document for entry in entries}
        settings = scopes._settings(backend, documents.values())
        errors = self.env["integration.order.adopter"]._adopt(backend, entries) if backend.adopt_orders else {}
        priced = [entry.document for entry in entries if entry.lines_due]
        currency_page = currencies._resolve(backend, priced, settings)
        product_page = products._plan(backend, priced)
        tax_page = taxes._plan(backend, priced)
        spoken = {key: scopes._in_language(document, settings[key]) for key, document in documents.items()}
        partner_page = partners._plan(backend, [spoken[e.external_id] for e in entries if e.parties_due])

        errors.update(products._errors(backend, product_page))
        for document in priced:
            if error := currencies._error(currency_page, document):
                errors[document.external_id] = error
        busy = self._lock_creations(backend, entries, product_page, tax_page, partner_page)
        result.busy.extend(sorted(busy))
        for entry in entries:
            if entry.external_id in errors and entry.external_id not in busy:
                result.failed.append((entry.external_id, entry.document.name, errors[entry.external_id]))
        entries = [entry for entry in entries if entry.external_id not in errors and entry.external_id not in busy]
        if not entries:
            return

        surviving = {entry.external_id for entry in entries}
        products._complete(backend, product_page, surviving)
        taxes._complete(backend, tax_page, surviving)
        parties = partners._complete(backend, partner_page, [spoken[e.external_id] for e in entries if e.parties_due])
        lookups = Lookups(currency_page, product_page, tax_page, parties, settings)
        drafts = self.env["integration.order.drafter"]._drafts(backend, entries, lookups)
        reasons = {draft.order.id: draft.order.integration_hold_reason for draft in drafts if draft.order}
        writer = self.env["integration.order.writer"]
        new = [draft for draft in drafts if not draft.order]
        writer._create(new)
        rewritten = self.env["integration.order.updater"]._update(
            backend, [draft for draft in drafts if draft.entry.order]
        )
        self._bind(backend, drafts)
        self.env["integration.refund.importer"]._store(backend, drafts)
        payments = self.env["integration.payment.importer"]
        payments._store(backend, drafts)
        payments._ask(backend, drafts)
        self.env["integration.shipment.importer"]._store(backend, drafts)
        writer._check_amounts([*new, *rewritten])
        self.env["integration.order.risk"]._hold_updated(drafts, rewritten)
        self._tell_holds(drafts, reasons)
        if backend.use_score:
            self.env["integration.order.score"]._score(self.env["sale.order"].union(*(draft.order for draft in drafts)))
        for draft in drafts:
            (result.updated if draft.entry.order else result.created).append(draft.entry.external_id)
            if reason := draft.order.integration_hold_reason:
                result.held.append((draft.entry.external_id, reason))
            else:
                result.order_ids.append(draft.order.id)

    @api.model
    def _tell_holds(self, drafts, reasons):
        """Tell the responsible users of the orders that are held for other reasons than before, or no more.

        :param dict reasons: {order id: why it was held before}
        """
        changed = [
            draft.order
            for draft in drafts
            if (draft.order.integration_hold_reason or False) != (reasons.get(draft.order.id) or False)
        ]
        if changed:
            self.env["sale.order"].union(*changed)._integration_tell_holds()

    @api.model
    def _lock_creations(self, backend, entries, product_page, tax_page, partner_page):
        """Take the locks of what will be created; return the external ids that have to wait for others."""
        products = self.env["integration.product.resolver"]
        taxes = self.env["integration.tax.resolver"]
        partners = self.env["integration.partner.resolver"]
        product_keys = products._lock_keys(backend, product_page)
        tax_keys = taxes._lock_keys(backend, tax_page)
        partner_keys = partners._lock_keys(backend, partner_page)
        wanted = {**product_keys, **tax_keys, **partner_keys}
        held = try_lock(self.env.cr, wanted)
        busy = {external_id for key, ids in wanted.items() if key not in held for external_id in ids}
        new_ids = [entry.external_id for entry in entries if not entry.binding]
        if new_ids:
            busy |= appeared_meanwhile(
                self.env,
                SQL(
                    "SELECT external_id, id FROM integration_binding_order"
                    " WHERE backend_id = %s AND external_id = ANY(%s)",
                    backend.id,
                    new_ids,
                ),
            )
        if partner_keys:
            appeared = appeared_meanwhile(self.env, partners._appeared_query(backend, partner_page))
            busy |= partners._documents_of(partner_page, appeared)
        for keys, resolver, page in ((product_keys, products, product_page), (tax_keys, taxes, tax_page)):
            if keys and appeared_meanwhile(self.env, resolver._appeared_query(backend, page)):
                busy.update(*keys.values())
        return busy

    @api.model
    def _bind(self, backend, drafts):
        """Bind created orders; note on known bindings what was imported."""
        self.env["integration.binding.order"].create(
            [
                {
                    "backend_id": backend.id,
                    "external_id": draft.entry.external_id,
                    "odoo_id": draft.order.id,
                    "remote_created_at": naive(draft.entry.document.created_at),
                    "remote_updated_at": naive(draft.entry.document.updated_at),
                    "digest_in": draft.entry.digest,
                }
                for draft in drafts
                if not draft.entry.binding
            ]
        )
        for draft in drafts:
            if binding := draft.entry.binding:
                binding.write(
                    {"remote_updated_at": naive(draft.entry.document.updated_at), "digest_in": draft.entry.digest}
                )
