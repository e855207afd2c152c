from odoo import api, models
from odoo.tools import SQL

from ..canonical import Address, Customer, CustomerAccount, CustomerPush, digest

# Fields of contacts that a platform is told
SENT_FIELDS = frozenset(
    {"name", "email", "phone", "lang", "street", "street2", "city", "zip", "state_id", "country_id", "company_name"}
)


class IntegrationCustomerExporter(models.AbstractModel):
    """Tells platforms what changed of their customers."""

    _name = "integration.customer.exporter"
    _description = "Customer Exporter"

    @api.model
    def _account(self, binding):
        """Return the `CustomerAccount` of what Odoo has for a bound contact.

        The address is stated only for one that the platform doesn't have yet: there addresses have a life of their own.
        """
        partner = binding.odoo_id
        customer = Customer(
            external_id=binding.external_id or "",
            name=partner.name or "",
            email=partner.email_normalized or "",
            phone=partner.phone or "",
            company=partner.company_name or "",
            language=(partner.lang or "").replace("_", "-"),
        )
        return CustomerAccount(customer=customer, addresses=() if binding.external_id else self._addresses(partner))

    @api.model
    def _addresses(self, partner):
        if not (partner.country_id and (partner.street or partner.city)):
            return ()
        return (
            Address(
                name=partner.name or "",
                company=partner.company_name or "",
                street=partner.street or "",
                street2=partner.street2 or "",
                city=partner.city or "",
                zip=partner.zip or "",
                state_code=partner.state_id.code or "",
                country_code=partner.country_id.code or "",
                phone=partner.phone or "",
            ),
        )

    @api.model
    def _note_agreed(self, bindings):
        """Remember that the platform has what Odoo has now: pushing it would change nothing."""
        for binding in bindings:
            binding.digest_out = digest(self._account(binding).customer)

    @api.model
    def _note_pushed(self, binding):
        """Remember that the platform was told what Odoo has: a difference from now on is somebody's change."""
        self._note_agreed(binding)
        partner = binding.odoo_id
        told = {name: partner[name] for name in ("name", "email", "phone") if partner[name]}
        binding.agreed_values = {**(binding.agreed_values or {}), **told}

    @api.model
    def _pushes(self, bindings):
        """Return {key: (binding, CustomerPush)} of those whose platform doesn't have what Odoo has."""
        pushes = {}
        for binding in bindings:
            account = self._account(binding)
            if not binding.external_id or binding.digest_out != digest(account.customer):
                pushes[str(binding.id)] = binding, CustomerPush(key=str(binding.id), account=account)
        return pushes

    @api.model
    def _note_changes(self, partners):
        """Mark the customers of channels among `partners` that export; not for the channel a change comes from."""
        if not partners:
            return
        source = self.env.context.get("integration_from_backend") or 0
        self.env["integration.binding.partner"].flush_model(["odoo_id", "backend_id", "external_id"])
        self.env["integration.backend"].flush_model(["export_customers", "state"])
        self.env["integration.change"].sudo()._note(
            "customer",
            SQL(
                "SELECT b.backend_id, b.id FROM integration_binding_partner b"
                " JOIN integration_backend c ON c.id = b.backend_id"
                " WHERE b.odoo_id = ANY(%s) AND c.export_customers AND c.active AND c.id != %s"
                " AND b.external_id NOT LIKE '%%:%%'",
                partners.ids,
                source,
            ),
        )
