from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..notification import SOFT_RELOAD, notification

WISHES = {"category_ids", "channel_ids", "wanted"}
ACTING_GROUPS = ("connector_base.group_integration_user", "product.group_product_manager")
SYNC_STATES = [
    ("live", "On the channel"),
    ("draft", "Not shown there"),
    ("removed", "Taken off"),
    ("waiting", "Waiting"),
    ("failed", "Failed"),
    ("deleted", "Deleted there"),
]


class IntegrationBindingProduct(models.Model):
    """What staff want of a product on a sales channel, and how its pushes went."""

    _inherit = "integration.binding.product"

    wanted = fields.Selection(
        [
            ("published", "As in Odoo"),
            ("draft", "Not shown yet"),
            ("removed", "Taken off"),
        ],
        required=True,
        default="published",
        readonly=True,
        help="As in Odoo: on sale while it is active and can be sold here. Not shown yet: a draft on the platform. "
        "Taken off: archived or deleted there, as the sales channel says.",
    )
    digests_seen = fields.Json(
        readonly=True,
        help="{field: fingerprint} of what the platform makes of fields that it writes in its own way: not sent again.",
    )
    sync_state = fields.Selection(
        SYNC_STATES, string="Status", compute="_compute_sync_state", search="_search_sync_state"
    )
    is_told = fields.Boolean(compute="_compute_is_told", help="Whether the sales channel is told about products.")

    # === COMPUTE METHODS === #

    @api.depends("external_id", "remote_status", "last_error", "wanted")
    def _compute_sync_state(self):
        waiting = self._waiting_ids()
        for binding in self:
            if binding.remote_status == "deleted":
                binding.sync_state = "removed" if binding.wanted == "removed" else "deleted"
            elif binding.last_error:
                binding.sync_state = "failed"
            elif binding.id in waiting or not binding.external_id:
                binding.sync_state = "waiting"
            elif binding.wanted == "removed" or binding.remote_status == "archived":
                binding.sync_state = "removed"
            else:
                binding.sync_state = "draft" if binding.remote_status == "draft" else "live"

    def _waiting_ids(self):
        """Return the ids of those of `self` whose changes wait to be sent."""
        if not self.ids:
            return set()
        marks = (
            self.env["integration.change"]
            .sudo()
            ._read_group([("kind", "=", "product"), ("res_id", "in", self.ids)], ["res_id"], [])
        )
        return {res_id for (res_id,) in marks}

    def _search_sync_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        deleted, failed = Domain("remote_status", "=", "deleted"), Domain("last_error", "!=", False)
        marks = self.env["integration.change"].sudo()._search([("kind", "=", "product")])
        waiting = Domain("external_id", "=", False) | Domain("id", "in", marks.subselect("res_id"))
        removed = Domain("wanted", "=", "removed")
        archived = removed | Domain("remote_status", "=", "archived")
        draft = Domain("remote_status", "=", "draft")
        settled = ~deleted & ~failed & ~waiting
        domains = {
            "deleted": deleted & ~removed,
            "failed": ~deleted & failed,
            "waiting": ~deleted & ~failed & waiting,
            "removed": (deleted & removed) | (settled & archived),
            "draft": settled & ~archived & draft,
            "live": settled & ~archived & ~draft,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("backend_id")
    def _compute_is_told(self):
        for binding in self:
            backend = binding.backend_id
            binding.is_told = backend.state == "connected" and backend._syncs("products_out")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        bindings = super().create(vals_list)
        bindings.filtered(lambda binding: not binding.external_id)._note_wishes()
        return bindings

    def write(self, vals):
        result = super().write(vals)
        if not WISHES.isdisjoint(vals):
            self._note_wishes()
        return result

    def _note_wishes(self):
        """Have the platforms told what is wanted there, but for the one that it was read from."""
        listeners = self.env["integration.product.exporter"]._listeners()
        self.env["integration.product.exporter"]._mark(
            self.filtered(lambda binding: binding.backend_id.id in listeners)
        )

    # === ACTION METHODS === #

    def action_update_now(self):
        """Send the product at once, all of it."""
        return self._act("_send_now", self.env._("The product is being sent: reload the page in a few seconds."))

    def action_take_off(self):
        self.backend_id._check_removes()
        return self._act("_take_off", self.env._("The product is being taken off the channel."))

    def action_put_back(self):
        return self._act("_put_back", self.env._("The product is being put on the channel again."))

    def action_publish_again(self):
        """Create anew what was deleted on the platform."""
        return self._act("_publish_again", self.env._("The product is being created anew."))

    def action_forget(self):
        """Forget that the product was on this sales channel."""
        return self._act("_forget", self.env._("The product is no longer linked to the sales channel."))

    def _act(self, method, message):
        """Do what a person wants to be done with these products, who may, and say `message`."""
        self._check_may_act()
        getattr(self.sudo(), method)()
        return notification(message, following=SOFT_RELOAD)

    def _check_may_act(self):
        self.check_access("read")
        self.backend_id.check_access("read")
        if not (self.env.su or any(self.env.user.has_group(group) for group in ACTING_GROUPS)):
            raise AccessError(
                self.env._("Only product managers and users of the Integrations app can change what is on channels.")
            )
        for backend in self.backend_id:
            backend._check_told()

    def action_open_there(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.external_url or self.remote_url, "target": "new"}

    def action_change(self):
        """Choose its publications and categories."""
        self.ensure_one()
        return self.env["integration.product.publish"]._open_for(self.odoo_id, "publish", self.backend_id)

    # === BUSINESS METHODS === #

    def _send_now(self):
        """Queue a push of these products before all others, each by itself for people to see what becomes of it."""
        for binding in self:
            name = binding.external_id or self.env["integration.product.exporter"]._key(binding)
            binding.backend_id._enqueue(
                "push_product_ids",
                arguments={"external_ids": [name], "everything": True},
                external_id=name,
                record=binding.odoo_id,
                identity_key=f"push_product_ids:{binding.backend_id.id}:{name}",
            )

    def _take_off(self):
        self.write({"wanted": "removed"})

    def _put_back(self):
        self.write({"wanted": "published"})

    def _publish_again(self):
        gone = self.filtered(lambda binding: binding.remote_status == "deleted")
        variants = self.env["integration.binding.variant"]
        for backend, bindings in gone.grouped("backend_id").items():
            ids = bindings.mapped("external_id")
            variants |= variants.search([("backend_id", "=", backend.id), ("external_parent_id", "in", ids)])
        variants.unlink()
        self.env["integration.binding.image"].search([("product_binding_id", "in", gone.ids)]).unlink()
        gone.write(
            {
                "external_id": False,
                "remote_status": False,
                "remote_url": False,
                "remote_updated_at": False,
                "digest_in": False,
                "digests_out": False,
                "digests_seen": False,
                "last_error": False,
                "remedy": False,
                "wanted": "published",
            }
        )

    def _forget(self):
        for backend, bindings in self.grouped("backend_id").items():
            ids = [external_id for external_id in bindings.mapped("external_id") if external_id]
            variants = self.env["integration.binding.variant"]
            variants.search([("backend_id", "=", backend.id), ("external_parent_id", "in", ids)]).unlink()
        self.unlink()


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    def _check_told(self):
        """Raise where products can't be sent now, and say why."""
        self.ensure_one()
        if not self._syncs("products_out"):
            raise UserError(
                self.env._(
                    "“%s” is told about no products. Switch on “Export Products” on its tab Products first.", self.name
                )
            )
        if self.state != "connected":
            raise UserError(
                self.env._("“%s” is not connected. Connect it first, or solve what its page says.", self.name)
            )

    def _check_removes(self):
        """Raise where the platform is told nothing of products that are taken off."""
        for backend in self:
            if backend.product_removal == "nothing":
                raise UserError(
                    self.env._(
                        "Nothing happens on “%s” with removed products: choose on its tab Products that they are "
                        "archived or deleted, or take the product off there.",
                        backend.name,
                    )
                )
