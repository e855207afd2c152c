import base64
from dataclasses import replace

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.connector_base.canonical import Category
from odoo.addons.connector_base.tests.product_in_common import make_grid, make_picture, make_product

from ..hooks import post_init_hook, uninstall_hook
from .common import WebsiteCase

LATER = 60 * 24 * 365 * 20


@tagged("post_install", "-at_install")
class TestPictures(WebsiteCase):
    def with_pictures(self, *colors, minutes=0, **variants):
        pictures = {color: make_picture(color) for color in colors}
        self.adapter.pictures.update({image.url: content for content, image in pictures.values()})
        grid = make_grid("1", images=tuple(image for _content, image in pictures.values()), minutes=minutes)
        keys = {color: image.key for color, (_content, image) in pictures.items()}
        shown = [
            replace(variant, image=keys.get(variants.get(variant.external_id.rpartition("-")[2]), ""))
            for variant in grid.variants
        ]
        return replace(grid, variants=tuple(shown))

    def content(self, color):
        return base64.b64encode(make_picture(color)[0])

    def checksums(self, pictures):
        found = self.env["integration.product.image"]._image_checksums(pictures)
        return [found[picture.id] for picture in pictures]

    def test_the_platforms_are_those_of_the_website(self):
        template = self.put_in_shop(self.with_pictures("red", "blue", "green", Blue="blue"))
        media = template.product_template_image_ids
        self.assertEqual(media.mapped("name"), ["blue", "green"])
        self.assertEqual([media[0].image_1920, template.image_1920], [self.content("blue"), self.content("red")])
        blue = [variant for name, variant in self.variants(template).items() if "Blue" in name]
        self.assertEqual(media[0].product_variant_ids.ids, [variant.id for variant in blue])
        self.assertFalse(self.env["integration.product.image"].search([]))
        self.assertEqual(self.push(), [], "nothing is news to the platform")

        self.put_in_shop(self.with_pictures("green", "blue", minutes=1))
        self.assertEqual(template.image_1920, self.content("green"))
        self.assertEqual(template.product_template_image_ids, media[0])
        self.assertEqual(self.push(), [])

    def test_pictures_without_description(self):
        (red, first), (blue, second) = make_picture("red"), make_picture("blue")
        self.adapter.pictures = {first.url: red, second.url: blue}
        template = self.put_in_shop(make_product("1", images=(first, replace(second, alt=""))))
        self.assertEqual(template.product_template_image_ids.mapped("name"), [False])
        self.assertEqual(self.push(), [])

    def test_changes_on_the_website_are_told_once(self):
        template = self.put_in_shop(self.with_pictures("red", "blue"))
        media = template.product_template_image_ids
        green = media.create(
            {"name": "Green", "product_tmpl_id": template.id, "image_1920": self.content("green"), "sequence": 20}
        )
        self.assertEqual(self.push(), [["images"]])
        self.assertEqual([image.alt for image in self.adapter.shop["1"].images][-1], "Green")
        first, sent = self.checksums(green)[0], self.adapter.contents
        self.assertEqual(base64.b64encode(sent[first][0]), self.content("green"))
        self.assertEqual(self.push(), [])

        green.sequence = -1
        self.assertEqual(self.push(), [["images"]], "another order")
        self.assertEqual([image.alt for image in self.adapter.shop["1"].images][1], "Green")
        media.unlink()
        self.assertEqual(self.push(), [["images"]])
        self.assertEqual(len(self.adapter.shop["1"].images), 2)

    def test_media_of_variants_go_along(self):
        template = self.put_in_shop(self.with_pictures("red"))
        variant = template.product_variant_ids[0]
        picture = self.env["product.image"].create(
            {"name": "Detail", "product_variant_id": variant.id, "image_1920": self.content("blue")}
        )
        self.assertEqual(picture.product_variant_ids, variant)
        self.assertEqual(self.push(), [["images"]])
        there = self.adapter.shop["1"]
        self.assertEqual([image.alt for image in there.images][1:], ["Detail"])
        self.assertEqual([bool(v.image) for v in there.variants].count(True), 1, "the variant is shown with it")

        answered = replace(there, updated_at=make_product("1", LATER).updated_at)
        self.adapter.pictures.update(
            {image.url: make_picture(color)[0] for image, color in zip(there.images, ("red", "blue"), strict=True)}
        )
        self.put_in_shop(answered)
        self.assertEqual(picture.exists().product_variant_id, variant, "it is known when it comes back")
        self.assertFalse(template.product_template_image_ids)
        self.assertEqual(self.push(), [])

    def test_people_without_rights_on_integrations_change_the_website(self):
        template = self.put_in_shop(replace(self.with_pictures("red"), category_ids=("11",)))
        self.store_categories(Category(external_id="11", name="Hats"))
        editor = new_test_user(
            self.env,
            "editor",
            groups="product.group_product_manager,sales_team.group_sale_manager,website.group_website_designer",
        )
        self.push()
        theirs = template.with_user(editor)
        theirs.write(
            {
                "public_categ_ids": False,
                "product_template_image_ids": [Command.create({"name": "Blue", "image_1920": self.content("blue")})],
            }
        )
        self.assertEqual(self.push(), [["categories", "images"]])
        self.assertEqual(self.adapter.shop["1"].category_ids, ())

    def test_videos_stay_on_the_website(self):
        template = self.put_in_shop(self.with_pictures("red"))
        video = self.env["product.image"].create(
            {
                "name": "How to wear it",
                "product_tmpl_id": template.id,
                "image_1920": self.content("black"),
                "video_url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            }
        )
        self.assertEqual(self.push(), [])
        self.put_in_shop(self.with_pictures("blue", minutes=LATER))
        self.assertEqual(template.product_template_image_ids, video)
        self.assertEqual(template.image_1920, self.content("blue"))

    def test_pictures_move_when_the_addon_comes_and_goes(self):
        template = self.put_in_shop(self.with_pictures("red", "blue", "green", Blue="blue"))
        media = template.product_template_image_ids
        variants, checksums = media.product_variant_ids, self.checksums(media)
        self.push()
        uninstall_hook(self.env)
        self.assertFalse(media.exists())
        ours = self.env["integration.product.image"].search([("product_tmpl_id", "=", template.id)])
        self.assertEqual((ours.mapped("name"), self.checksums(ours)), (["blue", "green"], checksums))
        self.assertEqual(ours.product_variant_ids, variants)
        self.assertTrue(ours[0].image_128)

        self.env["product.image"].create(
            {"name": "There", "product_tmpl_id": template.id, "image_1920": self.content("green"), "sequence": 9}
        )
        post_init_hook(self.env)
        self.assertFalse(ours.exists())
        media = template.product_template_image_ids
        self.assertEqual((set(media.mapped("name")), set(self.checksums(media))), ({"blue", "There"}, set(checksums)))
        self.assertEqual(media.filtered("product_variant_ids").product_variant_ids, variants)
        self.assertEqual(media.mapped("can_image_1024_be_zoomed"), [False, False])
