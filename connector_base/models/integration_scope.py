from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class IntegrationScope(models.Model):
    """A part of a sales channel's account with settings of its own: a website, a store, a view of a store.

    What is not set here is as in the part above, and at last as on the sales channel itself.
    """

    _name = "integration.scope"
    _description = "Sales Channel Part"
    _inherit = ["integration.binding", "analytic.mixin"]
    _rec_name = "complete_name"
    _order = "backend_id, complete_name, id"

    _resource = "scope"

    name = fields.Char(required=True, readonly=True)
    complete_name = fields.Char("Part", compute="_compute_complete_name", store=True, recursive=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("website", "Website"), ("store", "Store"), ("store_view", "Store view")], required=True, readonly=True
    )
    code = fields.Char(readonly=True, help="What the platform's API calls it by.")
    channel_external_id = fields.Char(readonly=True, help="What products that are assigned to it name it by.")
    language = fields.Char("Platform's Language", readonly=True)
    currency = fields.Char("Platform's Currency", readonly=True)
    url = fields.Char("Address", readonly=True)
    parent_id = fields.Many2one(
        "integration.scope", "Part Of", readonly=True, ondelete="set null", index="btree_not_null"
    )
    chosen = fields.Boolean(
        "For This Channel", help="With “Only chosen parts”: the channel is for this part and those below it."
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        ondelete="set null",
        help="Given to orders in its currency; prices always come from the platform.",
    )
    lang_id = fields.Many2one(
        "res.lang",
        "Language",
        ondelete="set null",
        help="Of new customers whose orders name no language.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True, ondelete="set null")
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True, ondelete="set null")

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This part is known already on this sales channel."
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for scope in self:
            above = scope.parent_id.complete_name
            scope.complete_name = f"{above} / {scope.name}" if above else scope.name

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A part can't be part of itself."))

    @api.constrains("chosen", "active", "parent_id")
    def _check_chosen(self):
        self.backend_id._check_scopes_apart()

    # === BUSINESS METHODS === #

    def _line(self):
        """Return the scope, if it is one, and those it is part of, from the narrowest to the widest."""
        line, scope = self, self.parent_id
        while scope:
            line += scope
            scope = scope.parent_id
        return line

    def _is_chosen(self):
        """Whether the channel is for this scope: it, or one that it is part of, is chosen."""
        return any(self._line().mapped("chosen"))

    def _inherited(self, name):
        """Return the value of field `name` of the narrowest scope that has one; empty when none has."""
        return next((scope[name] for scope in self._line() if scope[name]), self.browse()[name])

    @api.model
    def _take_over(self, backend, documents):
        """Bring canonical `Scope`s into Odoo; those that are gone are archived. Return all of them.

        The language of a new one is the platform's, where Odoo has it.
        """
        scopes = self.with_context(active_test=False)
        known = {scope.external_id: scope for scope in scopes.search([("backend_id", "=", backend.id)])}
        stated = {document.external_id: self._document_values(document) for document in documents}
        for external_id, scope in known.items():
            wanted = stated.get(external_id, {"active": False})
            differing = {name: value for name, value in wanted.items() if scope[name] != value}
            if differing:
                scope.write(differing)
        languages = self._languages()
        new = [document for document in documents if document.external_id not in known]
        created = scopes.create(
            [
                {
                    **stated[document.external_id],
                    "backend_id": backend.id,
                    "external_id": document.external_id,
                    "lang_id": languages.get(document.language) or languages.get(document.language.split("-")[0]),
                }
                for document in new
            ]
        )
        known.update((document.external_id, scope) for document, scope in zip(new, created, strict=True))
        for document in documents:
            scope, parent = known[document.external_id], known.get(document.parent_external_id, scopes.browse())
            if scope.parent_id != parent:
                scope.parent_id = parent
        return scopes.union(*known.values())

    @api.model
    def _document_values(self, document):
        return {
            "name": document.name or document.code or document.external_id,
            "kind": document.kind,
            "code": document.code or False,
            "channel_external_id": document.channel_external_id or False,
            "active": document.active,
            "language": document.language or False,
            "currency": document.currency or False,
            "url": document.url or False,
        }

    @api.model
    def _languages(self):
        """Return {BCP 47 code: id} of the languages that are installed; `fr` is the first one of French."""
        found = {}
        for code, lang in self.env["res.lang"]._get_active_by("code").items():
            found.setdefault(code.split("_")[0], lang.id)
            found[code.split("@")[0].replace("_", "-")] = lang.id
        return found


class IntegrationBackend(models.Model):
    """The parts of the platform's account, and which of them the sales channel is for."""

    _inherit = "integration.backend"

    scope_ids = fields.One2many(
        "integration.scope", "backend_id", "Parts", copy=False, groups="connector_base.group_integration_user"
    )
    only_scopes = fields.Boolean(
        "Only Chosen Parts",
        copy=False,
        tracking=True,
        help="Orders of other parts of the account are left out, and products that are in none of the chosen parts. "
        "So channels of several companies can share one account, each with parts of its own.",
    )

    is_for_nothing = fields.Boolean(
        compute="_compute_is_for_nothing", help="The channel is for chosen parts only, and none is chosen yet."
    )

    @api.depends("only_scopes", "scope_ids.chosen")
    def _compute_is_for_nothing(self):
        for backend in self:
            backend.is_for_nothing = backend.only_scopes and not any(backend.sudo().scope_ids.mapped("chosen"))

    @api.constrains("only_scopes", "account_key", "state", "active")
    def _check_scopes_apart(self):
        """Channels of one account share it only if each is for some parts, and no part is of two of them."""
        for backend in self.sudo().with_context(active_test=False):
            others = backend._account_sharers()
            if not others:
                continue
            if not (backend.only_scopes and all(others.mapped("only_scopes"))):
                raise ValidationError(
                    self.env._(
                        "Several channels share the account %(account)s: each of them must be for “Only chosen parts”.",
                        account=backend.account_key,
                    )
                )
            mine, theirs = backend._chosen_external_ids(), others._chosen_external_ids()
            if twice := backend.scope_ids.filtered(lambda scope, both=mine & theirs: scope.external_id in both):
                raise ValidationError(
                    self.env._(
                        "Chosen on another channel of the same account already: %(parts)s. An order can't be in two "
                        "channels: choose each part on one of them.",
                        parts=", ".join(twice.mapped("complete_name")),
                    )
                )

    def _account_sharers(self):
        """Return the other channels that are connected to the same account."""
        self.ensure_one()
        if not (self.account_key and self.active and self.state in ("connected", "error")):
            return self.browse()
        return self.sudo().search(self._sharer_domain(self.account_key))

    def _sharer_domain(self, account_key):
        return Domain(
            [
                ("id", "!=", self.id),
                ("platform", "=", self.platform),
                ("account_key", "=", account_key),
                ("state", "in", ("connected", "error")),
            ]
        )

    def _chosen_external_ids(self):
        """Return the external ids of the scopes that these channels are for, those below the chosen ones included."""
        scopes = self.sudo().with_context(active_test=False).scope_ids
        return {scope.external_id for scope in scopes if scope._is_chosen()}

    def _connected_scopes(self):
        """Return the chosen scopes, all below them and those they are part of; all if the channel is for all."""
        self.ensure_one()
        scopes = self.sudo().scope_ids
        if not self.only_scopes:
            return scopes
        return scopes.browse().union(*(scope._line() for scope in scopes if scope._is_chosen()))

    # === READING THEM === #

    def action_refresh_scopes(self):
        """Read which parts the account has."""
        self.ensure_one()
        self.check_access("write")
        with self._user_errors():
            self._read_scopes()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _read_scopes(self):
        """Make the scopes be those of the platform; return them. Nobody makes them by hand."""
        return self.env["integration.scope"].sudo()._take_over(self, self._adapter()._fetch_scopes(self))

    def _read_scopes_soon(self):
        """Queue the reading of the scopes, where the platform has any."""
        for backend in self:
            if "scopes" in backend._adapter()._capabilities():
                backend._enqueue("import_scopes", identity_key=f"import_scopes:{backend.id}")

    def _start_work(self, since):
        """Override of `integration.backend`: what an account consists of may have changed since."""
        self._read_scopes_soon()
        return super()._start_work(since)
