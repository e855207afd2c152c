"""Which translations are told: what changed in Odoo, and nothing that it never had is taken away."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import (
    UNSET,
    Product,
    Translation,
    agreed_translations,
    changed_translations,
    differences,
    field_digests,
    told_translations,
    translation_digests,
)

NAMES = [(language, field) for language in ("fr-FR", "de-DE") for field in ("title", "seo_title")]


def product(**texts):
    """A product with translations by field; languages are en, fr and de."""
    return Product(translations=tuple(fr(field, value) for field, value in texts.items()))


def fr(field, value):
    return Translation(language="fr-FR", field=field, value=value)


@st.composite
def products(draw):
    """A product that states each translation, an empty one or none at all."""
    stated = draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "a", "b"])))
    return Product(translations=tuple(Translation(language=n[0], field=n[1], value=stated[n]) for n in sorted(stated)))


def test_each_text_has_a_fingerprint_of_its_own():
    before, after = (translation_digests(product(title=title, seo_title="Tasse")) for title in ("Tasse", "Bol"))
    assert before.keys() == {"fr-FR title", "fr-FR seo_title"}
    assert {name for name in before if before[name] != after[name]} == {"fr-FR title"}
    assert translation_digests(product(title="")) == {}
    assert field_digests(product(title="Tasse"))["translations"] == translation_digests(product(title="Tasse"))
    assert "translations" not in field_digests(Product(translations=UNSET))


def test_what_changed():
    known = translation_digests(product(title="Tasse", seo_title="Belle tasse"))
    assert changed_translations(product(title="Tasse", seo_title="Bol"), known) == (fr("seo_title", "Bol"),)
    assert changed_translations(product(title="", seo_title="Belle tasse"), known) == (fr("title", ""),)
    assert changed_translations(product(description=""), known) == ()
    assert changed_translations(Product(translations=UNSET), known) == ()


def test_differences_are_told_text_by_text():
    ours = product(title="Tasse", seo_title="Bol", description="", seo_description="Oui")
    theirs = product(title="<p>Tasse</p>", seo_title=" Bol ", description="", seo_description="")
    [(name, _variant, mine, yours)] = differences(ours, theirs)
    assert (name, mine, yours) == (
        "translations",
        (fr("title", "Tasse"), fr("seo_description", "Oui")),
        (fr("title", "<p>Tasse</p>"),),
    )
    assert differences(ours, Product(translations=())) == [], "what a platform says nothing of is no difference"


@given(products(), products(), st.data())
def test_what_could_not_be_told_is_told_later_and_nothing_else(before, now, data):
    known = translation_digests(before)
    changed = changed_translations(now, known)
    untold = tuple(text for text in changed if data.draw(st.booleans()))
    told = told_translations(translation_digests(now), known, untold)
    assert changed_translations(now, told) == untold


@given(products(), products(), products())
def test_what_odoo_keeps_is_what_the_platform_is_told(before, ours, theirs):
    """Whatever both sides have: afterwards all that Odoo has is told, and only what it had is taken away."""
    known = translation_digests(before)
    agreed = agreed_translations(ours, theirs, known)
    changed = changed_translations(ours, agreed)
    stated = {(text.language, text.field): text.value for text in theirs.translations}
    for text in ours.translations:
        name = f"{text.language} {text.field}"
        if not text.value:
            assert (text in changed) == (name in known)
        elif (text.language, text.field) in stated:
            assert (text in changed) == (stated[text.language, text.field] != text.value)
        else:
            assert (text in changed) == (text in changed_translations(ours, known))
