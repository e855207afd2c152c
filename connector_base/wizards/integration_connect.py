import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import encryption
from ..transport import ConfigurationError

# What the form shows for a secret that was entered but not yet accepted
MASK = "•" * 12


class IntegrationConnect(models.TransientModel):
    """Connects one platform account: asks for what the platform needs, tries it, and makes the backend.

    A platform addon adds its fields, puts them into the form's group `platform_connection`, and implements
    `_<platform>_connection_values`. A secret is declared

        <platform>_secret = fields.Char(compute="_compute_secrets", inverse="_inverse_secrets")

    and then never reaches the database in plain text: the web client saves a wizard before it presses its button.
    """

    _name = "integration.connect"
    _description = "Connect a Sales Channel"

    platform = fields.Selection(
        selection=lambda self: self._backend_selection("platform"),
        required=True,
        default=lambda self: self._default_platform(),
    )
    name = fields.Char(help="Empty: what the platform calls the account.")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    # The first import starts at once, so what it depends on is asked before
    import_from = fields.Datetime(
        string="Orders Since",
        help="Orders created before this are not imported. Empty: the last 90 days, or less where the platform shows "
        "fewer.",
    )
    unknown_product = fields.Selection(
        selection=lambda self: self._backend_selection("unknown_product"),
        string="Unknown Products",
        required=True,
        default="placeholder",
        help="What happens to an order line whose product is found neither by its id on the platform nor by SKU or "
        "barcode.",
    )
    tax_policy = fields.Selection(
        selection=lambda self: self._backend_selection("tax_policy"),
        string="Unknown Taxes",
        required=True,
        default="match",
        help="What happens to an order with a tax that is neither mapped nor found by its rate.",
    )
    encryption_problem = fields.Text(compute="_compute_encryption_problem")
    is_sandbox = fields.Boolean(compute="_compute_is_sandbox")
    secrets = fields.Char(groups=fields.NO_ACCESS)

    @api.model
    def _backend_selection(self, name):
        return self.env["integration.backend"]._fields[name]._description_selection(self.env)

    @api.model
    def _default_platform(self):
        platforms = self._backend_selection("platform")
        return platforms[0][0] if len(platforms) == 1 else False

    def _compute_encryption_problem(self):
        self.encryption_problem = self.env["integration.backend"].new({}).encryption_problem

    def _compute_is_sandbox(self):
        self.is_sandbox = self.env["integration.backend"].new({}).is_sandbox

    # === SECRETS === #

    @api.model
    def _secret_fields(self):
        return [name for name, field in self._fields.items() if field.compute == "_compute_secrets"]

    @api.depends("secrets")
    def _compute_secrets(self):
        for wizard in self:
            entered = wizard._entered_secrets()
            for name in self._secret_fields():
                wizard[name] = MASK if name in entered else False

    def _inverse_secrets(self):
        names = self._secret_fields()
        for wizard in self:
            entered = wizard._entered_secrets()
            for name in names:
                value = (wizard[name] or "").replace(MASK[0], "").strip()
                if value:
                    entered[name] = value
            try:
                wizard.sudo().secrets = encryption.encrypt(json.dumps(entered))
            except ConfigurationError as error:
                raise UserError("\n\n".join((error.message, error.remedy))) from None
        # what was written must not be echoed by a read in the same transaction, as web_save does
        self.invalidate_recordset(names)

    def _entered_secrets(self):
        stored = self.sudo().secrets
        return json.loads(encryption.decrypt(stored)) if stored else {}

    # === ACTION METHODS === #

    def action_connect(self):
        """Make the backend and connect it.

        :return: the action that opens the backend
        :raise UserError: refused, with what to do; nothing is left behind then
        """
        self.ensure_one()
        backend_vals, secrets = self._connection_values()
        name = self.name or backend_vals.get("name")
        platform_name = dict(self._backend_selection("platform"))[self.platform]
        backend = self.env["integration.backend"].create(
            {
                **backend_vals,
                "platform": self.platform,
                "company_id": self.company_id.id,
                "name": name or platform_name,
                "import_from": self.import_from,
                "unknown_product": self.unknown_product,
                "tax_policy": self.tax_policy,
            }
        )
        with backend._user_errors():
            for key, value in secrets.items():
                if value:
                    backend._set_secret(key, value)
        backend.action_connect()
        if not name:
            backend.name = backend.connection_report["account_name"] or platform_name
        self.sudo().secrets = False
        return backend._get_records_action()

    def _connection_values(self):
        """Return (values of the new backend, {credential key: secret}) from what was entered.

        Implemented per platform as `_<platform>_connection_values`, called on a record in memory that holds the
        secrets in plain text.

        :raise UserError: something is missing or can't be right
        """
        entered = self.new(self._entered_secrets(), origin=self)
        return getattr(entered, f"_{self.platform}_connection_values")()

    def _require(self, *names):
        """Name the fields among `names` in which nothing was entered.

        :raise UserError: there are some
        """
        missing = [self._fields[name].get_description(self.env)["string"] for name in names if not self[name]]
        if missing:
            raise UserError(self.env._("Please enter: %s.", ", ".join(missing)))
