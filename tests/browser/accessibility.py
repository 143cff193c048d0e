"""What axe-core finds on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SETTLED = (  # colours may take their time
    "() => Promise.all(document.getAnimations().map((a) => a.finished)).then(() => null)"
)


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
    found = Axe().run(page, options=options).response["violations"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
