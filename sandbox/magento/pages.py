"""Pages of a shop's catalogue: the list of products, and one with its pictures, to be changed as its merchant would."""

from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from ..framework.html import Markup, back_to, button, frame, join, link, options, table, tag
from . import control_catalogue, media, product
from .errors import ApiError
from .shop import Shop

SHOWN = 50


def page(shop: Shop, request: Request, parts: list[str]) -> Response | None:
    """The list at the shop's own address, ``products/<id>``, and, posted, ``products/<id>/<edit|picture|...>``."""
    if not parts or parts == ["products"]:
        return _listing(shop, request)
    if parts[0] != "products" or len(parts) > 3:
        return None
    try:
        record = control_catalogue.find(shop, parts[1])
    except KeyError:
        return None
    if len(parts) == 2:
        return _product(shop, record)
    return _act(shop, record, parts[2], request) if request.method == "POST" else None


def _address(shop: Shop, record: dict | None = None) -> str:
    return f"/shop/{shop.domain}/products" + (f"/{record['id']}" if record else "")


def _picture(shop: Shop, record: dict, size: int = 56) -> Markup:
    """The first picture of a product, or of the first variant that has one."""
    entries = [entry for one in (record, *product.children(shop, record)) for entry in one["media_gallery_entries"]]
    return _image(shop, entries[0], size) if entries else Markup("")


def _image(shop: Shop, entry: dict, size: int) -> Markup:
    text = '<img src="{}" alt="{}" width="{}" height="{}" style="object-fit: cover; border-radius: 6px">'
    address = f"/{shop.domain}/{media.FOLDER}{entry['file']}"
    return Markup(text).format(address, entry["label"] or "", size, size)


def _listing(shop: Shop, request: Request) -> Response:
    asked, start = request.args.get("q", "").casefold(), max(request.args.get("from", 0, int), 0)
    found = [
        record
        for record in shop.all("product")
        if record["visibility"] != product.HIDDEN and asked in f"{record['name']} {record['sku']}".casefold()
    ]
    rows = []
    for record in found[start : start + SHOWN]:
        seen = control_catalogue.shown(shop, record)
        prices = sorted({variant["price"] for variant in seen["variants"]}, key=float)
        rows.append(
            (
                _picture(shop, record), link(_address(shop, record), record["name"]), record["sku"],
                tag(product.TYPES[record["type_id"]]), tag(seen["status"]), len(seen["variants"]),
                " - ".join(dict.fromkeys((prices[0], prices[-1]))), record["updated_at"],
            )
        )  # fmt: skip
    search = Markup('<form class="card row"><input name="q" value="{}" placeholder="name or SKU">{}</form>').format(
        request.args.get("q", ""), Markup("<button>Find</button>")
    )
    heads = ("", "Product", "SKU", "Type", "Status", ">Variants", f">Price {shop.config['currency']}", "Changed")
    more = ""
    if start + SHOWN < len(found):
        query = urlencode({"q": request.args.get("q", ""), "from": start + SHOWN})
        more = link(f"{_address(shop)}?{query}", "Further products")
    body = Markup("{}<section>{}{}</section>").format(search, table(heads, rows), more)
    return frame(f"{shop.config['name']}: catalogue", body, place=shop.now())


def _product(shop: Shop, record: dict, problem: str = "") -> Response:
    seen, here = control_catalogue.shown(shop, record), _address(shop, record)
    warning = Markup('<section class="bad">{}</section>').format(problem) if problem else ""
    edit = Markup(
        '<form class="card row" method="post" action="{}/edit"><label>Title <input name="title" value="{}" size="40">'
        '</label><label>Price <input name="price" value="{}" size="8"></label><label>Status <select name="status">{}'
        "</select></label><button>Save</button></form>"
    ).format(here, seen["title"], seen["variants"][0]["price"], options(control_catalogue.STATUSES, seen["status"]))
    pictures = join(
        Markup('<div class="item">{}{}</div>').format(
            _image(shop, entry, 120), button(f"{here}/unpicture", "remove", quiet=True, picture=entry["id"])
        )
        for entry in record["media_gallery_entries"]
    )
    rows = [
        (variant["sku"], variant["title"], variant["price"], variant["barcode"] or "", variant["weight"] or "")
        for variant in seen["variants"]
    ]
    body = join((
        warning, edit,
        Markup("<section>{}</section>").format(table(("SKU", "Name", ">Price", "Barcode", ">Weight"), rows)),
        Markup('<h2>Pictures</h2><section><div class="grid">{}</div>{}</section>').format(
            pictures, button(f"{here}/picture", "Draw another")
        ),
        button(f"{here}/delete", "Delete the product", quiet=True),
    ))  # fmt: skip
    return frame(record["name"], body, place=f"{record['sku']} · changed {record['updated_at']}")


def _act(shop: Shop, record: dict, action: str, request: Request) -> Response | None:
    """Carry out a form; the product's page tells why it could not be."""
    form = request.form
    try:
        with shop.store.transaction():
            if action == "edit":
                before = control_catalogue.shown(shop, record)
                wanted = {key: form[key] for key in ("title", "price", "status")}
                if wanted["price"] == before["variants"][0]["price"]:
                    # The page shows the first one's: what was left as it is changes none of the others.
                    del wanted["price"]
                control_catalogue.edit(shop, record, wanted)
            elif action == "picture":
                drawn = {"text": f"{record['name']} {len(record['media_gallery_entries'])}"}
                control_catalogue.take_picture(shop, record, drawn)
            elif action == "unpicture":
                entry = media.entry_of(record, int(form["picture"]))
                product.put(shop, media.without(shop, record, entry))
            elif action == "delete":
                control_catalogue.delete(shop, record)
            else:
                return None
    except (ApiError, ValueError) as error:
        return _product(shop, record, error.text if isinstance(error, ApiError) else str(error))
    return back_to(_address(shop) if action == "delete" else _address(shop, record))
