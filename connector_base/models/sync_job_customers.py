from collections import Counter
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..transport.errors import TransientError
from .sync_job import Operation

# Customers of one push job
PUSH_PAGE = 50
# First key of the advisory lock that lets one push of customers work per backend; the second is the backend's id
PUSH_LOCK = 776


class IntegrationCursor(models.Model):
    _inherit = "integration.cursor"

    resource = fields.Selection(
        selection_add=[("customers", "Customers"), ("companies", "Companies")],
        ondelete={"customers": "cascade", "companies": "cascade"},
    )


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    @api.model
    @ormcache()
    def _exports_customers(self):
        """Whether any channel is told of changes of customers: asked at each write of a contact."""
        return bool(self.sudo().search_count([("export_customers", "=", True)], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        self.env.registry.clear_cache()
        return backends

    def write(self, vals):
        result = super().write(vals)
        if {"export_customers", "active"} & vals.keys():
            self.env.registry.clear_cache()
        return result


class SyncJob(models.Model):
    """Importing and pushing customers."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[
            ("import_customers", "Import customers"),
            ("import_companies", "Import companies"),
            ("import_customer_ids", "Import single customers"),
            ("push_customers", "Tell the platform of customers"),
            ("push_customer_ids", "Tell the platform of single customers"),
        ],
        ondelete={
            "import_customers": "cascade",
            "import_companies": "cascade",
            "import_customer_ids": "cascade",
            "push_customers": "cascade",
            "push_customer_ids": "cascade",
        },
    )

    def _operation_settings(self):
        return {
            **super()._operation_settings(),
            "import_customers": Operation("catalogue", 25),
            "import_companies": Operation("catalogue", 26),
            "import_customer_ids": Operation("catalogue", 30),
            "push_customers": Operation("catalogue", 25),
            "push_customer_ids": Operation("catalogue", 30),
        }

    def _run_import_customers(self, **period):
        """Import one page of the customers updated since a time; arguments as those of `_import_listing`."""
        return self._import_accounts("customers", **period)

    def _run_import_companies(self, **period):
        """Import one page of the companies updated since a time; arguments as those of `_import_listing`."""
        return self._import_accounts("companies", **period)

    def _import_accounts(self, resource, **period):
        return self._import_listing(
            resource,
            self._import_customers,
            fail=partial(self._fail_each, operation="import_customer_ids"),
            said=lambda summary: summary,
            **period,
        )

    def _run_import_customer_ids(self, external_ids):
        """Read these customers from the platform and import them."""
        self._progress(total=len(external_ids))
        documents = self.backend_id._adapter()._fetch_customers_by_id(self.backend_id, external_ids)
        summary = self._import_customers(documents)
        missing = set(external_ids) - {document.external_id for document in documents}
        if missing:
            self._resolve_documents(missing, operation="import_customer_ids")
            self._progress(done=len(missing))
        return summary

    def _import_customers(self, documents, unreadable=0):
        result = self.env["integration.customer.importer"]._import_page(self.backend_id, documents, job=self)
        failed = len(result.failed)
        self._progress(done=len(documents) - failed, failed=failed + unreadable)
        self.outcome_counts = Counter(self.outcome_counts or {}) + result.counts + Counter(failed=unreadable)
        if result.busy:
            self.backend_id._enqueue(
                "import_customer_ids", arguments={"external_ids": list(result.busy)}, priority=self.priority, eta=1
            )
        return self._outcome_summary()

    def _drain_customer(self, events):
        """Import the customers of these events."""
        backend = self.backend_id
        if not backend._syncs("customers_in"):
            events._settle("ignored", self.env._("Customers of this sales channel are not imported by themselves."))
            return
        nameless = events.filtered(lambda event: not event.external_id)
        nameless._settle("failed", self.env._("The event does not say which customer it is about."))
        events = (events - nameless)._ignore_older("integration.binding.partner")
        if events:
            backend._enqueue("import_customer_ids", arguments={"external_ids": events.mapped("external_id")})
            events._settle("done")

    # === OUT === #

    def _run_push_customers(self):
        """Tell the platform of the customers that changed, a page of them."""
        backend = self.backend_id
        if not backend._syncs("customers_out"):
            return self.env._("Nothing done: this sales channel is not told of customers.")
        self._work_alone(PUSH_LOCK, "Another push of this sales channel is at work.")
        changes = self.env["integration.change"]
        ids = changes._take(backend, "customer", PUSH_PAGE)
        waiting, problem = self._push_customers(self.env["integration.binding.partner"].browse(ids).exists())
        if waiting:  # what is known by now is kept; the rest is tried again as if it had just changed
            changes._note_ids(backend, "customer", waiting.ids)
        if changes._count(backend, "customer"):
            backend._ensure_waiting("push_customers", eta=problem and problem.retry_after)
        return self.env._(
            "Customers told: %(done)s, refused: %(failed)s, left for later: %(left)s",
            done=self.items_done,
            failed=self.items_failed,
            left=len(waiting),
        )

    def _run_push_customer_ids(self, external_ids):
        """Tell the platform of these customers again.

        :param list external_ids: their ids on the platform; of those it doesn't have yet the ids of their bindings
        """
        new = [int(key) for key in external_ids if key.isdigit()]
        domain = Domain("external_id", "in", external_ids) | Domain("id", "in", new) & Domain("external_id", "=", False)
        bindings = self.env["integration.binding.partner"].search(
            Domain("backend_id", "=", self.backend_id.id) & domain
        )
        _waiting, problem = self._push_customers(bindings)
        if problem:
            raise problem

    def _push_customers(self, bindings):
        """Tell the platform of those customers it has other values of.

        :return: (bindings it was not told of, the temporary error that kept it from being told, or None)
        :raise TransportError: nothing could be told
        """
        pushes = self.env["integration.customer.exporter"]._pushes(bindings)
        self._progress(total=self.items_total + len(pushes))
        waiting = dict(pushes)
        documents = [push for _binding, push in pushes.values()]
        try:
            for result in self.backend_id._adapter()._push_customers(self.backend_id, documents):
                self._note_pushed_customer(*waiting.pop(result.key), result)
        except TransientError as error:
            if len(waiting) == len(pushes):
                raise
            return bindings.browse([binding.id for binding, _push in waiting.values()]), error
        return bindings.browse(), None

    def _note_pushed_customer(self, binding, push, result):
        key = binding.external_id or push.key
        if result.error:
            binding.write({"last_error": str(result.error), "remedy": result.error.remedy})
            self._progress(failed=1)
            self._fail_document(
                key,
                result.error,
                record=binding.odoo_id,
                document_name=push.account.name,
                operation="push_customer_ids",
            )
            return
        binding.write(
            {
                "external_id": result.external_id,
                "last_error": False,
                "remedy": False,
                "pushed_at": fields.Datetime.now(),
            }
        )
        self.env["integration.customer.exporter"]._note_pushed(binding)
        self._resolve_documents([key], operation="push_customer_ids")
        self._progress(done=1)
