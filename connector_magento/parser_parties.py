"""Addresses, customers and who bought, as Magento states them -> canonical. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (OrderAddressInterface), .../customers/
(CustomerInterface, AddressInterface)
"""

from odoo.addons.connector_base.canonical import UNSET, Address, Customer, CustomerAccount, clean_text

from .parser_reader import read

NAME_PARTS = ("prefix", "firstname", "middlename", "lastname", "suffix")
# Magento wants first and last name: this is written where one is missing
NO_NAME = "-"
# https://developer.adobe.com/commerce/webapi/rest/modules/customers/ (extension attribute of customers)
SUBSCRIBED = "newsletter"


def parse_customer(payload, *, groups=None):
    """Return the `CustomerAccount` of a customer, its default billing address first.

    Subscribers of the newsletter have the tag `newsletter`; their group is a tag too.

    :param dict payload: CustomerInterface (GET /V1/customers/{id} or an item of /V1/customers/search)
    :param dict groups: {id: name} of the customer groups (GET /V1/customerGroups/search); None: groups are not read
    :raise DataError: it is not as documented
    """
    node = read(payload, "customer", "id")
    places = [(_rank(place), address(place)) for place in node.children("addresses")]
    places = [place for _rank, place in sorted(places, key=lambda entry: entry[0])]
    home = places[0] if places else None
    name = full_name(node)
    vats = [place.text("vat_id") for place in sorted(node.children("addresses"), key=_rank)]
    return CustomerAccount(
        customer=Customer(
            external_id=node.required_identifier("id"),
            email=node.required_text("email"),
            name=name or (home.name if home else ""),
            phone=home.phone if home else "",
            company=home.company if home else "",
            company_external_id=_company(node).identifier("company_id"),
            vat=node.text("taxvat") or next(filter(None, vats), ""),
            tags=_tags(node, groups),
            **_group(node, "group_id", groups),
        ),
        updated_at=node.time("updated_at"),
        addresses=tuple(dict.fromkeys(places)),
    )


def _rank(place):
    return (not place.flag("default_billing"), not place.flag("default_shipping"))


def _company(node):
    """What Adobe Commerce for B2B says of a customer: https://developer.adobe.com/commerce/webapi/rest/b2b/company"""
    return node.extension.child_or_empty("company_attributes")


def _tags(node, groups):
    states = node.extension.has("is_subscribed")
    if groups is None and not states:
        return UNSET
    group = (groups or {}).get(node.text("group_id"))
    return tuple(sorted(filter(None, (group, SUBSCRIBED if node.extension.flag("is_subscribed") else None))))


def _group(node, key, groups):
    """Return the fields of a canonical Customer about its group; nothing where groups are not read."""
    if groups is None or not node.has(key):
        return {}
    return {"group_external_id": node.text(key), "group_name": groups.get(node.text(key), "")}


def address(node):
    """Return the Address of a Reader of an address of an order or of a customer; None stays None."""
    if node is None:
        return None
    streets = _streets(node)
    region = node.data.get("region")
    if isinstance(region, dict):  # a customer's; an order's has the three in itself
        region = node.child("region")
        state_code, state_name = (region.text("region_code"), region.text("region")) if region else ("", "")
    else:
        state_code, state_name = node.text("region_code"), node.text("region") if region != [] else ""
    return Address(
        name=full_name(node),
        company=node.text("company"),
        street=streets[0] if streets else "",
        street2=", ".join(streets[1:]),
        city=node.text("city"),
        zip=node.text("postcode"),
        state_code=state_code,
        state_name=state_name,
        country_code=node.text("country_id"),
        phone=node.text("telephone"),
    )


def _streets(node):
    """The lines of the street: a list, or a text with line breaks in what extensions write."""
    street = node.data.get("street")
    lines = street.split("\n") if isinstance(street, str) else node.items("street")
    if not all(line is None or isinstance(line, (str, int)) for line in lines):
        raise node.error("is not a list of texts", "street")
    return [text for line in lines if (text := clean_text(str(line or "")))]


def full_name(node, start=""):
    """Return the parts of a name in one, the keys of which begin with `start`; `NO_NAME` stands for none."""
    parts = (node.text(f"{start}{part}") for part in NAME_PARTS)
    return " ".join(part for part in parts if part not in ("", NO_NAME))


def buyer(order, billing, groups):
    """Return the Customer of an order (Reader); a guest has no external id.

    A tax number counts with the company of the bill it stands on.

    :param Address billing: the order's, or None
    :param dict groups: {id: name} of the customer groups, None when not read
    """
    bill = order.child_or_empty("billing_address")
    firm = order.extension.child_or_empty("company_order_attributes")
    group = groups and groups.get(order.text("customer_group_id"))
    customer = Customer(
        external_id="" if order.flag("customer_is_guest") else order.identifier("customer_id"),
        email=order.text("customer_email") or bill.text("email"),
        name=full_name(order, "customer_") or (billing.name if billing else ""),
        phone=billing.phone if billing else "",
        company=firm.text("company_name") or (billing.company if billing else ""),
        company_external_id=firm.identifier("company_id"),
        vat=order.text("customer_taxvat") or bill.text("vat_id"),
        tags=(group,) if group else UNSET,
        # that a guest is one says nothing of what else the customer buys at
        **({} if order.flag("customer_is_guest") else _group(order, "customer_group_id", groups)),
    )
    return customer if customer != Customer() else None
