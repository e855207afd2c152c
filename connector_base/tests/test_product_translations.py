from dataclasses import replace

from odoo import Command
from odoo.tests import tagged

from ..canonical import Translation
from ..transport import TransientError
from .product_common import ProductAdapter, ProductCase


class TranslatingAdapter(ProductAdapter):
    """A platform that knows French, and German once it is told; `told` is what it was told, push by push."""

    def __init__(self):
        super().__init__()
        self.languages = {"fr-FR"}
        self.told = []
        self.texts = {}
        self.stop = None

    def _push_products(self, backend, pushes, read_image):
        for push in pushes:
            texts = push.document.translations if "translations" in push.parts else ()
            untold = tuple(text for text in texts if self.stop or text.language not in self.languages)
            told = [text for text in texts if text not in untold]
            self.told.append([(text.language, text.field, text.value) for text in told])
            self.texts |= {(text.language, text.field): text.value for text in told}
            yield replace(self._push(push, read_image), untold=untold)
        if self.stop:
            error, self.stop = self.stop, None
            raise error

    def stated(self, external_id):
        """Return the product with what it has in its languages."""
        names = [(language, name) for language in sorted(self.languages) for name in ("title", "description")]
        texts = [Translation(language=name[0], field=name[1], value=self.texts.get(name, "")) for name in names]
        return replace(self.shop[external_id], translations=tuple(texts))


@tagged("post_install", "-at_install")
class TestProductTranslations(ProductCase):
    """Translations are told text by text: what changed in Odoo, and nothing else."""

    def setUp(self):
        super().setUp()
        type(self).adapter = TranslatingAdapter()
        for code in ("fr_FR", "de_DE"):
            self.env["res.lang"]._activate_lang(code)
        self.translate("fr_FR", "Tasse")
        self.binding = self.publish(self.cup)

    def translate(self, code, name):
        self.cup.update_field_translations("name", {code: name})

    def assertTold(self, *expected):
        """What waits is pushed: the translations `expected`, one list per push."""
        self.adapter.told.clear()
        self.push()
        self.assertEqual(self.adapter.told, list(expected))

    def pull(self, document, french=None):
        """Import `document`, of which the importer writes the French name."""
        self.exporter._changed_parts(self.backend, self.binding)
        importing = {"integration_from_backend": self.backend.id}
        if french is not None:
            self.cup.with_context(**importing).update_field_translations("name", {"fr_FR": french})
        self.exporter.with_context(**importing)._note_pulled(self.backend, {self.binding: document})

    def test_what_changed_is_told(self):
        self.assertTold([("fr-FR", "title", "Tasse")])
        self.cup.list_price = 8
        self.assertTold([])
        self.translate("fr_FR", "Bol")
        self.assertTold([("fr-FR", "title", "Bol")])
        self.exporter._mark(self.binding)
        self.assertTold()

    def test_what_is_emptied_is_taken_away(self):
        self.push()
        self.translate("fr_FR", False)
        self.assertTold([("fr-FR", "title", "")])
        self.exporter._mark(self.binding)
        self.assertTold()

    def test_a_language_that_odoo_has_no_more_takes_nothing_away(self):
        self.push()
        self.env["res.lang"].search([("code", "=", "fr_FR")]).active = False
        self.translate("de_DE", "Tasse")
        self.adapter.languages = {"de-DE", "fr-FR"}
        self.assertTold([("de-DE", "title", "Tasse")])

    def test_what_could_not_be_told_goes_with_the_next_push(self):
        self.translate("de_DE", "Becher")
        self.assertTold([("fr-FR", "title", "Tasse")])
        self.assertFalse(self.marked(), "nobody asks again and again")
        self.adapter.languages.add("de-DE")
        self.cup.list_price = 8
        self.assertTold([("de-DE", "title", "Becher")])
        self.cup.list_price = 9
        self.assertTold([])

    def test_what_odoo_decides_nothing_about_does_not_wait(self):
        """A new product is told its translations, and what could not be told then is the platform's to say."""
        self.backend.field_rule_ids = [Command.create({"field": "translations", "owner": "create"})]
        self.translate("de_DE", "Becher")
        self.assertTold([("fr-FR", "title", "Tasse")])
        self.assertTrue(self.binding.external_id)
        self.adapter.languages.add("de-DE")
        self.cup.list_price = 8
        self.assertTold([])

    def test_a_stop_in_the_midst_of_a_page(self):
        """What was told but for its translations is kept, and these are told when the job goes on."""
        self.publish(self.shirt)
        self.adapter.stop = TransientError("later", retry_after=5)
        self.run_push()
        self.assertTrue(self.binding.external_id)
        self.assertEqual(self.marked(), self.binding, "the other one has no translations")
        self.adapter.calls.clear()
        self.assertTold([("fr-FR", "title", "Tasse")])
        self.assertEqual(self.adapter.pushed, [("Cup", ["translations"])])

    def test_what_was_pulled_is_not_told(self):
        self.push()
        self.adapter.texts["fr-FR", "title"] = "Bol"
        self.pull(self.adapter.stated("P1"), "Bol")
        self.assertFalse(self.marked())
        self.exporter._mark(self.binding)
        self.assertTold()

    def test_what_was_changed_here_is_kept_and_told(self):
        self.push()
        self.translate("fr_FR", "Bol")
        self.pull(self.adapter.stated("P1"))
        self.assertTold([("fr-FR", "title", "Bol")])
        self.translate("fr_FR", False)
        self.pull(self.adapter.stated("P1"))
        self.assertTold([("fr-FR", "title", "")])

    def test_where_odoo_decides_it_takes_nothing_away_that_it_never_had(self):
        self.backend.product_owner = "odoo"
        self.push()
        self.adapter.texts |= {("fr-FR", "title"): "Mug", ("fr-FR", "description"): "Belle"}
        self.pull(self.adapter.stated("P1"))
        self.assertTold([("fr-FR", "title", "Tasse")])
        self.assertEqual(self.adapter.texts["fr-FR", "description"], "Belle")

    def test_a_language_that_the_platform_does_not_know_is_no_difference(self):
        self.backend.product_owner = "odoo"
        self.translate("de_DE", "Becher")
        self.push()
        self.pull(self.adapter.stated("P1"))
        self.assertFalse(self.marked())
