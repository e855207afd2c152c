from collections import Counter

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..notification import notification
from ..transport import TransportError

SHOWN = 80  # lines of a preview


class IntegrationStockImport(models.TransientModel):
    """Starts the first inventory: takes over what a platform has in stock, after a look at what would change."""

    _name = "integration.stock.import"
    _description = "Import Stock"

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade"
    )
    place_ids = fields.Many2many(
        "integration.location",
        string="Places",
        domain="[('backend_id', '=', backend_id), ('location_ids', '!=', False)]",
        help="Those that have a stock location in Odoo. An article counts once at each.",
    )
    scope = fields.Selection(
        [
            ("new", "Those without any stock movement there"),
            ("all", "All: Odoo's quantity is replaced"),
        ],
        "Which Articles",
        required=True,
        default="new",
    )
    line_ids = fields.One2many("integration.stock.import.line", "wizard_id", "What Would Change", readonly=True)
    summary = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)

    def _open(self):
        """Return the action that shows the wizard."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Stock"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_ready(self):
        """
        :raise UserError: there is nothing to read from
        """
        self.backend_id.check_access("write")
        if self.backend_id.state != "connected":
            raise UserError(self.env._("“%s” is not connected. Connect it first.", self.backend_id.name))
        if not self.place_ids:
            raise UserError(
                self.env._(
                    "No place is chosen that has a stock location. Choose stock locations for the places on the "
                    "channel's page, under Stock."
                )
            )

    def action_preview(self):
        """Read the first page of each place, and show what would change. Nothing is written."""
        self._check_ready()
        self.line_ids.unlink()
        self.summary = self.problem = False
        try:
            self._preview()
        except TransportError as error:
            self.problem = self.backend_id._user_message(error)
        return self._open()

    def _preview(self):
        backend = self.backend_id.sudo().with_company(self.backend_id.company_id)
        importer, counts, lines, more = self.env["integration.stock.importer"].sudo(), Counter(), [], False
        for place in self.place_ids:
            page = backend._adapter()._list_stock(backend, place.external_id)
            adjust, others = importer._compare(backend, place, page.documents, overwrite=self.scope == "all")
            counts += others + Counter(adjusted=len(adjust))
            more = more or bool(page.next_page)
            lines += [
                {"product_id": binding.odoo_id.id, "place_id": place.id, "here": here, "there": there}
                for binding, (here, there) in adjust.items()
            ]
        self.line_ids = [Command.create(line) for line in lines[:SHOWN]]
        texts = self.env["sync.job"]._stock_import_texts()
        found = ", ".join(text % counts[outcome] for outcome, text in texts.items() if counts[outcome])
        if more:
            self.summary = self.env._("%s. There is more: this is only the platform's first page of each place.", found)
        else:
            self.summary = found or self.env._("The platform states no stock at these places.")

    def action_start(self):
        """Queue the import."""
        self._check_ready()
        job = self.backend_id._enqueue(
            "import_stock", arguments={"place_ids": self.place_ids.ids, "overwrite": self.scope == "all"}
        )
        message = self.env._("The import has begun; its sync job shows how far it is.")
        return notification(message, kind="success", following=job._get_records_action())


class IntegrationStockImportLine(models.TransientModel):
    """One quantity that an import of stock would change."""

    _name = "integration.stock.import.line"
    _description = "Stock to be Adjusted"
    _order = "id"

    wizard_id = fields.Many2one("integration.stock.import", required=True, ondelete="cascade", index=True)
    product_id = fields.Many2one("product.product", "Article", readonly=True, ondelete="cascade")
    place_id = fields.Many2one("integration.location", readonly=True, ondelete="cascade")
    here = fields.Float("In Odoo", digits="Product Unit", readonly=True)
    there = fields.Float("On the Platform", digits="Product Unit", readonly=True)


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    def _stock_import_places(self):
        return self.location_ids.filtered(lambda place: place.active and place.location_ids)

    def action_import_stock(self):
        """Open the first inventory."""
        self.ensure_one()
        self.check_access("write")
        return (
            self.env["integration.stock.import"]
            .create({"backend_id": self.id, "place_ids": self._stock_import_places().ids})
            ._open()
        )
