"""Products as platforms and the engine state them to each other. Amounts are Decimals in `Product.currency`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .values import UNSET, Unset

PRODUCT_STATUSES = ("active", "draft", "archived", "unlisted")
# What of a product is compared and sent as a whole; `PART_FIELDS` says what each part holds.
PRODUCT_PARTS = (
    "basics",
    "status",
    "variants",
    "prices",
    "images",
    "categories",
    "attributes",
    "translations",
    "channels",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A group of products: a collection, a category of the shop.

    `automatic`: the platform chooses its products by rules; nobody else may.
    """

    external_id: str
    name: str
    parent_external_id: str = ""
    handle: str = ""
    automatic: bool = False
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place where the platform shows products: the online store, a point of sale, a marketplace."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What variants differ in, with its values in their order."""

    name: str
    values: tuple[str, ...]
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One picture of a product.

    From the platform: its id and the `url` its content is read from. To the platform: `checksum` names the content
    (SHA-1 hex, as Odoo stores it), `external_id` the picture that has this content there already, "" for none yet.
    """

    external_id: str = ""
    url: str = ""
    alt: str = ""
    checksum: str = ""

    @property
    def key(self):
        """What `Variant.image` names it by."""
        return self.external_id or self.checksum


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomAttribute:
    """A value in a field the merchant made. `key` and `kind` (its type) are the platform's words."""

    key: str
    value: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A text of the product in another language. `field`: title, description, seo_title or seo_description.

    An empty `value` says that there is none. A platform states one for each text in each of its languages that Odoo has
    too: of languages it says nothing of, it knows nothing.
    """

    language: str  # BCP 47
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KitComponent:
    """What one unit of a kit is put together from: so many units of another article of the platform."""

    variant_external_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One article that is sold. What is UNSET is not stated, or not ours to say.

    `options` are (option name, value) in the order of the product's options, () when it has none. `weight` is in
    kilograms. `image` is the `key` of one of the product's images, "" for none. `inventory_external_id` is what the
    platform counts stock by; where it has no such id, the variant's own. `components` are what a kit consists of.
    """

    external_id: str = ""
    inventory_external_id: str = ""
    options: tuple[tuple[str, str], ...] = ()
    sku: str | Unset = UNSET
    barcode: str | Unset = UNSET
    price: Decimal | Unset = UNSET
    compare_at_price: Decimal | Unset | None = UNSET
    cost: Decimal | Unset | None = UNSET
    weight: Decimal | Unset = UNSET
    requires_shipping: bool | Unset = UNSET
    taxable: bool | Unset = UNSET
    tracked: bool | Unset = UNSET
    hs_code: str | Unset = UNSET
    origin_country_code: str | Unset = UNSET
    image: str | Unset = UNSET
    attributes: tuple[CustomAttribute, ...] | Unset = UNSET
    components: tuple[KitComponent, ...] | Unset = UNSET
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product with all of its variants. What is UNSET is not stated, or not ours to say.

    `description` is HTML. `category_ids` and `channel_ids` are external ids, sorted. `url` is its page in the shop.
    `details` are (name, value) of what only the platform knows: for its addon's mirror fields, never compared or sent.
    """

    external_id: str = ""
    currency: str = ""
    title: str | Unset = UNSET
    description: str | Unset = UNSET
    handle: str | Unset = UNSET
    vendor: str | Unset = UNSET
    product_type: str | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    seo_title: str | Unset = UNSET
    seo_description: str | Unset = UNSET
    status: str | Unset = UNSET
    options: tuple[Option, ...] = ()
    variants: tuple[Variant, ...] = ()
    images: tuple[Image, ...] | Unset = UNSET
    category_ids: tuple[str, ...] | Unset = UNSET
    attributes: tuple[CustomAttribute, ...] | Unset = UNSET
    translations: tuple[Translation, ...] | Unset = UNSET
    channel_ids: tuple[str, ...] | Unset = UNSET
    url: str | Unset = UNSET
    details: tuple[tuple[str, str], ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def name(self):
        """What staff call the document."""
        return self.title or self.external_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPush:
    """A product to be created or changed on the platform.

    :param str key: names the product for good, over retries and restarts; never given to another one. What makes
        creating safe to repeat.
    :param Product document: the whole state wanted, variants as they shall be; its `external_id` is empty to create.
        Only its translations are those that changed, the empty ones to be taken away
    :param frozenset parts: those of `PRODUCT_PARTS` that differ from what the platform was last known to have
    """

    key: str
    document: Product
    parts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPushResult:
    """What became of a `ProductPush`: `error`, or the product as the platform has it now.

    Both when it was created before something of it was refused.

    `document` states at least its external id, and variants (with their external ids) in the order of those pushed.
    `image_ids` are (checksum, external id) of the images sent or referred to. `missing`, with the error: the product
    was to be changed, and the platform doesn't have it (any more). `untold` are those of the translations pushed that
    wait: the platform doesn't have the language or the original, or doesn't let us. They go with the next push.
    """

    key: str
    document: Product | None = None
    image_ids: tuple[tuple[str, str], ...] = ()
    error: Exception | None = None
    missing: bool = False
    untold: tuple[Translation, ...] = ()
