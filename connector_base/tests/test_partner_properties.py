"""Whatever the order of documents and however they come in pages: the same customers, companies and addresses."""

import os
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer

from .order_common import EngineCase, make_address, make_order

EXAMPLES = int(os.environ.get("PARTNER_EXAMPLES", "4"))
STREETS = ("1 High Street", "2  HIGH street", "Große Straße 3")
VATS = ("BE0477472701", "be 0477.472.701", "0477-472-701")


def spelled(draw, text):
    """Return `text` as somebody else may have typed it."""
    return draw(st.sampled_from([text, text.upper(), f" {text} "]))


@st.composite
def documents(draw):
    """Return one order of a guest, of one of two customers, or of one of two people of a company, or the company."""
    kind = draw(st.sampled_from(["guest", "nameless", "customer", "member", "company"]))
    # a company has one e-mail of its own: of several, it keeps the first
    number = 0 if kind == "company" else draw(st.integers(0, 1))
    name = f"{kind} {number}"
    email = f"{kind}{number}@example.com"
    customer = None
    if kind == "customer":
        customer = Customer(external_id=str(number), email=spelled(draw, email), name=name)
    elif kind in ("member", "company"):
        customer = Customer(
            external_id=f"{kind}{number}" if draw(st.booleans()) else "",
            email=spelled(draw, email),
            name=name if kind == "member" else "",
            company="The Company",
            company_external_id="7" if draw(st.booleans()) else "",
            vat=draw(st.sampled_from(VATS)),
        )
    place = {"country_code": "BE", "state_code": "", "name": name}
    billing, shipping = (make_address(street=draw(st.sampled_from(STREETS)), **place) for _role in range(2))
    return make_order(
        "0",
        customer=customer,
        email=spelled(draw, email) if kind == "guest" else "",
        billing_address=make_address(**place) if kind == "nameless" else billing,
        shipping_address=None if kind == "nameless" or draw(st.booleans()) else shipping,
    )


@st.composite
def histories(draw):
    """Return some documents, and another order and another split into pages of them."""
    page = [replace(document, external_id=str(n)) for n, document in enumerate(draw(st.lists(documents(), max_size=7)))]
    shuffled = draw(st.permutations(page))
    size = draw(st.integers(1, 4))
    return [page], [shuffled[start : start + size] for start in range(0, len(page), size)]


@tagged("post_install", "-at_install")
class TestPartnerProperties(EngineCase):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(histories())
    def test_order_and_pages_do_not_matter(self, both):
        self.assertEqual(*(self.outcome(pages) for pages in both))

    def outcome(self, pages):
        """Import `pages`; return who and where there is then, and forget it."""
        with self.env.cr.savepoint() as savepoint:
            before = self.env["res.partner"].with_context(active_test=False).search([])
            for page in pages:
                result = self.import_orders(*page)
                self.assertEqual(len(result.created), len(page), result.failed)
            partners = self.env["res.partner"].search([]) - before
            people = partners.filtered(lambda partner: partner.type == "contact")
            who = sorted(
                (partner.email_normalized or "", partner.name, partner.parent_id.name or "") for partner in people
            )
            where = {self.whose(partner) for partner in partners if partner.street}
            self.assert_no_address_twice(partners)
            whose = {
                order.integration_external_id: (order.partner_id.email_normalized, order.partner_id.name)
                for order in self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])
            }
            savepoint.rollback()
        self.env.invalidate_all()
        return who, where, whose

    def whose(self, partner):
        root = partner.commercial_partner_id
        return root.name, " ".join(partner.street.casefold().split()), partner.zip

    def assert_no_address_twice(self, partners):
        addresses = [partner for partner in partners if partner.type != "contact"]
        keys = {(partner.parent_id, partner.name, self.whose(partner)) for partner in addresses}
        self.assertEqual(len(keys), len(addresses))
