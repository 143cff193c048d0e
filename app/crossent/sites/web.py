"""What search engines and other sites' tools ask of a site whose address is known.

Each page says its address and has a picture (OpenGraph), and leads to what stands for it on pages
that embed by oEmbed, a file beside it; ``sitemap.xml`` names all pages.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..content import ASSETS
from ..errors import ExportError, readable

if TYPE_CHECKING:
    from ..build import SharedFiles

SIZES = {"figures": (740, 640), "": (900, 900)}  # px of a frame, by the folder of its page


def site_address(text: str) -> str:
    """A site's address, without a slash at its end.

    Raises
    ------
    ExportError
        If it is none.
    """
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.query or parts.fragment or re.search(r'[\s<>"]', text):
        raise ExportError(
            f"a site's address is such as https://example.org/losses; got '{readable(text)}'"
        )
    return text.rstrip("/")


def web_words(site: SharedFiles, path: str, title: str, figure: str) -> dict[str, Any]:
    """What a page's head says of its place on the web; `figure` is the one that pictures it."""
    picture = (ASSETS / "pictures" / f"{figure}.png").read_bytes()
    width, height = struct.unpack(">II", picture[16:24])  # a PNG's first chunk begins with them
    image = f"{site.url}/{site.asset(f'{figure}.png', picture)}"
    oembed = f"oembed/{path.removesuffix('.html')}.json"
    site.write(oembed, oembed_text(site, path, title, (image, width, height)))
    return {
        "web": {
            "address": f"{site.url}/{path}",
            "image": image,
            "width": width,
            "height": height,
            "oembed": f"{site.url}/{oembed}",
        }
    }


def oembed_text(site: SharedFiles, path: str, title: str, picture: tuple[str, int, int]) -> str:
    """What an embedding page is told of a page: a frame, and a picture."""
    width, height = SIZES["figures" if path.startswith("figures/") else ""]
    frame = (
        f'<iframe src="{escape(f"{site.url}/{path}")}" title="{escape(title)}" width="{width}" '
        f'height="{height}" style="border:0;max-width:100%" loading="lazy" '
        'allow="clipboard-write"></iframe>'
    )
    told = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Crossent",
        "provider_url": f"{site.url}/",
        "html": frame,
        "width": width,
        "height": height,
    } | dict(zip(("thumbnail_url", "thumbnail_width", "thumbnail_height"), picture, strict=True))
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def sitemap(url: str, pages: Iterable[str]) -> str:
    """All pages of a site."""
    lines = [f"  <url><loc>{escape(f'{url}/{page}')}</loc></url>" for page in sorted(pages)]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    name = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return "\n".join([head, f'<urlset xmlns="{name}">', *lines, "</urlset>"]) + "\n"
