from typing import NamedTuple

from odoo import api, models

from .clock import naive


class Compared(NamedTuple):
    """Stubs of a page by what Odoo has of them, and {external id: binding} of those it has.

    `current` are applied in their present state, `held` too, but they wait for a person; `outdated` changed since.
    Odoo has none of the `unknown` ones, nor of those `elsewhere`: (stub, why) of scopes that the channel is not for.
    """

    current: list
    held: list
    outdated: list
    unknown: list
    elsewhere: list
    bindings: dict


class IntegrationOrderComparer(models.AbstractModel):
    """Tells from stubs what Odoo lacks of a platform's orders, in two queries per page."""

    _name = "integration.order.comparer"
    _description = "Order Comparer"

    @api.model
    def _unreadable_elsewhere(self, backend, errors):
        """Return {external id: why} of orders that Odoo hasn't, of scopes that the channel is not for.

        :param dict errors: {external id: DataError} of orders that can't be read
        """
        foreign = self.env["integration.scope.resolver"]._listed_skip_reasons(backend.sudo(), errors.values())
        scopes = {key: getattr(error, "scope_external_id", None) for key, error in errors.items()}
        found = {key: foreign[scope] for key, scope in scopes.items() if scope in foreign}
        if found:
            domain = [("backend_id", "=", backend.id), ("external_id", "in", list(found))]
            for binding in self.env["integration.binding.order"].search_fetch(domain, ["external_id"]):
                del found[binding.external_id]
        return found

    @api.model
    def _compare(self, backend, stubs):
        """Return the `Compared` of `stubs` with what was imported from `backend`."""
        found = self.env["integration.binding.order"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", [stub.external_id for stub in stubs])],
            ["external_id", "odoo_id", "remote_created_at", "remote_updated_at"],
        )
        found.odoo_id.fetch(["integration_hold_reason"])
        bindings = {binding.external_id: binding for binding in found}
        foreign = self.env["integration.scope.resolver"]._listed_skip_reasons(backend.sudo(), stubs)
        result = Compared([], [], [], [], [], bindings)
        for stub in stubs:
            binding = bindings.get(stub.external_id)
            if not binding and (reason := foreign.get(stub.scope_external_id)):
                result.elsewhere.append((stub, reason))
            elif not binding:
                result.unknown.append(stub)
            elif not binding.remote_updated_at or naive(stub.updated_at) > binding.remote_updated_at:
                result.outdated.append(stub)
            elif binding.odoo_id.integration_hold_reason:
                result.held.append(stub)
            else:
                result.current.append(stub)
        return result
