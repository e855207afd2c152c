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
        return OrderSettings(
            scope=scope,
            pricelists=tuple(filter(None, (scope._inherited("pricelist_id"), backend.pricelist_id))),
            team=scope._inherited("team_id") or backend.team_id,
            warehouse=scope._inherited("warehouse_id") or backend.warehouse_id,
            language=scope._inherited("lang_id").code or "",
            analytic_distribution=scope._inherited("analytic_distribution") or backend.analytic_distribution,
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
        return self._scope_skip_reason(backend, document.scope_external_id) if backend.only_scopes else ""

    @api.model
    def _listed_skip_reasons(self, backend, stubs):
        """Return {external id of a scope: why its orders are none of the channel}, of the scopes that `stubs` name.

        Scopes that are unknown are read soon.

        :param stubs: `OrderStub`s, or `DataError`s of orders that can't be read
        """
        if not backend.only_scopes:
            return {}
        self._note_unknown(backend, stubs)
        stated = {stub.scope_external_id for stub in stubs} - {UNSET, None}
        reasons = {external_id: self._scope_skip_reason(backend, external_id) for external_id in stated}
        return {external_id: reason for external_id, reason in reasons.items() if reason}

    @api.model
    def _scope_skip_reason(self, backend, external_id):
        if not external_id:
            return self.env._("it names no part of the account, and the channel is for some parts only")
        scope = self._scopes(backend).get(external_id)
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
