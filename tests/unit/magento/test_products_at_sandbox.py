"""Products pushed to the sandbox's shop and read from there: what is told is what is there, by which calls.

Calls and answers are held against the official schema, where it is at hand.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from werkzeug.test import Client

from odoo.addons.connector_base.canonical import (
    PRODUCT_PARTS,
    UNSET,
    CustomAttribute,
    Image,
    Option,
    Product,
    ProductPush,
    Translation,
    Variant,
    differences,
)
from odoo.addons.connector_base.transport import ConfigurationError, Response
from odoo.addons.connector_magento.client import MagentoClient
from odoo.addons.connector_magento.parser_product import parse_product
from odoo.addons.connector_magento.product_pusher import ProductPusher
from odoo.addons.connector_magento.product_reading import read_by_id, read_families, read_texts
from odoo.addons.connector_magento.terms import read_terms

pytest.importorskip("sandbox.magento.catalogue", reason="the sandbox has no catalogue yet")

from sandbox.factory import build
from sandbox.framework.pictures import picture
from tests.contract import magento_spec
from tests.sandbox.magento_lab import MagentoLab

DOMAIN = "shop.magento.test"
SITES = [
    {"code": "base", "stores": [{"code": "default"}, {"code": "german", "locale": "de_DE"}]},
    {"code": "other", "stores": [{"code": "second"}]},
]


class LabSession:
    """Calls the sandbox in this process, signed; notes each call that writes."""

    budget, patience = None, 0.0

    def __init__(self, lab):
        self.lab = lab
        self.writes = []
        self.reads = 0

    def request(self, method, url, *, operation, params=None, json=None):
        from requests.models import PreparedRequest  # noqa: PLC0415

        prepared = PreparedRequest()
        prepared.prepare_url(url, params)
        path = prepared.url.removeprefix(f"https://{DOMAIN}")
        if method == "GET":
            self.reads += 1
        else:
            self.writes.append(operation)
        headers = {"Authorization": self.lab.header(method, f"https://{DOMAIN}{path}")}
        found = Client(self.lab.sandbox).open(f"/{DOMAIN}{path}", method=method, json=json, headers=headers)
        if self.lab.schema and "/rest/" in path and "/async/" not in path:
            route = path.partition("/V1/")[2].partition("?")[0]
            problems = self.lab.schema.problems_of_request(method, route, json) if found.status_code < 400 else []
            assert not problems, "\n".join(problems[:10])
        return Response(status_code=found.status_code, headers=dict(found.headers), content=found.data, url=url)


class Shop:
    """A shop of the sandbox with the connector's client of it."""

    def __init__(self, sandbox):
        schema = magento_spec.official() if magento_spec.SPECIFICATION else None
        self.lab = MagentoLab(sandbox, DOMAIN, schema)
        response = self.lab.client.post("/_control/shops", json={"domain": DOMAIN, "websites": SITES})
        assert response.status_code == 201, response.text
        self.session = LabSession(self.lab)
        self.client = MagentoClient(self.session, f"https://{DOMAIN}")
        self.pictures = {}
        self.unknown = set()  # ids that Odoo has never seen

    def push_many(self, documents, parts, *, in_bulk):
        """Return the results of pushes by their keys, and the calls that wrote something."""
        self.session.writes.clear()
        pusher = ProductPusher(self.client, self.read_image, in_bulk=in_bulk, known_parents=self.parents)
        pushes = [
            ProductPush(key=f"odoo-{number}", document=document, parts=frozenset(parts))
            for number, document in enumerate(documents)
        ]
        return {result.key: result for result in pusher.push(pushes)}, list(self.session.writes)

    def push(self, document, parts=PRODUCT_PARTS, key="odoo-1"):
        """Return the result of a push, and the calls that wrote something."""
        self.session.writes.clear()
        pusher = ProductPusher(
            self.client,
            self.read_image,
            languages=("de-DE", "fr-FR"),
            barcode="barcode",
            known_parents=self.parents,
        )
        [result] = pusher.push([ProductPush(key=key, document=document, parts=frozenset(parts))])
        return result, list(self.session.writes)

    def parents(self, ids):
        return {one: "" for one in ids if one not in self.unknown}

    def read_image(self, checksum):
        return self.pictures[checksum], "image/png", f"{checksum[:16]}.png"

    def picture(self, text):
        checksum = f"{text:0<40}"
        self.pictures[checksum] = picture(text)
        return checksum

    def read(self, *ids, known=()):
        """Return the canonical products that these are or belong to, by id."""
        families = read_families(
            self.client, read_by_id(self.client, [int(one) for one in ids])[0], lambda _ids: dict(known)
        )
        terms = read_terms(self.client, barcode="barcode")
        read_texts(self.client, families, terms, ("de-DE", "fr-FR"))
        return {document.external_id: document for document in (parse_product(one, terms) for one in families)}

    def made(self, document, **options):
        """Push a new product; return it as it is there."""
        result, _writes = self.push(document, **options)
        assert result.error is None, (result.error, getattr(result.error, "remedy", ""))
        return result.document


@pytest.fixture
def shop(tmp_path):
    sandbox = build(tmp_path / "magento")
    sandbox.services.later.pace = 0
    yield Shop(sandbox)
    sandbox.close()


def mug(**changes):
    variant = Variant(
        sku="MUG",
        barcode="4006381333931",
        price=Decimal("20.00"),
        cost=Decimal("7.50"),
        weight=Decimal("0.4"),
        requires_shipping=True,
        tracked=True,
        hs_code="",
        origin_country_code="DE",
        attributes=(CustomAttribute(key="material", value="Wool"),),
    )
    values = {
        "currency": "EUR",
        "title": "Mug",
        "description": "<p>Strong & good</p>",
        "seo_title": "Best mug",
        "status": "active",
        "variants": (replace(variant, **changes.pop("variant", {})),),
        "images": (),
        "attributes": (CustomAttribute(key="care", value="Hand wash, Dry clean"),),
        "channel_ids": ("1",),
    }
    return Product(**{**values, **changes})


def shirt(*sizes, **changes):
    colours = ("Red", "Turquoise")
    variants = tuple(
        Variant(
            sku=f"SHIRT-{size}-{colour}",
            options=(("Size", size), ("Shade of Colour", colour)),
            price=Decimal("19.90"),
            weight=Decimal("0.2"),
            requires_shipping=True,
            tracked=True,
        )
        for size in sizes or ("S", "M")
        for colour in colours
    )
    options = (
        Option(name="Size", values=sizes or ("S", "M")),
        Option(name="Shade of Colour", values=colours),
    )
    values = {"currency": "EUR", "title": "Shirt", "status": "active", "options": options, "variants": variants}
    return Product(**{**values, **changes})


def with_ids(document, made):
    """Return `document` with the ids that were given."""
    variants = tuple(
        replace(one, external_id=given.external_id, inventory_external_id=given.inventory_external_id)
        for one, given in zip(document.variants, made.variants, strict=True)
    )
    return replace(document, external_id=made.external_id, variants=variants)


def test_a_product_comes_back_as_it_was_sent(shop):
    document = mug()
    made = shop.made(document)
    found = shop.read(made.external_id)[made.external_id]
    assert differences(with_ids(document, made), found) == []
    assert found.url and dict(found.details)["type"] == "simple"
    assert (found.variants[0].inventory_external_id, found.variants[0].tracked) == ("MUG", True)
    result, writes = shop.push(with_ids(document, made))
    assert (result.error, writes) == (None, [])


def test_each_change_is_one_call(shop):
    document = mug()
    document = with_ids(document, shop.made(document))
    for parts, changed in (
        ({"basics"}, replace(document, title="Cup")),
        ({"status"}, replace(document, status="draft")),
        ({"variants"}, mug(variant={"barcode": "96385074"})),
        ({"prices"}, mug(variant={"price": Decimal("21.00")})),
        ({"channels"}, replace(document, channel_ids=("1", "2"))),
        ({"attributes"}, replace(document, attributes=(CustomAttribute(key="care", value="Do not bleach"),))),
    ):
        changed = with_ids(changed, document)  # noqa: PLW2901
        result, writes = shop.push(changed, parts)
        assert (result.error, writes) == (None, ["PUT products/{}"]), parts
        found = shop.read(document.external_id)[document.external_id]
        assert not [name for name, *_values in differences(changed, found) if name in parts]


def test_created_once_whatever_became_of_the_answer(shop):
    made = shop.made(mug())
    result, writes = shop.push(mug())
    assert (result.document.external_id, writes) == (made.external_id, [])
    result, writes = shop.push(mug(title="Another mug"))
    assert "another product with the SKU MUG" in str(result.error)
    assert writes == []


def test_variants_come_and_go(shop):
    made = shop.made(shirt("S", "M"))
    document = with_ids(shirt("S", "M"), made)
    found = shop.read(made.external_id)[made.external_id]
    assert differences(document, found) == []
    assert [option.name for option in found.options] == ["Size", "Shade of Colour"]
    assert {variant.options for variant in found.variants} == {variant.options for variant in document.variants}
    # a size more, a size less
    wanted = shirt("M", "L")
    known = {variant.sku: variant for variant in document.variants}
    variants = tuple(
        replace(one, external_id=known[one.sku].external_id) if one.sku in known else one for one in wanted.variants
    )
    result, _writes = shop.push(replace(wanted, external_id=made.external_id, variants=variants), {"variants"})
    assert result.error is None
    found = shop.read(made.external_id)[made.external_id]
    assert sorted(variant.sku for variant in found.variants) == sorted(variant.sku for variant in wanted.variants)
    assert shop.lab.get("products/SHIRT-S-Red", status=404)
    # nothing more to do
    final = replace(wanted, external_id=made.external_id, variants=result.document.variants)
    assert shop.push(final, {"variants", "prices", "basics"})[1] == []


def test_variants_go_where_their_product_is_sold(shop):
    document = with_ids(shirt("S", channel_ids=("1",)), shop.made(shirt("S", channel_ids=("1",))))
    result, writes = shop.push(replace(document, channel_ids=("1", "2")), {"channels"})
    assert (result.error, writes) == (None, ["PUT products/{}"] * 3)
    for sku in ("odoo-1", "SHIRT-S-Red", "SHIRT-S-Turquoise"):
        assert sorted(shop.lab.get(f"products/{sku}")["extension_attributes"]["website_ids"]) == [1, 2]


def test_a_variant_that_is_sold_by_itself_is_not_deleted(shop):
    document = with_ids(shirt("S", "M"), shop.made(shirt("S", "M")))
    shop.lab.call("PUT", "products/SHIRT-S-Red", {"product": {"visibility": 4}}, store="all")
    options = (replace(document.options[0], values=("M",)), document.options[1])
    result, _writes = shop.push(replace(document, options=options, variants=document.variants[2:]), {"variants"})
    assert result.error is None
    assert shop.lab.get("products/SHIRT-S-Red")["status"] == 1
    assert shop.lab.get("products/SHIRT-S-Turquoise", status=404)
    found = shop.read(document.external_id)[document.external_id]
    assert [variant.sku for variant in found.variants] == ["SHIRT-M-Red", "SHIRT-M-Turquoise"]


def test_two_products_of_one_name(shop):
    shop.made(mug())
    made = shop.made(mug(variant={"sku": "MUG 2"}), key="odoo-2")
    assert made.handle == "mug-mug-2"
    result, _writes = shop.push(mug(variant={"sku": "MUG 3"}, handle="mug"), key="odoo-3")
    assert "URL key" in str(result.error)


def test_a_variant_made_there_meanwhile_stays(shop):
    document = with_ids(shirt("S", "M"), shop.made(shirt("S", "M")))
    shop.unknown = {document.variants[0].external_id}
    options = (replace(document.options[0], values=("M",)), document.options[1])
    result, _writes = shop.push(replace(document, options=options, variants=document.variants[2:]), {"variants"})
    assert result.error is None
    found = shop.read(document.external_id)[document.external_id]
    assert [variant.sku for variant in found.variants] == ["SHIRT-S-Red", "SHIRT-M-Red", "SHIRT-M-Turquoise"]


def test_begun_and_named_otherwise_meanwhile(shop):
    """The answer got lost half way: what is there is what was made, whatever it is called by now."""
    document = shirt("S")
    shop.made(replace(document, variants=document.variants[:1]))
    made = shop.made(replace(document, title="Blouse"))
    found = shop.read(made.external_id)
    assert set(found) == {made.external_id}
    assert (found[made.external_id].title, len(found[made.external_id].variants)) == ("Blouse", 2)


def test_prices_of_variants_go_together(shop):
    document = with_ids(shirt(), shop.made(shirt()))
    dearer = tuple(replace(variant, price=Decimal("25.00")) for variant in document.variants)
    result, writes = shop.push(replace(document, variants=dearer), {"prices"})
    assert (result.error, writes) == (None, ["POST products/base-prices"])
    found = shop.read(document.external_id)[document.external_id]
    assert {variant.price for variant in found.variants} == {Decimal("25")}


@pytest.mark.parametrize(
    ("pay", "before", "stored"),
    [
        ("15.00", "20.00", ("20", "15")),
        ("15.00", None, ("15", None)),
        ("17.00", UNSET, ("20", "17")),
        ("23.00", UNSET, ("23", None)),
    ],
)
def test_price_before_a_reduction(shop, pay, before, stored):
    document = mug(variant={"compare_at_price": Decimal("20.00"), "price": Decimal("18.00")})
    document = with_ids(document, shop.made(document))
    [variant] = document.variants
    before = Decimal(before) if isinstance(before, str) else before
    changed = replace(variant, price=Decimal(pay), compare_at_price=before)
    result, _writes = shop.push(replace(document, variants=(changed,)), {"prices"})
    assert result.error is None
    found = shop.read(document.external_id)[document.external_id].variants[0]
    regular, special = stored
    assert (found.price, found.compare_at_price) == (
        (Decimal(special), Decimal(regular)) if special else (Decimal(regular), None)
    )


def test_pictures_once_each(shop):
    front, back = shop.picture("front"), shop.picture("back")
    document = mug(images=(Image(checksum=front, alt="Front"), Image(checksum=back, alt="Back")))
    made = shop.made(document)
    result, writes = shop.push(document)
    assert [call for call in writes if "media" in call] == []
    ids = dict(result.image_ids)
    found = shop.read(made.external_id)[made.external_id]
    assert [(image.external_id, image.alt) for image in found.images] == [(ids[front], "Front"), (ids[back], "Back")]
    # the first one goes, the other one is the product's own now
    left = (Image(external_id=ids[back], checksum=back, alt="Back"),)
    result, writes = shop.push(replace(with_ids(document, made), images=left), {"images"})
    assert result.error is None
    assert sorted(writes) == ["DELETE products/{}/media/{}", "PUT products/{}/media/{}"]
    assert [image.external_id for image in shop.read(made.external_id)[made.external_id].images] == [ids[back]]


def test_a_picture_of_one_variant(shop):
    front, red = shop.picture("front"), shop.picture("red")
    document = shirt("S")
    variants = (replace(document.variants[0], image=red), replace(document.variants[1], image=""))
    images = (Image(checksum=front, alt="Front"), Image(checksum=red, alt="Red"))
    document = replace(document, variants=variants, images=images)
    result, _writes = shop.push(document)
    assert result.error is None
    ids = dict(result.image_ids)
    found = shop.read(result.document.external_id)[result.document.external_id]
    assert [image.external_id for image in found.images] == [ids[front], ids[red]]
    assert [variant.image for variant in found.variants] == [ids[red], ""]
    again = tuple(
        replace(one, image=ids[red] if one.image else "") for one in with_ids(document, result.document).variants
    )
    known = tuple(replace(image, external_id=ids[image.checksum]) for image in images)
    stated = replace(document, external_id=result.document.external_id, variants=again, images=known)
    assert shop.push(stated, {"images"})[1] == []


def test_texts_in_another_language(shop):
    texts = (
        Translation(language="de-DE", field="title", value="Tasse"),
        Translation(language="fr-FR", field="title", value="Tasse à café"),
    )
    document = mug(translations=texts)
    result, writes = shop.push(document)
    assert result.error is None
    assert [text.language for text in result.untold] == ["fr-FR"]
    found = shop.read(result.document.external_id)[result.document.external_id]
    told = {(text.language, text.field): text.value for text in found.translations}
    assert (told["de-DE", "title"], found.title) == ("Tasse", "Mug")
    gone = (Translation(language="de-DE", field="title", value=""),)
    changed = replace(with_ids(document, result.document), translations=gone)
    result, writes = shop.push(changed, {"translations"})
    assert (result.error, writes) == (None, ["PUT products/{}"])
    found = shop.read(result.document.external_id)[result.document.external_id]
    assert ("de-DE", "title", "") in {(text.language, text.field, text.value) for text in found.translations}


def test_a_product_that_is_gone_is_not_made_anew(shop):
    document = with_ids(mug(), shop.made(mug()))
    shop.lab.call("DELETE", "products/MUG")
    result, writes = shop.push(replace(document, title="Cup"), {"basics"})
    assert (result.missing, writes) == (True, [])


def test_a_variant_brings_its_whole_product(shop):
    made = shop.made(shirt())
    child = made.variants[0].external_id
    alone = shop.made(mug(), key="odoo-2")
    for known in ((), ((child, made.external_id), (alone.external_id, alone.external_id))):
        found = shop.read(child, alone.external_id, known=known)
        assert set(found) == {made.external_id, alone.external_id}
        assert len(found[made.external_id].variants) == 4


def test_kits_of_what_cannot_be_chosen(shop):
    parts = [shop.made(mug(variant={"sku": sku}, title=sku), key=sku) for sku in ("CUP", "PLATE")]
    options = [
        {"title": sku, "required": True, "type": "select", "position": index, "product_links": [
            {"sku": sku, "qty": index, "is_default": True, "price": 0, "price_type": 0, "can_change_quantity": 0}]}
        for index, sku in enumerate(("CUP", "PLATE"), 1)
    ]  # fmt: skip
    shop.lab.call("POST", "products", {"product": {
        "sku": "SET", "name": "Set", "attribute_set_id": 4, "type_id": "bundle", "price": 0,
        "extension_attributes": {"bundle_product_options": options},
        "custom_attributes": [{"attribute_code": "price_type", "value": "0"}]}})  # fmt: skip
    number = str(shop.lab.get("products/SET")["id"])
    [variant] = shop.read(number)[number].variants
    assert {(one.variant_external_id, one.quantity) for one in variant.components} == {
        (parts[0].variants[0].external_id, 1),
        (parts[1].variants[0].external_id, 2),
    }
    assert (variant.price, variant.tracked) == (UNSET, False)


def many(shop, count):
    """Products that are there, each with another name and one with a category that there is not."""
    documents = []
    for number in range(count):
        document = mug(title=f"Mug {number}", variant={"sku": f"MUG-{number}"}, attributes=UNSET)
        made = shop.made(document, key=f"odoo-{number}")
        documents.append(replace(with_ids(document, made), title=f"Cup {number}"))
    documents[3] = replace(documents[3], category_ids=("999",))
    return documents


@pytest.mark.parametrize("in_bulk", [False, True])
def test_many_changes_at_once(shop, in_bulk):
    documents = many(shop, 12)
    results, writes = shop.push_many(documents, {"basics", "categories"}, in_bulk=in_bulk)
    assert writes == (["PUT bulk products/bySku"] if in_bulk else ["PUT products/{}"] * 12)
    assert [key for key, result in results.items() if result.error] == ["odoo-3"]
    assert "999" in str(results["odoo-3"].error)
    names = {entry["name"] for entry in read_by_id(shop.client, [int(one.external_id) for one in documents])[0]}
    assert names == {f"Cup {number}" for number in range(12) if number != 3} | {"Mug 3"}
    assert all(result.document.updated_at for result in results.values() if not result.error)


def test_a_shop_that_carries_nothing_out(shop, monkeypatch):
    documents = many(shop, 12)
    shop.lab.control("PATCH", "", {"consumers": False})
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with pytest.raises(ConfigurationError, match="does not carry them out"):
        shop.push_many(documents, {"basics"}, in_bulk=True)


def test_few_changes_go_by_themselves(shop):
    documents = many(shop, 5)
    assert shop.push_many(documents, {"basics"}, in_bulk=True)[1] == ["PUT products/{}"] * 5
