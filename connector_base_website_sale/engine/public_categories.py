from collections import defaultdict

from odoo import Command, api, models

from odoo.addons.connector_base.engine.product_exporter import SENT_OWNERS
from odoo.addons.connector_base.engine.product_page import name_key


class IntegrationPublicCategories(models.AbstractModel):
    """Keeps categories of sales channels and of the website in step.

    The platform says what its categories are called and what they are part of; products follow both ways. What is
    followed are changes: a product that is put into a category on one side, or taken out of it, is so on the other.
    Several channels may share a public category; a product leaves it when no channel has it there any more.
    """

    _name = "integration.public.categories"
    _description = "Categories of Sales Channels and of the Website"

    # === CATEGORIES === #

    @api.model
    def _link(self, backend):
        """Give each category of the channel a public one: that with its name, in the same place, else a new one.

        Parents come first, a level at a time. Those whose names were not read yet have to wait.
        """
        if not backend.sync_public_categories:
            return
        self = self.sudo().with_context(lang=backend._product_lang())  # noqa: PLW0642
        categories = self.env["integration.category"].search([("backend_id", "=", backend.id)])
        free = {}  # {(parent id, name): public category}
        for public in self.env["product.public.category"].search([("id", "not in", categories.public_categ_id.ids)]):
            free.setdefault((public.parent_id.id, name_key(public.name)), public)
        todo = categories.filtered(lambda c: not c.public_categ_id and c.name != c.external_id)
        levels = todo.grouped(lambda category: category.parent_path.count("/"))
        for _depth, level in sorted(levels.items()):
            new = todo.browse()
            for category in level:
                public = free.pop((category.parent_id.public_categ_id.id, name_key(category.name)), None)
                if public:
                    category.public_categ_id = public
                else:
                    new |= category
            created = self.env["product.public.category"].create(
                [{"name": category.name, "parent_id": category.parent_id.public_categ_id.id} for category in new]
            )
            for category, public in zip(new, created, strict=True):
                category.public_categ_id = public

    @api.model
    def _fill(self, categories):
        """Put the products of `categories`, whose public ones were just chosen, into these."""
        categories = categories.sudo().filtered(lambda c: c.public_categ_id and c.backend_id.sync_public_categories)
        bindings = self.env["integration.binding.product"].sudo().search([("category_ids", "in", categories.ids)])
        self._move_products({binding: (binding.category_ids & categories, categories.browse()) for binding in bindings})

    # === FROM CHANNELS TO THE WEBSITE === #

    @api.model
    def _follow_platform(self, backend, stated):
        """Put products into public categories as the platform has them, and out of the others it could have.

        :param dict stated: {product binding: its categories}
        """
        if not (stated and backend.sync_public_categories):
            return
        linked = self.env["integration.category"].search(
            [("backend_id", "=", backend.id), ("public_categ_id", "!=", False)]
        )
        if linked:
            self._move_products({binding: (there, linked - there) for binding, there in stated.items()})

    @api.model
    def _move_products(self, moved):
        """Have the public categories of products follow {product binding: (categories it is in now, no more)}."""
        if not moved:
            return
        bindings = self.env["integration.binding.product"].sudo().union(*moved)
        kept = defaultdict(set)  # {template id: public categories of its other bindings}
        for other in bindings.search([("odoo_id", "in", bindings.odoo_id.ids), ("id", "not in", bindings.ids)]):
            if other.backend_id.sync_public_categories:
                kept[other.odoo_id.id].update(other.category_ids.public_categ_id.ids)
        groups = defaultdict(self.env["product.template"].sudo)
        for binding in bindings:  # the union of all: what each needs is read for all of them at once
            now, no_more = moved[binding]
            template, wanted = binding.odoo_id, set(now.sudo().public_categ_id.ids)
            there = set(template.public_categ_ids.ids)
            leaving = set(no_more.sudo().public_categ_id.ids) & there - wanted - kept[template.id]
            if (joining := wanted - there) or leaving:
                groups[frozenset(joining), frozenset(leaving)] |= template
        for (joining, leaving), templates in groups.items():
            templates.write({"public_categ_ids": self._commands(joining, leaving)})

    # === FROM THE WEBSITE TO CHANNELS === #

    @api.model
    def _follow_website(self, moved):
        """Have the wishes for products on sales channels follow the website.

        Not those of the channel that is being imported from, nor where the platform decides.

        :param dict moved: {template id: (ids of public categories it was put into, those it was taken out of)}
        """
        moved = {template_id: sets for template_id, sets in moved.items() if any(sets)}
        if not moved:
            return
        bindings = (
            self.env["integration.binding.product"]
            .sudo()
            .search(
                [("odoo_id", "in", list(moved)), ("backend_id", "!=", self.env.context.get("integration_from_backend"))]
            )
        )
        linked = self._followers(bindings.backend_id, set().union(*(ids for sets in moved.values() for ids in sets)))
        by_channel = linked.grouped("backend_id")
        groups = defaultdict(bindings.browse)
        for binding in bindings:
            joined, left = moved[binding.odoo_id.id]
            of_channel, there = by_channel.get(binding.backend_id, linked.browse()), binding.category_ids
            joining = of_channel.filtered(lambda c, ids=joined: c.public_categ_id.id in ids) - there
            leaving = of_channel.filtered(lambda c, ids=left: c.public_categ_id.id in ids) & there
            if joining or leaving:
                groups[joining, leaving] |= binding
        for (joining, leaving), of_group in groups.items():
            of_group.write({"category_ids": self._commands(joining.ids, leaving.ids)})

    @api.model
    def _join(self, bindings):
        """Wish products that were just published on a channel to be in its categories as on the website."""
        bindings = bindings.sudo()
        linked = self._followers(bindings.backend_id, bindings.odoo_id.public_categ_ids.ids)
        by_channel = linked.grouped("backend_id")
        for binding in bindings:
            of_channel, publics = by_channel.get(binding.backend_id, linked.browse()), binding.odoo_id.public_categ_ids
            wanted = of_channel.filtered(lambda category, publics=publics: category.public_categ_id in publics)
            if wanted - binding.category_ids:
                binding.category_ids |= wanted
        nothing = self.env["integration.category"]
        self._move_products({binding: (binding.category_ids, nothing) for binding in bindings if binding.category_ids})

    @api.model
    def _followers(self, backends, public_ids):
        """Return the categories that take what is done in public ones: people choose their products, here."""
        backends = backends.filtered(
            lambda backend: backend.sync_public_categories and backend._field_owners()["categories"] in SENT_OWNERS
        )
        return (
            self.env["integration.category"]
            .sudo()
            .search(
                [
                    ("backend_id", "in", backends.ids),
                    ("public_categ_id", "in", list(public_ids)),
                    ("automatic", "=", False),
                ]
            )
        )

    @api.model
    def _commands(self, joining, leaving):
        return [*map(Command.link, sorted(joining)), *map(Command.unlink, sorted(leaving))]
