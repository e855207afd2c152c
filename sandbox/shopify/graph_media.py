"""GraphQL shape of files: pictures of products, and whatever else was sent."""

from . import media
from .paging import nested
from .shop import Shop, gid


def image(shop: Shop, file: dict) -> dict | None:
    """``Image`` of a ready picture."""
    if file["status"] != "READY" or file["kind"] != "IMAGE":
        return None
    return {
        "id": gid("ImageSource", file["id"]), "altText": file["alt"], "width": file["width"], "height": file["height"],
        "url": media.url(shop, file),
    }  # fmt: skip


def first_image(shop: Shop, number: int | None) -> dict | None:
    """``Image`` of a file by its id, None if there is none."""
    files = media.of(shop, [number] if number else [])
    return image(shop, files[0]) if files else None


def file_node(shop: Shop, file: dict) -> dict:
    """``MediaImage`` or ``GenericFile``."""
    picture = file["kind"] == "IMAGE"
    errors = [{**file["error"], "details": None}] if file["error"] else []
    body = {
        "id": gid("MediaImage" if picture else "GenericFile", file["id"]), "alt": file["alt"],
        "__typename": "MediaImage" if picture else "GenericFile", "fileStatus": file["status"], "fileErrors": errors,
        "mimeType": file["mime"], "createdAt": file["created_at"], "updatedAt": file["updated_at"],
        "preview": {"image": image(shop, file), "status": file["status"]} if picture else None,
    }  # fmt: skip
    if picture:
        source = {"fileSize": file["size"], "url": media.url(shop, file)} if file["digest"] else None
        return {
            **body, "mediaContentType": "IMAGE", "mediaErrors": errors, "mediaWarnings": [], "status": file["status"],
            "image": image(shop, file), "originalSource": source,
        }  # fmt: skip
    return {**body, "originalFileSize": file["size"], "url": media.url(shop, file) if file["digest"] else None}


def media_connection(shop: Shop, numbers: list[int]):
    def resolve(_info, sortKey=None, query=None, **page):
        return nested(media.of(shop, numbers), lambda file: file_node(shop, file))(_info, **page)

    return resolve


def featured(shop: Shop, numbers: list[int]) -> dict | None:
    files = media.of(shop, numbers[:1])
    return file_node(shop, files[0]) if files else None
