import base64
import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.image import image_process

from ..transport.errors import DataError


class IntegrationProductPictures(models.AbstractModel):
    """Brings pictures of products in, each content once: the first one onto the product, the others beside it, and
    onto the variants that are shown with them."""

    _name = "integration.product.pictures"
    _description = "Product Pictures"

    # === WHAT IS THERE === #

    @api.model
    def _note(self, backend, entries):
        """Note which pictures the platform has for products; what was not read yet is read by a job of its own.

        Only of products whose pictures the platform decides about.
        """
        entries = [e for e in entries if "images" in e.applied and (e.document.images or e.document.images == ())]
        if not entries:
            return
        bindings = self.env["integration.binding.product"].union(*(entry.binding for entry in entries))
        rows = self.env["integration.binding.image"].search([("product_binding_id", "in", bindings.ids)])
        known = {(row.product_binding_id, row.external_id): row for row in rows}
        new, kept = [], rows.browse()
        due, moved = bindings.browse(), bindings.browse()
        for entry in entries:
            shown = {}
            for variant in entry.document.variants:
                if variant.image:
                    shown.setdefault(variant.image, []).append(variant.external_id)
            for sequence, image in enumerate(entry.document.images):
                values = {"sequence": sequence, "alt": image.alt, "variant_external_ids": shown.get(image.key) or False}
                row = known.get((entry.binding, image.external_id))
                if not row:
                    due |= entry.binding
                    new.append(
                        {
                            **values,
                            "product_binding_id": entry.binding.id,
                            "external_id": image.external_id,
                            "url": image.url,
                        }
                    )
                    continue
                kept |= row
                if row.url != image.url:
                    values["url"] = image.url
                    if row.url:  # it was read from elsewhere: the content may be another one
                        values["is_due"] = True
                differing = {name: value for name, value in values.items() if (row[name] or False) != (value or False)}
                if differing:
                    row.write(differing)
                if row.is_due or not row.checksum or differing.keys() - {"url"}:
                    due |= entry.binding
        gone = rows - kept
        moved |= gone.product_binding_id
        self._forget(gone)
        self.env["integration.binding.image"].create(new)
        (due | moved).write({"images_due": True})

    @api.model
    def _forget(self, rows):
        """Delete rows of pictures the platform doesn't have any more, and the pictures themselves."""
        for binding, of_binding in rows.grouped("product_binding_id").items():
            gone = set(filter(None, of_binding.mapped("checksum")))
            of_binding.unlink()
            self._remove(binding.odoo_id, gone)

    @api.model
    def _remove(self, template, gone):
        """Delete the pictures whose checksums are `gone`, but for those that a platform has all the same."""
        if not gone:
            return
        known = self.env["integration.binding.image"].search(
            [("product_binding_id.odoo_id", "=", template.id), ("checksum", "in", list(gone))]
        )
        gone = gone - set(known.mapped("checksum"))
        pictures = self._pictures(template)
        pictures.browse(p_id for p_id, checksum in self._checksums(pictures).items() if checksum in gone).unlink()
        if self._checksums(template).get(template.id) in gone:
            template.image_1920 = False

    @api.model
    def _picture_model(self):
        """Return the model that holds further pictures of products."""
        return self.env["integration.product.image"]

    @api.model
    def _further(self, templates):
        """Return {template id: its further pictures, in their order}."""
        found = self._picture_model().search([("product_tmpl_id", "in", templates.ids)])
        return dict(found.grouped(lambda picture: picture.product_tmpl_id.id))

    @api.model
    def _pictures(self, template):
        return self._further(template).get(template.id, self._picture_model())

    @api.model
    def _checksums(self, records, field="image_1920"):
        return self.env["integration.product.image"]._image_checksums(records, field)

    # === CONTENT === #

    @api.model
    def _read(self, backend, binding):
        """Read the pictures of a product that were not read yet, and put all of them where they belong.

        One without an address is still being processed by the platform: it stays due.

        :return: the number of pictures read, and [error] of those that could not be
        """
        rows = self.env["integration.binding.image"].search(
            [("product_binding_id", "=", binding.id)], order="sequence, id"
        )
        template = binding.odoo_id
        contents = {checksum: picture for picture, checksum in self._present(template)}
        errors, replaced, count, unready = [], set(), 0, False
        for row in rows:
            if row.checksum in contents and not row.is_due:
                continue
            if not row.url:
                unready = True
                continue
            try:
                content = backend._adapter()._read_image(backend, row.url)
                count += 1
                checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()
                if checksum not in contents:
                    contents[checksum] = self._usable(row, content)
                if row.checksum and row.checksum != checksum:
                    replaced.add(row.checksum)
                row.write({"checksum": checksum, "is_due": False})
            except DataError as error:
                if row.checksum not in contents:
                    row.checksum = False
                errors.append(error)
        self._place(binding, rows.filtered("checksum"), contents)
        self._remove(template, replaced)
        binding.write({"images_due": unready, "pulled_at": fields.Datetime.now()})
        return count, errors

    @api.model
    def _present(self, template):
        """Return (record that has it, checksum) of the pictures that the template has in Odoo."""
        pictures = self._pictures(template)
        main = self._checksums(template).get(template.id)
        found = [(pictures.browse(picture_id), checksum) for picture_id, checksum in self._checksums(pictures).items()]
        return [*found, *([(template, main)] if main else [])]

    @api.model
    def _usable(self, row, content):
        """Return `content` as Odoo's image fields want it.

        :raise DataError: Odoo can't read it as a picture
        """
        try:
            image_process(content, size=(1, 1), verify_resolution=True)
        except (UserError, ValueError) as error:
            raise DataError(
                self.env._("Odoo can't use the picture %(url)s: %(error)s", url=row.url, error=error),
                remedy=self.env._("Replace the picture on the platform, then retry."),
            ) from None
        return base64.b64encode(content)

    @api.model
    def _place(self, binding, rows, contents):
        """Make the template's pictures be those of `rows`: the first one its own, the others beside it.

        :param dict contents: {checksum: base64, or the record in Odoo that has it}
        """
        template, pictures = binding.odoo_id, self._pictures(binding.odoo_id)
        if not rows:
            return
        # before the template's own picture is replaced: it may become one of the others
        contents = {
            row.checksum: content if isinstance(content := contents[row.checksum], bytes) else content.image_1920
            for row in rows
        }
        beside = {checksum: pictures.browse(p_id) for p_id, checksum in self._checksums(pictures).items()}
        first = rows[0]
        if self._checksums(template).get(template.id) != first.checksum:
            template.image_1920 = contents[first.checksum]
        if first.checksum in beside:
            beside.pop(first.checksum).unlink()
        kept = {}
        for row in rows[1:]:
            values = {"sequence": row.sequence, "name": row.alt or False}
            variants = self._variants(binding, row)
            if row.checksum == first.checksum or row.checksum in kept:
                continue
            if picture := beside.get(row.checksum):
                differing = {name: value for name, value in values.items() if picture[name] != value}
                if picture.product_variant_ids != variants:
                    differing["product_variant_ids"] = [Command.set(variants.ids)]
                if differing:
                    picture.write(differing)
            else:
                picture = pictures.create(
                    {
                        **values,
                        "product_tmpl_id": template.id,
                        "image_1920": contents[row.checksum],
                        "product_variant_ids": [Command.set(variants.ids)],
                    }
                )
            kept[row.checksum] = picture
        self._show_on_variants(binding, rows, contents)
        # Odoo may have made them smaller: what counts is what it has
        stored = self._checksums(pictures.union(*kept.values()))
        main = self._checksums(template).get(template.id)
        for row in rows:
            picture = kept.get(row.checksum)
            checksum = stored.get(picture.id) if picture else main
            if row.checksum != checksum:
                row.checksum = checksum

    @api.model
    def _variants(self, binding, row):
        """Return the Odoo variants that are shown with the picture."""
        if not row.variant_external_ids:
            return self.env["product.product"]
        bindings = self.env["integration.binding.variant"].search(
            [("backend_id", "=", binding.backend_id.id), ("external_id", "in", row.variant_external_ids)]
        )
        return bindings.odoo_id.filtered(lambda product: product.product_tmpl_id == binding.odoo_id)

    @api.model
    def _show_on_variants(self, binding, rows, contents):
        """Give variants the picture they are shown with, where it is another one than the product's."""
        ours = {row.checksum for row in rows}
        for row in rows:
            variants = self._variants(binding, row)
            known = self._checksums(variants, "image_variant_1920")
            if row == rows[0]:
                variants.filtered(lambda product, known=known: known.get(product.id) in ours).image_variant_1920 = False
            else:
                differing = variants.filtered(
                    lambda product, known=known, row=row: known.get(product.id) != row.checksum
                )
                differing.image_variant_1920 = contents[row.checksum]
