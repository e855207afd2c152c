from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.integration_binding_product_push import ACTING_GROUPS

PREVIEW_LIMIT = 50
OUTCOMES = [
    ("created", "Would be created"),
    ("updated", "Would be changed"),
    ("unchanged", "Nothing to do"),
    ("missing", "Deleted on the platform"),
]


class IntegrationProductPublish(models.TransientModel):
    """Puts products on a sales channel, updates them there or takes them off; shows before what would be sent."""

    _name = "integration.product.publish"
    _description = "Products on Sales Channels"

    purpose = fields.Selection(
        [("publish", "Publish"), ("update", "Update"), ("remove", "Take off")], required=True, default="publish"
    )
    backend_id = fields.Many2one(
        "integration.backend",
        "Sales Channel",
        required=True,
        ondelete="cascade",
        domain="[('export_products', '=', True), ('state', '=', 'connected')]",
        default=lambda self: self._default_backend(),
    )
    product_tmpl_ids = fields.Many2many("product.template", string="Products", readonly=True)
    product_count = fields.Integer("Products Chosen", compute="_compute_product_count")
    wanted = fields.Selection(
        [("published", "On sale, as in Odoo"), ("draft", "Not shown yet")],
        "Status There",
        required=True,
        default="published",
    )
    channel_ids = fields.Many2many(
        "integration.channel",
        "integration_product_publish_channel_rel",
        string="Publish On",
        domain="[('backend_id', '=', backend_id)]",
        compute="_compute_wishes",
        store=True,
        readonly=False,
    )
    category_ids = fields.Many2many(
        "integration.category",
        "integration_product_publish_category_rel",
        string="Categories",
        domain="[('backend_id', '=', backend_id), ('automatic', '=', False)]",
        compute="_compute_wishes",
        store=True,
        readonly=False,
    )
    everything = fields.Boolean(
        "Send Everything Again",
        help="Also what the platform was told before: whatever was changed there is overwritten.",
    )
    has_run = fields.Boolean(readonly=True)
    note = fields.Char(readonly=True)
    line_ids = fields.One2many("integration.product.publish.line", "publish_id", "What Would Happen", readonly=True)

    # === DEFAULTS AND COMPUTE METHODS === #

    @api.model
    def _default_backend(self):
        found = self.env["integration.backend"].search(
            [("export_products", "=", True), ("state", "=", "connected")], limit=2
        )
        return found if len(found) == 1 else False

    @api.depends("product_tmpl_ids")
    def _compute_product_count(self):
        for wizard in self:
            wizard.product_count = len(wizard.product_tmpl_ids)

    @api.depends("backend_id", "product_tmpl_ids")
    def _compute_wishes(self):
        """What the one product has there; for several, what new products get."""
        for wizard in self:
            binding = wizard._bindings()
            if len(wizard.product_tmpl_ids) > 1:
                binding = binding.browse()
            defaults = self.env["integration.channel"].search(
                [("backend_id", "=", wizard.backend_id.id), ("publish", "=", True)]
            )
            wizard.channel_ids = binding.channel_ids if binding else defaults
            wizard.category_ids = binding.category_ids.filtered(lambda category: not category.automatic)

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, templates, purpose, backend=None):
        """Open the wizard for `templates`."""
        values = {"product_tmpl_ids": [Command.set(templates.ids)], "purpose": purpose}
        backend = backend or self._default_backend() or self.env["integration.backend"]
        if not backend:
            on = templates.sudo().integration_binding_ids.backend_id.filtered("export_products")
            choice = self.env["integration.backend"].search([("export_products", "=", True)])
            backend = (on.with_env(self.env) & choice)[:1] or choice[:1]
        if not backend:
            raise UserError(
                self.env._(
                    "No sales channel is told about products. Switch on “Export Products” on the tab Products of one."
                )
            )
        wizard = self.create({**values, "backend_id": backend.id})
        if len(templates) == 1 and wizard._bindings()[:1].wanted == "draft":
            wizard.wanted = "draft"
        return wizard._reopen()

    def _reopen(self):
        titles = {
            "publish": self.env._("Publish on a Sales Channel"),
            "update": self.env._("Update on a Sales Channel"),
            "remove": self.env._("Take Off a Sales Channel"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[self.purpose],
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_preview(self):
        """Show what would be sent, field by field."""
        self.ensure_one()
        self._check_user()
        backend = self.backend_id.sudo()
        templates = self._templates()
        with backend._user_errors():
            foreseen = (
                self.env["integration.product.rehearsal"]
                .sudo()
                ._rehearse(backend, templates[:PREVIEW_LIMIT], self._wishes(), everything=self.everything)
            )
        shown = len(templates) > PREVIEW_LIMIT
        self.line_ids.unlink()
        self.write(
            {
                "has_run": True,
                "note": self.env._("Only the first %s products are looked at.", PREVIEW_LIMIT) if shown else False,
                "line_ids": [
                    Command.create(
                        {
                            "product_tmpl_id": found.template_id,
                            "outcome": found.outcome,
                            "changes": self.env["ir.qweb"]._render(
                                "connector_base.product_publish_changes", {"changes": found.changes}
                            )
                            if found.changes
                            else False,
                        }
                    )
                    for found in foreseen
                ],
            }
        )
        return self._reopen()

    def action_apply(self):
        """Do it, in jobs; open them."""
        self.ensure_one()
        self._check_user()
        backend = self.backend_id.sudo()
        templates = self._templates()
        bindings = self._bindings().sudo()
        if self.purpose == "remove":
            self.backend_id._check_removes()
            bindings._take_off()
        elif self.purpose == "publish":
            bindings = self.env["integration.product.publisher"].sudo()._publish(backend, templates, self._wishes())
        if self.everything and self.purpose != "remove":
            bindings.write({"digests_out": False, "digests_seen": False})
        self.env["integration.product.exporter"].sudo()._mark(bindings)
        backend._ensure_waiting("push_products")
        return backend._open_pushes()

    def _check_user(self):
        if not any(self.env.user.has_group(group) for group in ACTING_GROUPS):
            raise AccessError(
                self.env._("Only product managers and users of the Integrations app can change what is on channels.")
            )
        self.backend_id.check_access("read")
        self.product_tmpl_ids.check_access("read")
        self.backend_id._check_told()

    def _templates(self):
        """Return the products concerned, as the engine sees them."""
        company = self.backend_id.company_id
        templates = self.product_tmpl_ids.sudo()
        foreign = templates.filtered(lambda template: template.company_id and template.company_id != company)
        if foreign:
            raise UserError(
                self.env._(
                    "“%(backend)s” sells for %(company)s. These products belong to another company: %(products)s.",
                    backend=self.backend_id.name,
                    company=company.name,
                    products=", ".join(foreign[:5].mapped("name")),
                )
            )
        if self.purpose != "publish":
            templates &= self._bindings().sudo().odoo_id
            if not templates:
                raise UserError(self.env._("None of these products is on “%s”.", self.backend_id.name))
        return templates

    def _bindings(self):
        return (
            self.env["integration.binding.product"]
            .sudo()
            .search([("backend_id", "=", self.backend_id.id), ("odoo_id", "in", self.product_tmpl_ids.ids)])
        )

    def _wishes(self):
        """Return what `integration.product.publisher` is to do; None when nothing else is wanted than before."""
        if self.purpose != "publish":
            return None
        return {
            "wanted": self.wanted,
            "channels": self.channel_ids.ids,
            "categories": self.category_ids.ids,
            "replace": len(self.product_tmpl_ids) == 1,
        }


class IntegrationProductPublishLine(models.TransientModel):
    """What sending one product would change."""

    _name = "integration.product.publish.line"
    _description = "What Sending a Product Would Change"

    publish_id = fields.Many2one("integration.product.publish", required=True, ondelete="cascade", index=True)
    product_tmpl_id = fields.Many2one("product.template", "Product", readonly=True, ondelete="cascade")
    outcome = fields.Selection(OUTCOMES, "Result", readonly=True)
    changes = fields.Html("There Now and Afterwards", readonly=True, sanitize=False)


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    def _open_pushes(self):
        """Return the action that shows the jobs that send products."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.action_sync_job")
        operations = ("push_products", "push_product_ids", "remove_products")
        domain = [("backend_id", "=", self.id), ("operation", "in", operations)]
        return {**action, "name": self.env._("Products Being Sent"), "domain": domain, "context": {}}

    def action_send_all_products(self):
        """Look at all products of the channel and send what differs from what was sent."""
        self.ensure_one()
        self.check_access("write")
        self._check_told()
        self.env["integration.product.exporter"]._note_backend(self)
        self._ensure_waiting("push_products")
        return self._open_pushes()
