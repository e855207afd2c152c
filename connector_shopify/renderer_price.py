"""Prices as `priceListFixedPricesUpdate` takes them. No Odoo import."""


def variant_gid(price):
    """Return the global id of the variant of a `ListedPrice`."""
    return f"gid://shopify/ProductVariant/{price.variant_external_id}"


def price_input(price, currency):
    """Return the `PriceListPriceInput` of a `ListedPrice`.

    https://shopify.dev/docs/api/admin-graphql/2026-10/input-objects/PriceListPriceInput
    """
    before = price.compare_at_amount
    return {
        "variantId": variant_gid(price),
        "price": {"amount": str(price.amount), "currencyCode": currency},
        "compareAtPrice": {"amount": str(before), "currencyCode": currency} if before is not None else None,
    }
