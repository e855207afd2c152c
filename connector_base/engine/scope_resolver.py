from dataclasses import dataclass, replace

from odoo import api, models

from ..canonical import UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSettings:
    """What orders of one scope get in Odoo: the scope's own values, else the channel's. Records, empty ones for none.

    `pricelists`: the scope's, then the channel's; one is for orders in its currency only.
    """

    scope: object
    pricelists: tuple
    team: object
    warehouse: object
    language: str = ""
    analytic_distribution: dict | bool = False

    def pricelist(self, currency):
        """Return the pricelist for orders in `currency`, None if none is chosen for it."""
        return next((one for one in self.pricelists if one.currency_id == currency), None)


class IntegrationScopeResolver(models.AbstractModel):
    """Finds what the part of an account that an order was placed in says about it. One query for all scopes a page."""

    _name = "integration.scope.resolver"
    _description = "Scope Resolver"

    @api.model
    def _settings(self, backend, documents):
        """Return {external id: `OrderSettings`} of `documents`.

        Unknown scopes have the channel's settings.
        """
        stated = {document.scope_external_id or "" for document in documents}
        scopes = self._scopes(backend) if stated - {""} else {}
        found = {external_id: self._of_scope(backend, scopes.get(external_id)) for external_id in stated}
        return {document.external_id: found[document.scope_external_id or ""] for document in documents}

    @api.model
    def _scopes(self, backend):
        """Return {external id: scope} of all scopes of the channel."""
        return {scope.external_id: scope for scope in backend.with_context(active_test=False).scope_ids}

    @api.model
    def _note_unknown(self, backend, documents):
        """Have the scopes read soon if one of `documents` names one that is not known."""
        stated = {document.scope_external_id for document in documents if document.scope_external_id}
        if stated and stated - self._scopes(backend).keys():
            backend._read_scopes_soon()

    @api.model
    def _of_scope(self, backend, scope):
        scope = scope or self.env["integration.scope"]
        if not scope:
            own, language = {}, ""
        else:
            names = ("pricelist_id", "team_id", "warehouse_id", "analytic_distribution")
            own = {name: scope._inherited(name) for name in names}
            language = scope._inherited("lang_id").code or ""
        pricelists = [own.get("pricelist_id"), backend.pricelist_id]
        return OrderSettings(
            scope=scope,
            pricelists=tuple(pricelist for pricelist in pricelists if pricelist),
            team=own.get("team_id") or backend.team_id,
            warehouse=own.get("warehouse_id") or backend.warehouse_id,
            language=language,
            analytic_distribution=own.get("analytic_distribution") or backend.analytic_distribution,
        )

    @api.model
    def _in_language(self, document, settings):
        """Return `document` with the scope's language for a customer of whom none is stated."""
        customer = document.customer
        if not settings.language or not customer or customer.language is not UNSET:
            return document
        return replace(document, customer=replace(customer, language=settings.language))

    # === WHAT THE CHANNEL IS FOR === #

    @api.model
    def _skip_reason(self, backend, document):
        """Return why an order is none of a channel that is for some scopes only; "" when it is."""
        if not backend.only_scopes:
            return ""
        if not document.scope_external_id:
            return self.env._("it names no part of the account, and the channel is for some parts only")
        scope = self._scopes(backend).get(document.scope_external_id)
        if not scope:
            return self.env._("it is of a part of the account that is unknown yet")
        if scope._is_chosen():
            return ""
        return self.env._("it is of “%s”, which the channel is not for", scope.complete_name)

    @api.model
    def _product_skip_reason(self, backend, document):
        """Return why a product is none of a channel that is for some scopes only; "" when it is, or may be."""
        if not backend.only_scopes or document.channel_ids is UNSET:
            return ""
        if set(backend._connected_scopes().mapped("channel_external_id")).isdisjoint(document.channel_ids):
            return self.env._("it is in none of the parts of the account that the channel is for")
        return ""
