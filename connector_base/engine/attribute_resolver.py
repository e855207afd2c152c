from dataclasses import dataclass, field

from odoo import api, models

from .product_page import name_key


@dataclass(slots=True)
class AttributePage:
    """Attributes, values and tags of one page of products, and who needs what is missing.

    `attributes` per (name key, dynamic), `values` per (attribute id, value key), `tags` per name key. `missing` per
    what is to be created: (its name as written, ids of the products that need it).
    """

    attributes: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)

    def need(self, key, name, external_id):
        self.missing.setdefault(key, (name, set()))[1].add(external_id)


class IntegrationAttributeResolver(models.AbstractModel):
    """Finds attributes, their values and product tags by name, case aside; makes those that are missing, once."""

    _name = "integration.attribute.resolver"
    _description = "Attribute Resolver"

    @api.model
    def _plan(self, entries):
        """Look up what `entries` need: all of those that get attributes, and tags; return an `AttributePage`."""
        page = AttributePage()
        growing = [entry for entry in entries if entry.is_new or entry.follows or entry.incomplete]
        if any(entry.options for entry in growing):
            self._plan_attributes(growing, page)
        tagged = [entry for entry in entries if "tags" in entry.applied and entry.document.tags]
        if tagged:
            page.tags = {name_key(tag.name): tag for tag in self.env["product.tag"].search_fetch([], ["name"])}
            for entry in tagged:
                for tag in entry.document.tags:
                    if name_key(tag) and name_key(tag) not in page.tags:
                        page.need(("tag", name_key(tag)), tag.strip(), entry.external_id)
        return page

    @api.model
    def _plan_attributes(self, entries, page):
        wanted = {name_key(name) for entry in entries for name, _values in entry.options}
        known = self.env["product.attribute"].search_fetch(
            [("create_variant", "!=", "no_variant")], ["name", "create_variant"], order="id desc"
        )
        for attribute in known:
            if name_key(attribute.name) in wanted:
                page.attributes[name_key(attribute.name), attribute.create_variant == "dynamic"] = attribute
        # All of their values, not those of some names: case is compared here, PostgreSQL's depends on its locale.
        used = self.env["product.attribute"].union(*page.attributes.values())
        values = self.env["product.attribute.value"].search_fetch(
            [("attribute_id", "in", used.ids)], ["name", "attribute_id"], order="id desc"
        )
        page.values = {(value.attribute_id.id, name_key(value.name)): value for value in values}
        for entry in entries:
            for (name, values), attribute in zip(entry.options, self._attributes(entry, page), strict=True):
                if not attribute or any((attribute.id, name_key(value)) not in page.values for value in values):
                    page.need(("attribute", name_key(name)), name, entry.external_id)

    @api.model
    def _attributes(self, entry, page):
        """Return the attribute of each option of `entry`: the one its template has, else one of that name, else none.

        The first one of a sparse product must be dynamic: one is enough to keep Odoo from making combinations.
        """
        lines = entry.template.attribute_line_ids._without_no_variant_attributes() if entry.template else ()
        own = {name_key(line.attribute_id.name): line.attribute_id for line in lines}
        found = []
        for index, (name, _values) in enumerate(entry.options):
            key = name_key(name)
            must = entry.is_sparse and not index
            choices = [(key, True)] if must else [(key, False), (key, True)]
            attribute = own.get(key) or next((page.attributes[c] for c in choices if c in page.attributes), None)
            found.append(attribute)
        return found

    # === CREATE === #

    @api.model
    def _lock_keys(self, page):
        """Return {advisory lock key: external ids} of what `_complete` will create."""
        return {f"product_{kind}:{key}": ids for (kind, key), (_name, ids) in page.missing.items()}

    @api.model
    def _complete(self, entries, page):
        """Create the attributes, values and tags that `entries` lack."""
        surviving = {entry.external_id for entry in entries}
        tags = {key: name for (kind, key), (name, ids) in page.missing.items() if kind == "tag" and ids & surviving}
        for key, tag in zip(tags, self.env["product.tag"].create([{"name": n} for n in tags.values()]), strict=True):
            page.tags[key] = tag
        if any(kind == "attribute" for kind, _key in page.missing):
            self._complete_attributes(entries, page)

    @api.model
    def _complete_attributes(self, entries, page):
        growing = [entry for entry in entries if entry.is_new or entry.follows or entry.incomplete]
        missing = {}
        for entry in growing:
            for index, (name, _values) in enumerate(entry.options):
                if not self._attributes(entry, page)[index]:
                    missing.setdefault((name_key(name), entry.is_sparse and not index), name)
        for key, dynamic in list(missing):
            if dynamic:  # the same will do for the others
                missing.pop((key, False), None)
        attributes = self.env["product.attribute"].create(
            [
                {"name": name.strip(), "create_variant": "dynamic" if dynamic else "always"}
                for (_key, dynamic), name in missing.items()
            ]
        )
        page.attributes.update(zip(missing, attributes, strict=True))
        values = {}
        for entry in growing:
            for (_name, names), attribute in zip(entry.options, self._attributes(entry, page), strict=True):
                for name in names:
                    if (attribute.id, name_key(name)) not in page.values:
                        values.setdefault((attribute.id, name_key(name)), name)
        created = self.env["product.attribute.value"].create(
            [{"attribute_id": attribute_id, "name": name.strip()} for (attribute_id, _key), name in values.items()]
        )
        page.values.update(zip(values, created, strict=True))
