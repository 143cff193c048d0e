"""What axe-core finds on a page."""

import os
from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SETTLED = (  # colours may take their time
    "() => Promise.all(document.getAnimations().map((a) => a.finished)).then(() => null)"
)
AXE = Axe()
OF_COLORS = ["color-contrast", "link-in-text-block"]


def looks_of(subject: str, subjects: Sequence[str], looks: Sequence[str]) -> Sequence[str]:
    """In which looks a page is asked for its colours: each in one, its neighbour in the next.

    Contrast takes axe a second of the processor, and pages have their colours from one palette.
    """
    if os.environ.get("EVERYWHERE"):
        return looks
    return [looks[list(subjects).index(subject) % len(looks)]]


def violations(
    page: Page, *, colors: bool = True, colors_alone: bool = False
) -> list[tuple[str, list[str]]]:
    """The rules that a page breaks, each with the elements that do.

    The least size of a target (WCAG 2.5.8) is asked too, which axe leaves out by itself. A page
    that was asked once and has changed its colours alone is asked for these alone; contrast is two
    thirds of axe's work, and a page that is asked for its colours in another look goes without.
    """
    page.evaluate(SETTLED)
    asked = (
        {"runOnly": {"type": "rule", "values": OF_COLORS}}
        if colors_alone
        else {
            "rules": {
                "target-size": {"enabled": True},
                **({} if colors else {rule: {"enabled": False} for rule in OF_COLORS}),
            }
        }
    )
    # Without "preload": a page that is a file may not ask for its style sheets again.
    options = {"resultTypes": ["violations"], "preload": False, **asked}
    if not page.evaluate("'axe' in window"):  # the library is read once a page
        page.evaluate(AXE.axe_script)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
