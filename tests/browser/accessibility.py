"""What axe-core finds on a page."""

import os
from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SETTLED = (  # colours may take their time
    "() => Promise.all(document.getAnimations().map((a) => a.finished)).then(() => null)"
)
AXE = Axe()


def looks_of(subject: str, subjects: Sequence[str], looks: Sequence[str]) -> Sequence[str]:
    """In which looks a page is asked beside its first: each in one, its neighbour in the next.

    Contrast takes axe a second of the processor, and pages have their colours from one palette.
    """
    if os.environ.get("EVERYWHERE"):
        return looks
    return [looks[list(subjects).index(subject) % len(looks)]]


def violations(page: Page, *, colors_alone: bool = False) -> list[tuple[str, list[str]]]:
    """The rules that a page breaks, each with the elements that do.

    The least size of a target (WCAG 2.5.8) is asked too, which axe leaves out by itself. A page
    that was asked once and has changed its colours alone is asked for these alone.
    """
    page.evaluate(SETTLED)
    asked = (
        {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
        if colors_alone
        else {"rules": {"target-size": {"enabled": True}}}
    )
    # Without "preload": a page that is a file may not ask for its style sheets again.
    options = {"resultTypes": ["violations"], "preload": False, **asked}
    if not page.evaluate("'axe' in window"):  # the library is read once a page
        page.evaluate(AXE.axe_script)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
