"""Pages of the catalogue: the list of products, and a product with its pictures, to be edited as a merchant would."""

from itertools import islice
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from ..framework.html import Markup, back_to, button, deliveries_table, frame, join, link, options, table, tag
from . import catalogue, media
from .catalogue_control import STATUSES, Merchant
from .placing import Invalid
from .shop import Shop, gid

SHOWN = 50


def page(platform, shop: Shop, request: Request, parts: list[str]) -> Response | None:
    """``products``, ``products/<id>`` and, posted, ``products/<id>/<edit|picture|unpicture|delete>``."""
    merchant = Merchant(shop, platform.services)
    if len(parts) == 1:
        return _listing(shop, request)
    product = merchant.product(parts[1])
    if len(parts) == 2:
        return _product(platform, shop, product)
    if len(parts) == 3 and request.method == "POST":
        return _act(shop, merchant, product, parts[2], request)
    return None


def thumbnail(shop: Shop, numbers: list[int], size: int = 56) -> Markup:
    """The first ready picture of some, small; nothing if there is none."""
    ready = [file for file in media.of(shop, numbers) if file["status"] == "READY" and file["kind"] == "IMAGE"]
    if not ready:
        return Markup("")
    text = '<img src="{}" alt="{}" width="{}" height="{}" style="object-fit: cover; border-radius: 6px">'
    return Markup(text).format(media.local_url(shop, ready[0]), ready[0]["alt"] or "", size, size)


def price_range(product: dict, currency: str) -> str:
    prices = sorted({variant["price"] for variant in product["variants"]}, key=float)
    return f"{prices[0]} {currency}" if len(prices) == 1 else f"{prices[0]} - {prices[-1]} {currency}"


def _listing(shop: Shop, request: Request) -> Response:
    asked, start = request.args.get("q", ""), request.args.get("from", 0, int)
    found = [
        product
        for product in shop.store.all(shop.domain, "product")
        if asked.lower() in product["title"].lower() or any(asked == v["sku"] for v in product["variants"])
    ]
    currency = shop.config["currency"]
    rows = [
        (
            thumbnail(shop, product["media"]),
            link(f"/shop/{shop.domain}/products/{product['id']}", product["title"]),
            tag(product["status"]), product["vendor"], len(product["variants"]), price_range(product, currency),
            sum(variant["inventory"] for variant in product["variants"]), product["updated_at"],
        )
        for product in islice(found, max(start, 0), max(start, 0) + SHOWN)
    ]  # fmt: skip
    heads = ("", "Product", "Status", "Vendor", ">Variants", ">Price", ">Stock", "Changed")
    following = ""
    if start + SHOWN < len(found):
        following = link(f"?{urlencode({'q': asked, 'from': start + SHOWN})}", "Next page")
    body = Markup(
        '<form method="get" class="row"><input name="q" placeholder="Title or SKU" value="{}">'
        '<button class="quiet">Search</button><span class="dim">{} found</span></form><section>{}</section><p>{}</p>'
        "<p>{}</p>"
    ).format(asked, len(found), table(heads, rows), following, link(f"/shop/{shop.domain}/", "Back to the shop"))
    return frame(f"Products of {shop.config['name']}", body, place=shop.clock.iso())


def _product(platform, shop: Shop, product: dict) -> Response:
    base = f"/shop/{shop.domain}/products/{product['id']}"
    sent = platform.controls.deliveries_of(shop, gid("Product", product["id"]))
    collections = ", ".join(entry["title"] for entry in catalogue.collections_of(shop, product)) or "none"
    body = Markup(
        '<p class="row">{status}<span class="dim">{handle} · changed {updated} · collections: {collections}</span></p>'
        "<h2>Pictures</h2><section>{pictures}</section>{form}"
        '<div class="row">{delete}</div><h2>Webhooks</h2><section>{sent}</section><p>{back}</p>'
    ).format(
        status=tag(product["status"]),
        handle=product["handle"],
        updated=product["updated_at"],
        collections=collections,
        pictures=_pictures(shop, product, base),
        form=_form(shop, product, base),
        delete=button(f"{base}/delete", "Delete", quiet=True),
        sent=deliveries_table(sent),
        back=link(f"/shop/{shop.domain}/products", "Back to the products"),
    )
    return frame(product["title"], body, place=f"{shop.config['name']} · {shop.clock.iso()}")


def _pictures(shop: Shop, product: dict, base: str) -> Markup:
    shown = join(
        Markup('<div class="item">{}<span class="dim">{} {}</span>{}</div>').format(
            thumbnail(shop, [file["id"]], 180), file["name"], "" if file["status"] == "READY" else file["status"],
            button(f"{base}/unpicture", "Remove", quiet=True, picture=file["id"]),
        )
        for file in media.of(shop, product["media"])
    )  # fmt: skip
    upload = Markup(
        '<form method="post" action="{}/picture" enctype="multipart/form-data" class="row">'
        '<input type="file" name="file" accept="image/*"><input name="alt" placeholder="Description">'
        "<button>Add picture</button></form>"
    ).format(base)
    return Markup('<div class="grid">{}</div>{}').format(shown or Markup('<p class="dim">None.</p>'), upload)


def _form(shop: Shop, product: dict, base: str) -> Markup:
    rows = [
        (
            thumbnail(shop, variant["media"], 32), variant["title"], variant["sku"] or "", variant["barcode"] or "",
            _input(f"price-{variant['id']}", variant["price"]),
            _input(f"compare-{variant['id']}", variant["compare_at_price"] or ""),
            variant["cost"] or "", variant["inventory"] if variant["tracked"] else "not counted",
        )
        for variant in product["variants"]
    ]  # fmt: skip
    heads = ("", "Variant", "SKU", "Barcode", ">Price", ">Compare at", ">Cost", ">Stock")
    channels = join(
        Markup('<label><input type="checkbox" name="published" value="{}"{}> {}</label>').format(
            entry["name"], Markup(" checked") if str(entry["id"]) in product["published"] else "", entry["name"]
        )
        for entry in catalogue.publications(shop)
    )
    return Markup(
        '<form method="post" action="{base}/edit"><h2>Product</h2><section class="row">'
        '<label>Title <input name="title" size="40" value="{title}"></label>'
        '<label>Status <select name="status">{states}</select></label>'
        '<label>Vendor <input name="vendor" value="{vendor}"></label>'
        '<label>Tags <input name="tags" value="{tags}"></label>{channels}</section>'
        "<h2>Variants, prices in {currency}</h2><section>{variants}</section><p><button>Save</button></p></form>"
    ).format(
        base=base,
        title=product["title"],
        states=options(STATUSES, product["status"]),
        vendor=product["vendor"],
        tags=", ".join(product["tags"]),
        channels=channels,
        currency=shop.config["currency"],
        variants=table(heads, rows),
    )


def _input(name: str, value: str) -> Markup:
    return Markup('<input name="{}" size="8" value="{}">').format(name, value)


def _act(shop: Shop, merchant: Merchant, product: dict, action: str, request: Request) -> Response:
    form, back = request.form, f"/shop/{shop.domain}/products/{product['id']}"
    if action == "delete":
        merchant.delete(product)
        back = f"/shop/{shop.domain}/products"
    elif action == "unpicture":
        merchant.remove_picture(product, int(form["picture"]))
    elif action == "picture":
        upload = request.files.get("file")
        if not upload:
            raise Invalid("Choose a picture.")
        merchant.add_picture(product, upload.read(), name=upload.filename or "picture", alt=form.get("alt"))
    elif action == "edit":
        merchant.edit(product, _edited(form))
    else:
        raise KeyError(f"action {action}")
    return back_to(back)


def _edited(form) -> dict:
    """What the product's form asks for."""
    variants: dict[str, dict] = {}
    for prefix, key in (("price-", "price"), ("compare-", "compare_at_price")):
        for name, value in form.items():
            if name.startswith(prefix):
                variants.setdefault(name.removeprefix(prefix), {})[key] = value.strip()
    wanted = {key: form[key].strip() for key in ("title", "status", "vendor") if key in form}
    if "tags" in form:
        wanted["tags"] = [form["tags"]]
    if "title" in form:
        # Boxes that are not ticked are not sent: a form that has a title has them too.
        wanted["published"] = form.getlist("published")
    return {**wanted, "variants": variants}
