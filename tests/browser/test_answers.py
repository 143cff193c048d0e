"""What the server alone answers: addresses that lead nowhere, and pages written for each visit."""

import json
import urllib.error
import urllib.request

from tests.browser.accessibility import violations

from crossent.figures import FIGURES


def missing(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_figure_that_there_is_not_is_a_sentence_with_the_nearest_name(site):
    status, html = missing(site.figure_url("prediction-bar"))
    assert status == 404
    assert "No figure &#x27;prediction-bar&#x27;; did you mean &#x27;prediction-bars&#x27;?" in html


def test_markup_in_an_address_that_leads_nowhere_stays_text(site):
    status, html = missing(site.figure_url("%3Cimg%20src=x%20onerror=alert(1)%3E"))
    assert status == 404
    assert "<img" not in html


def test_the_page_for_a_wrong_address_is_accessible_and_leads_on(site, visit):
    page = visit.open(site.figure_url("nothing"), watch=False)
    assert violations(page) == []
    links = page.locator("main a").evaluate_all("all => all.map((a) => new URL(a.href).pathname)")
    assert links == [f"/figures/{name}" for name in FIGURES]


def test_a_favicon_is_found_where_browsers_look_for_it(site):
    with urllib.request.urlopen(site.origin + "/favicon.ico") as response:
        assert response.status == 200
        assert len(response.read()) > 100


def test_text_is_readable_to_a_search_engine_and_a_reader(site):
    with urllib.request.urlopen(site.figure_url("prediction-bars")) as response:
        html = response.read().decode()
    assert "<h1>Prediction bars</h1>" in html
    assert json.dumps(FIGURES["prediction-bars"].summary)[1:-1] in html


def test_what_the_link_shows_is_there_before_the_first_answer(visit):
    state = {"logits": [2, 1, 0.1], "target": 1}
    page = visit.open(visit.site.figure_url("logit-gradient", **state))
    given = page.evaluate("JSON.parse(document.querySelector('[data-crossent=page]').textContent)")
    assert given["figures"][0]["initial"]["state"]["logits"] == [2, 1, 0.1]
