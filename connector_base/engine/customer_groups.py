from odoo import api, models


class IntegrationCustomerGroups(models.AbstractModel):
    """Gives customers the pricelist of their group on the platform."""

    _name = "integration.customer.groups"
    _description = "Customer Groups"

    @api.model
    def _give_pricelists(self, backend, documents, parties):
        """Give the customers of `documents` (orders or accounts) the pricelist that their group is mapped to.

        A pricelist that no group of the channel is mapped to was chosen by a user: it stays. Groups that have no
        mapping yet get one to be filled in. One query a page, none where the channel doesn't want it.

        :param parties: {external id of the document: (customer, ...)}
        """
        if not backend.import_customer_groups:
            return
        groups, labels = {}, {}
        for document in documents:
            customer = document.customer
            if customer and customer.group_external_id and document.external_id in parties:
                partner = parties[document.external_id][0].commercial_partner_id
                groups[partner] = customer.group_external_id
                labels[customer.group_external_id] = customer.group_name or customer.group_external_id
        if not groups:
            return
        mappings = self.env["integration.mapping"].sudo().with_context(active_test=False)
        known = mappings.search_fetch(
            [("backend_id", "=", backend.id), ("kind", "=", "customer_group")],
            ["external_value", "pricelist_id", "active"],
        )
        by_group = {mapping.external_value: mapping.pricelist_id for mapping in known if mapping.active}
        given = known.pricelist_id
        for partner, group in groups.items():
            wanted = by_group.get(group)
            present = partner.specific_property_product_pricelist
            if wanted and present != wanted and (not present or present in given):
                partner.specific_property_product_pricelist = wanted
        missing = labels.keys() - set(known.mapped("external_value"))
        if missing:
            mappings._note_missing(backend, "customer_group", {group: labels[group] for group in missing})
