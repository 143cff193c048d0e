"""What a page's address hides is not there: each name, in the page itself."""

import pytest
from tests.browser.conftest import Visits

# Of a figure, a name, and what it takes away.
HIDDEN = [
    ("prediction-bars", "classes", ".cb-names"),
    ("prediction-bars", "target", ".cb-truth"),
    ("prediction-bars", "target_prob", ".plot-handle"),
    ("prediction-bars", "add_class", ".cb-tools button:has-text('Add a class')"),
    ("prediction-bars", "remove_class", "button:has-text('Remove a class')"),
    ("prediction-bars", "type_row", ".cb-tools button:has-text('Type a row')"),
    ("count-likelihood", "focus", ".cb-truth"),
    ("logit-gradient", "level", ".range[data-part~=level]"),
    ("logit-gradient", "batch_logits", ".batch"),
]


@pytest.mark.parametrize(("figure", "name", "gone"), HIDDEN)
def test_what_is_named_is_hidden_and_stands_there_otherwise(
    visit: Visits, figure: str, name: str, gone: str
) -> None:
    page = visit.figure(figure)
    assert page.root.locator(gone).first.is_visible()
    page = visit.figure(figure, {"hide": name})
    assert page.root.locator(f"{gone} >> visible=true").count() == 0
    assert page.sliders().count() > 0
