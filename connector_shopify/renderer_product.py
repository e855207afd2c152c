"""Canonical products -> what Shopify's mutations take. Pure. What a document leaves UNSET is not sent.

https://shopify.dev/docs/api/admin-graphql/2026-10/input-objects/ProductSetInput,
.../ProductUpdateInput, .../ProductVariantsBulkInput, .../MetafieldsSetInput
"""

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError

from . import const

_STATUSES = {canonical: status for status, canonical in const.PRODUCT_STATUSES.items()}


def gid(kind, external_id):
    """Return the global id of an external id."""
    return f"gid://shopify/{kind}/{external_id}"


def render_set(document, parts, files=None, *, shown_with=False, key=""):
    """Return the `ProductSetInput` with `parts` of a product.

    Lists in it replace what the product has: each is sent whole or not at all.

    :param set parts: of `canonical.PRODUCT_PARTS`; attributes go along only with `key`
    :param list files: `FileSetInput`s of the product's pictures in their order, for part `images`
    :param bool shown_with: say for each variant which picture it is shown with; all variants are listed for that
    :param str key: of a product that is created: what it is found again by
    """
    values = render_basics(document, parts)
    if "variants" in parts:
        values["productOptions"] = _options(document)
        values["variants"] = [_set_variant(variant, parts) for variant in document.variants]
    elif shown_with:
        values["productOptions"] = _options(document)
        values["variants"] = [_named_variant(variant) for variant in document.variants]
    if shown_with:
        for variant, rendered in zip(document.variants, values["variants"], strict=True):
            rendered.update(_file_of(variant, document, files))
    if "images" in parts and document.images is not UNSET:
        values["files"] = files
    if "categories" in parts and document.category_ids is not UNSET:
        values["collections"] = [gid("Collection", external_id) for external_id in document.category_ids]
    if key:
        values["metafields"] = [{"key": const.PRODUCT_KEY, "type": "id", "value": key}, *_fields(document)]
    return values


def render_basics(document, parts):
    """Return texts (part `basics`) and status of a product as `ProductSetInput` and `ProductUpdateInput` take them."""
    values = {}
    if "basics" in parts:
        values = {
            "title": document.title,
            "descriptionHtml": document.description,
            "handle": document.handle or UNSET,  # empty: Shopify's own choice
            "vendor": document.vendor,
            "productType": document.product_type,
            "tags": document.tags if document.tags is UNSET else list(document.tags),
        }
        seo = _stated({"title": document.seo_title, "description": document.seo_description})
        values["seo"] = seo or UNSET
    if "status" in parts and document.status is not UNSET:
        values["status"] = _STATUSES[document.status]
    return _stated(values)


def render_prices(document):
    """Return the `ProductVariantsBulkInput`s with the prices of a product's variants."""
    rendered = ({"id": gid("ProductVariant", variant.external_id), **_prices(variant)} for variant in document.variants)
    return [values for values in rendered if len(values) > 1]


def render_metafields(document):
    """Return (`MetafieldsSetInput`s, `MetafieldIdentifierInput`s to delete) of a product and its variants.

    A custom field with an empty value is one that shall not be there: Shopify stores no empty values.
    """
    wanted, unwanted = [], []
    owners = [(gid("Product", document.external_id), document)]
    owners += [(gid("ProductVariant", variant.external_id), variant) for variant in document.variants]
    for owner, holder in owners:
        for attribute in holder.attributes or ():
            name = {"ownerId": owner, **_name(attribute)}
            if attribute.value:
                wanted.append(_stated({**name, "type": attribute.kind or UNSET, "value": attribute.value}))
            else:
                unwanted.append(name)
    return wanted, unwanted


def _stated(values):
    return {key: value for key, value in values.items() if value is not UNSET}


def _name(attribute):
    namespace, dot, key = attribute.key.rpartition(".")
    if not dot:
        raise DataError(
            f"“{attribute.key}” is no custom field of Shopify's: it lacks its namespace.",
            remedy="Correct the mapping of the field: namespace and key with a dot between, as Shopify's settings "
            "show them under Custom data, for instance custom.material.",
        )
    return {"namespace": namespace, "key": key}


def _fields(holder):
    """Return the `MetafieldInput`s of a product or variant that is created."""
    return [
        _stated({**_name(attribute), "type": attribute.kind or UNSET, "value": attribute.value})
        for attribute in holder.attributes or ()
        if attribute.value
    ]


def _options(document):
    if not document.options:
        return [{"name": const.DEFAULT_OPTION, "values": [{"name": const.DEFAULT_VALUE}]}]
    return [
        _stated(
            {
                "id": gid("ProductOption", option.external_id) if option.external_id else UNSET,
                "name": option.name,
                "position": position,
                "values": [{"name": value} for value in option.values],
            }
        )
        for position, option in enumerate(document.options, 1)
    ]


def _choices(variant):
    choices = variant.options or ((const.DEFAULT_OPTION, const.DEFAULT_VALUE),)
    return [{"optionName": name, "name": value} for name, value in choices]


def _named_variant(variant):
    """Return the least a variant's `ProductVariantSetInput` states."""
    return _stated(
        {
            "id": gid("ProductVariant", variant.external_id) if variant.external_id else UNSET,
            "optionValues": _choices(variant),
        }
    )


def _set_variant(variant, parts):
    """Return a variant's `ProductVariantSetInput`: all that is stated when the product is created."""
    values = {
        **_named_variant(variant),
        "barcode": variant.barcode,
        "taxable": variant.taxable,
        "inventoryItem": _item(variant) or UNSET,
    }
    if "prices" in parts or not variant.external_id:
        values.update(_prices(variant))
    if not variant.external_id and (fields := _fields(variant)):
        values["metafields"] = fields
    return _stated(values)


def _file_of(variant, document, files):
    """Return {"file": `FileSetInput`} of the picture that a variant is shown with; {} for none.

    The same file must be among those of the product.
    """
    if not variant.image:
        return {}
    files = zip(document.images, files, strict=False)
    found = (file for image, file in files if variant.image in (image.external_id, image.checksum))
    return {"file": file} if (file := next(found, None)) else {}


def _prices(variant):
    before = variant.compare_at_price
    return _stated(
        {
            "price": variant.price if variant.price is UNSET else _amount(variant.price),
            "compareAtPrice": before if before is UNSET or before is None else _amount(before),
        }
    )


def _item(variant):
    """Return what a variant's `InventoryItemInput` states."""
    cost = variant.cost
    weight = variant.weight
    return _stated(
        {
            "sku": variant.sku,
            "tracked": variant.tracked,
            "requiresShipping": variant.requires_shipping,
            "cost": cost if cost is UNSET or cost is None else _amount(cost),
            "harmonizedSystemCode": _or_none(variant.hs_code),
            "countryCodeOfOrigin": _or_none(variant.origin_country_code),
            "measurement": UNSET if weight is UNSET else {"weight": {"unit": "KILOGRAMS", "value": float(weight)}},
        }
    )


def _or_none(text):
    return text if text is UNSET else text or None


def _amount(amount):
    return format(amount, "f")
