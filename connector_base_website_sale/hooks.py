"""Further pictures move to the website's model when this addon comes, and back when it goes: no channel notices."""

from collections import defaultdict

from odoo import Command

# Pictures per step: what is held in memory at once
BATCH = 200
MIXIN_FIELDS = ("image_1920", "image_1024", "image_512", "image_256", "image_128")


def post_init_hook(env):
    _move(env, "integration.product.image", "product.image", lambda picture: picture.product_tmpl_id)
    for backend in env["integration.backend"].with_context(active_test=False).search([]):
        env["integration.public.categories"]._link(backend)


def uninstall_hook(env):
    """Leave the pictures to sales channels, which would lose them else."""
    _move(
        env,
        "product.image",
        "integration.product.image",
        lambda picture: picture.product_tmpl_id or picture.product_variant_id.product_tmpl_id,
        [("video_url", "=", False)],
    )


def _move(env, source, target, template_of, domain=()):
    """Make a record of model `target` of each picture of `source`, and move its content there.

    The content is not written anew: it stays byte for byte what sales channels know it by. What the product has among
    its pictures of `target` already is dropped.
    """
    checksums_of = env["integration.product.image"]._image_checksums
    pictures = env[source].search([*domain])
    there = _checksums_by_template(env[target].search([]), template_of, checksums_of)
    for start in range(0, len(pictures), BATCH):
        moving = pictures[start : start + BATCH]
        checksums = checksums_of(moving)
        moved = moving.browse()
        for picture in moving:
            template, checksum = template_of(picture), checksums.get(picture.id)
            if checksum and template and checksum not in there[template.id]:
                there[template.id].add(checksum)
                moved |= picture
        created = env[target].create(
            [
                {
                    "name": picture.name,
                    "sequence": picture.sequence,
                    "product_tmpl_id": template_of(picture).id,
                    "product_variant_ids": [Command.set(picture.product_variant_ids.ids)],
                }
                for picture in moved
            ]
        )
        _move_contents(env, moved, created)
        moving.unlink()


def _checksums_by_template(pictures, template_of, checksums_of):
    found, checksums = defaultdict(set), checksums_of(pictures)
    for picture in pictures:
        found[template_of(picture).id].add(checksums.get(picture.id))
    return found


def _move_contents(env, pictures, created):
    """Let the attachments of `pictures` be those of `created`."""
    attachments = (
        env["ir.attachment"]
        .sudo()
        .search(
            [
                ("res_model", "=", pictures._name),
                ("res_id", "in", pictures.ids),
                ("res_field", "in", MIXIN_FIELDS),
            ]
        )
    )
    of_picture = attachments.grouped("res_id")
    for picture, new in zip(pictures, created, strict=True):
        of_picture[picture.id].write({"res_model": new._name, "res_id": new.id})
    env.invalidate_all()
    if zoom := created._fields.get("can_image_1024_be_zoomed"):
        env.add_to_compute(zoom, created)
