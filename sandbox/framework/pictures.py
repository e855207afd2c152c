"""Pictures: drawn from a text, for shops that have none, and measured, without a library for it."""

import colorsys
import random
import struct
import zlib

_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def picture(text: str, width: int = 240, height: int = 240) -> bytes:
    """A PNG of stripes and a disc whose colours and angle come from ``text``: the same text, the same picture."""
    chosen = random.Random(f"picture:{text}")
    hue = chosen.random()
    palette = [
        colorsys.hsv_to_rgb((hue + shift) % 1, 0.55, value) for shift, value in ((0, 0.95), (0.08, 0.8), (0.5, 0.6))
    ]
    colours = b"".join(bytes(round(channel * 255) for channel in colour) for colour in palette)
    band, slope = chosen.randrange(12, 40), chosen.choice((-2, -1, 0, 1, 2))
    strip = (b"\0" * band + b"\1" * band) * (width * 3 // band + 2)
    radius = chosen.randrange(width // 6, width // 3)
    rows = []
    for y in range(height):
        start = (y * slope) % (2 * band)
        row = bytearray(strip[start : start + width])
        reach = radius**2 - (y - height // 2) ** 2
        if reach > 0:
            half = int(reach**0.5)
            row[width // 2 - half : width // 2 + half] = b"\2" * (2 * half)
        rows.append(b"\0" + bytes(row))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 6)
    parts = (chunk(b"IHDR", header), chunk(b"PLTE", colours), chunk(b"IDAT", body), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def measure(content: bytes) -> tuple[str, int, int] | None:
    """(media type, width, height) of an image, None if it is none that is known."""
    mime = next((mime for start, mime in _SIGNATURES if content.startswith(start)), None)
    try:
        if mime == "image/png":
            return mime, *struct.unpack(">II", content[16:24])
        if mime == "image/gif":
            return mime, *struct.unpack("<HH", content[6:10])
        if mime == "image/jpeg":
            return mime, *_jpeg_size(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return "image/webp", *_webp_size(content)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    place = 2
    while True:
        marker, length = content[place + 1], struct.unpack(">H", content[place + 2 : place + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + length


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        return (int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF
