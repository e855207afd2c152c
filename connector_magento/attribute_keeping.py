"""Attributes and options that products need: found, or made. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/define-config-product-options
"""

import re
import unicodedata
from dataclasses import replace

from odoo.addons.connector_base.transport import DataError

from . import const
from .criteria import search_criteria
from .parser_reader import Reader
from .terms import parse_attribute

_CODE_LENGTH = 30


class AttributeKeeper:
    """Keeps a shop's attributes as products need them.

    :param client: `MagentoClient`
    :param terms: a function that returns the shop's `Terms`; what is made is added there
    """

    def __init__(self, client, terms):
        self._client = client
        self._terms = terms
        self._members = {}  # {attribute set id: codes of its attributes}

    def axis(self, option, set_id):
        """Return the attribute that variants differ in, with all options that `option` names, in an attribute set.

        :param Option option: of the product
        :raise DataError: Magento refuses what is missing
        """
        attribute = self._terms().attribute_by_id(option.external_id) or self._terms().find_axis(option.name)
        if not attribute:
            attribute = self._make(option.name)
        for label in option.values:
            self.ensure_option(attribute, label)
        self._ensure_member(attribute, set_id)
        return attribute

    def ensure_option(self, attribute, label):
        """Return the value of an attribute's option, which is added if it is not there."""
        if attribute.value_of(label) is None:
            self._client.call(
                "POST", "products/attributes/{}/options", attribute.code, json={"option": {"label": label}}
            )
            # the answer's id has changed its form from version to version
            options = self._client.call("GET", "products/attributes/{}/options", attribute.code)
            readers = [Reader(option, "option") for option in options]
            attribute.options = {one.text("value"): one.text("label") for one in readers if one.text("value")}
            if attribute.value_of(label) is None:
                raise DataError(
                    f"Magento does not show the option “{label}” that the attribute {attribute.code} was given.",
                    remedy="Add it in Magento under Stores > Attributes > Product, then send the product again.",
                )
        return attribute.value_of(label)

    def _make(self, name):
        """Make an attribute that variants may differ in."""
        code, number = code_of(name), 1
        while code in self._terms().attributes:
            number += 1
            code = f"{code_of(name)}_{number}"
        made = self._client.call(
            "POST",
            "products/attributes",
            json={
                "attribute": {
                    "attribute_code": code,
                    "frontend_input": "select",
                    "entity_type_id": const.PRODUCT_ENTITY_TYPE,
                    "scope": const.GLOBAL_SCOPE,
                    "is_required": False,
                    "default_frontend_label": name,
                    "frontend_labels": [{"store_id": 0, "label": name}],
                }
            },
        )
        attribute = replace(parse_attribute(made), kind="select", scope=const.GLOBAL_SCOPE)
        self._terms().attributes[code] = attribute
        return attribute

    def _ensure_member(self, attribute, set_id):
        """Have the attribute be in an attribute set: products of another one can't have it."""
        if set_id not in self._members:
            found = self._client.call("GET", "products/attribute-sets/{}/attributes", set_id)
            self._members[set_id] = {entry.get("attribute_code") for entry in found}
        if attribute.code in self._members[set_id]:
            return
        groups, _total = self._client.search(
            "products/attribute-sets/groups/list", search_criteria(("attribute_set_id", "eq", set_id))
        )
        if not groups:
            raise DataError(
                f"The attribute set {set_id} of Magento has no group for the attribute {attribute.code}.",
                remedy="Add the attribute to the set in Magento under Stores > Attributes > Attribute Set.",
            )
        self._client.call(
            "POST",
            "products/attribute-sets/attributes",
            json={
                "attributeSetId": int(set_id),
                "attributeGroupId": int(Reader(groups[0], "group").number("attribute_group_id", None)),
                "attributeCode": attribute.code,
                "sortOrder": 100,
            },
        )
        self._members[set_id].add(attribute.code)


def code_of(name):
    """Return what an attribute is called in Magento's code: a letter first, then letters, numbers and underscores."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_CODE_LENGTH]
    return code if code[:1].isalpha() else f"attribute_{code}".rstrip("_")
