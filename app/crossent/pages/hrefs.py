"""A lesson's links and pictures, checked; where they lead within the site is said later."""

from __future__ import annotations

import re
from urllib.parse import unquote

from markdown_it.token import Token

from ..errors import unknown
from .draft import Draft
from .files import content_of, is_named, within
from .lesson import address_of

IMAGES = {
    **{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"},
    **{".svg": "image/svg+xml", ".webp": "image/webp", ".gif": "image/gif"},
}

LARGEST_IMAGE = 8_000_000  # bytes; it stands in the page


def link(draft: Draft, href: str, line: int) -> str:
    """A link's address, checked where it stays within the course."""
    if re.match(r"(https?://|mailto:)", href):
        return href
    target, _, fragment = href.partition("#")
    if not target:
        draft.local_links.append((unquote(fragment), line))
        return href
    if target.startswith("figure:"):
        figure = draft.existing_figure(target.removeprefix("figure:"), line)
        return address_of("figure", figure.name_of)
    slug = lesson_of(draft, unquote(target), line)
    if fragment:
        draft.lesson.links.append((slug, unquote(fragment), draft.lesson.path, line))
    return address_of("lesson", slug) + (f"#{fragment}" if fragment else "")


def spells(words: str, href: str) -> bool:
    """Whether a link's words are its address: whole, or as `doi:...` and `arXiv:...`."""
    identifier = re.match(r"(?:doi|arXiv):(.+)", words)
    return href in (words, f"https://{words}") or (
        identifier is not None and href.endswith(f"/{identifier[1]}")
    )


def lesson_of(draft: Draft, target: str, line: int) -> str:
    """The slug of the lesson that a link names."""
    if target.startswith("lesson:"):
        slug = target.removeprefix("lesson:")
        if slug not in draft.slugs:
            raise draft.error(line, unknown(slug, draft.slugs, "no lesson"))
        return slug
    found = re.fullmatch(r"\.\./([^/]+)(?:/(?:index(?:\.[\w-]+)?\.md)?)?", target)
    if not found:
        raise draft.error(
            line, f"'{target[:60]}' leads nowhere; link to lesson:SLUG, figure:NAME or https://"
        )
    folders = {folder: slug for slug, folder in draft.slugs.items()}
    if found[1] not in folders:
        raise draft.error(line, unknown(found[1], folders, "no lesson folder"))
    return folders[found[1]]


def image(draft: Draft, token: Token, line: int) -> str:
    """The address of a picture beside the lesson's text."""
    folder = draft.lesson.folder
    name = unquote(str(token.attrGet("src") or ""))
    file = folder / name
    if not token.content.strip():
        raise draft.error(
            line, f"the image '{name[:60]}' needs a description: ![what it shows](...)"
        )
    if re.match(r"[a-z]+:|/", name) or not within(folder, file):
        raise draft.error(line, f"the image '{name[:60]}' must lie in the lesson's own folder")
    if file.suffix.lower() not in IMAGES:
        raise draft.error(
            line, f"'{name[:60]}' is no picture that browsers show: {', '.join(IMAGES)}"
        )
    if not is_named(file):
        near = {p.name: p for p in folder.iterdir() if p.suffix.lower() in IMAGES}
        raise draft.error(line, unknown(name, near, "no image"))
    try:
        content_of(file, 1)
    except OSError as error:
        problem = f"the image '{name[:60]}' cannot be read: {error.strerror or error}"
        raise draft.error(line, problem) from error
    if file.stat().st_size > LARGEST_IMAGE:
        largest = f"at most {LARGEST_IMAGE // 1_000_000} MB"
        raise draft.error(line, f"the image '{name[:60]}' is too large; a picture has {largest}")
    return address_of("image", name)


def check_local_links(draft: Draft) -> None:
    """What links within the page lead to is there; asked when all of the page has been read."""
    for identity, line in draft.local_links:
        if identity not in draft.lesson.identities:
            known = dict.fromkeys(draft.lesson.identities)
            raise draft.error(line, unknown(identity, known, "no heading on this page is"))
