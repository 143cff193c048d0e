"""What a page's address hides is not there: each name, in the page itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.browser.conftest import Desk, Visits
from tests.browser.driving import FigurePage, Site

MODES = ["built"]

# Of a figure, names that are hidden together, each with what it takes away; no name of a set lies
# in a part that another takes away.
HIDDEN = [
    (
        "prediction-bars",
        {
            "classes": ".cb-names",
            "target": ".cb-truth",
            "target_prob": ".plot-handle",
            "type_row": ".cb-tools button:has-text('Type a row')",
        },
    ),
    (
        "prediction-bars",
        {
            "add_class": ".cb-tools button:has-text('Add a class')",
            "remove_class": "button:has-text('Remove a class')",
        },
    ),
    ("count-likelihood", {"focus": ".cb-truth"}),
    ("logit-gradient", {"level": ".range[data-part~=level]", "batch_logits": ".batch"}),
]
SETS = [(figure, tuple(names)) for figure, names in HIDDEN]
PARTS = {(figure, name): gone for figure, names in HIDDEN for name, gone in names.items()}


class Hidden:
    """What is seen of a figure's parts, plain and with a set of names hidden."""

    def __init__(self, visits: Visits, figure: str, names: tuple[str, ...]) -> None:
        parts = {name: PARTS[figure, name] for name in names}
        self.plain = seen(visits.figure(figure), parts)
        page = visits.elsewhere(visits.site.figure_url(figure, hide=",".join(names)))
        self.hidden = seen(FigurePage(page).ready(), parts)
        self.sliders = FigurePage(page).sliders().count()


def seen(page: FigurePage, parts: dict[str, str]) -> dict[str, bool]:
    """Whether each name has a part that is visible."""
    return {
        name: page.root.locator(f"{part} >> visible=true").count() > 0
        for name, part in parts.items()
    }


@pytest.fixture(scope="module", params=SETS, ids=lambda given: "-".join([given[0], *given[1]]))
def hidden(
    request: pytest.FixtureRequest, site: Site, browser: Browser, desk: Desk
) -> Iterator[Hidden]:
    visits = Visits(browser, site, desk)
    yield Hidden(visits, *request.param)
    visits.close()
    assert visits.complaints == []


def test_what_is_named_is_hidden(hidden: Hidden) -> None:
    assert not any(hidden.hidden.values()), hidden.hidden


def test_what_is_not_named_stands_there(hidden: Hidden) -> None:
    assert all(hidden.plain.values()), hidden.plain


def test_what_can_be_dragged_stays_whatever_is_hidden(hidden: Hidden) -> None:
    assert hidden.sliders > 0
