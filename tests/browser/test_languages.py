"""Pages in French: by link, by the browser's wish, and built; English where there is none."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.accessibility import violations
from tests.browser.conftest import DESKTOP, Visits, Watch
from tests.browser.driving import FigurePage, ServedSite
from tests.browser.test_built import static_host
from tests.pages.writing import FIGURE, write

READY = "crossent-figure[data-ready]"


def language_of(page: Page) -> str | None:
    return page.locator("html").get_attribute("lang")


# -- served ----------------------------------------------------------------------------------------


def test_a_link_asks_for_french_and_further_links_keep_it(visit: Visits) -> None:
    page = visit.open(visit.site.origin + "/?lang=fr")
    assert language_of(page) == "fr"
    expect(page.locator("h1:visible")).to_have_text("L’entropie croisée à portée de main")
    page.get_by_role("link", name="La surprise devant la vérité").first.click()
    page.wait_for_selector(READY)
    assert page.url.endswith("/surprise?lang=fr")
    assert language_of(page) == "fr"
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    expect(page.locator("[data-begin]").first).to_have_text("Commencer")
    assert page.locator(".pager-link").get_attribute("href") == "/information?lang=fr"


def test_without_a_link_the_browser_says_the_language(visit: Visits) -> None:
    page = visit.open(visit.site.origin + "/surprise", locale="fr-CA")
    assert language_of(page) == "fr"
    expect(page.locator("h1:visible")).to_have_text("La surprise devant la vérité")
    assert page.locator(".pager-link").get_attribute("href") == "/information"
    english = visit.open(visit.site.origin + "/surprise?lang=en", locale="fr-CA")
    assert language_of(english) == "en"
    german = visit.open(visit.site.origin + "/surprise", locale="de-DE")
    assert language_of(german) == "en"


def test_a_figure_in_french_takes_its_state_from_the_address(visit: Visits) -> None:
    address = visit.site.figure_url("prediction-bars", probs=[0.25, 0.75], target=1)
    page = visit.open(address + "&lang=fr")
    figure = FigurePage(page).ready()
    expect(page.locator("h1:visible")).to_have_text("Barres de prédiction")
    assert page.locator(".notice").is_hidden()
    assert float(page.locator("[data-readout=p_target]").get_attribute("data-value") or 0) == 0.75
    expect(page.get_by_role("radiogroup", name="vraie classe")).to_be_visible()
    page.get_by_role("slider").first.press("ArrowUp")
    page.wait_for_function("location.search.includes('0.26')")
    assert "lang=fr" in page.url
    assert figure is not None


def test_what_is_typed_in_vain_is_refused_in_french(visit: Visits) -> None:
    page = visit.open(visit.site.figure_url("prediction-bars") + "?lang=fr")
    FigurePage(page).ready()
    field = page.get_by_label("probabilité prédite de chat, au clavier")
    field.fill("beaucoup")
    field.press("Enter")
    expect(page.locator(".notice")).to_have_text("«\u202fbeaucoup\u202f» n’est pas un nombre")


def test_a_lesson_that_is_not_translated_is_english_in_a_french_page(
    browser: Browser, tmp_path: Path
) -> None:
    lessons = write(tmp_path / "lessons", f"Drag.\n\n{FIGURE}")
    served = ServedSite(tmp_path / "log", "--lessons", str(lessons))
    try:
        page, watch = visited(browser, served.origin + "/trial?lang=fr")
        assert language_of(page) == "fr"
        for text in (".lesson-head h1", ".lesson-body", ".lesson-head .summary"):
            assert page.locator(text).get_attribute("lang") == "en"
        figure = page.locator("crossent-figure").first
        assert figure.get_attribute("lang") == "fr"
        expect(figure.get_by_role("button", name="Annuler")).to_be_visible()
        expect(page.get_by_role("button", name="Présenter")).to_be_visible()
        assert violations(page) == []
        assert not watch.complaints, watch.complaints
        page.context.close()
    finally:
        served.stop()


def test_a_french_lesson_is_answered_and_its_challenge_reached(visit: Visits) -> None:
    page = visit.open(visit.site.origin + "/surprise?lang=fr")
    page.wait_for_selector(READY)
    page.get_by_role("button", name="Elle reste à 0.5108").click()
    expect(page.locator(".question .verdict")).to_have_text("Oui.")
    challenge = page.locator("#challenge-1")
    challenge.locator("[data-begin]").click()
    expect(challenge.locator(".verdict")).to_have_text("C’est parti\u202f: la figure vous suit.")
    grip = page.get_by_role("slider", name="renard")
    grip.focus()
    grip.press("End")
    grip.press("PageDown")
    expect(challenge.locator(".verdict")).to_have_text("Pas encore.")
    grip.press("End")
    expect(challenge.locator(".verdict")).to_contain_text("un peu plus de neuf dixièmes")
    expect(page.locator("[data-progress-line]")).to_have_text("2 questions et défis faits sur 4.")


@pytest.mark.parametrize("path", ["/", "/surprise", "/figures/logit-gradient"])
def test_axe_finds_no_violations_in_french(visit: Visits, path: str) -> None:
    page = visit.open(visit.site.origin + path + "?lang=fr")
    page.wait_for_selector(READY)
    assert violations(page) == []


def test_the_other_language_is_one_click_away_with_the_same_state(visit: Visits) -> None:
    page = visit.open(visit.site.figure_url("prediction-bars", probs=[0.25, 0.75], target=1))
    FigurePage(page).ready()
    page.get_by_role("link", name="Français").click()
    page.wait_for_url("**lang=fr*")
    FigurePage(page).ready()
    assert language_of(page) == "fr"
    assert float(page.locator("[data-readout=p_target]").get_attribute("data-value") or 0) == 0.75


# -- built -----------------------------------------------------------------------------------------


def visited(browser: Browser, url: str, locale: str = "en-US") -> tuple[Page, Watch]:
    page = browser.new_context(viewport=DESKTOP, locale=locale).new_page()
    watch = Watch(page, url)
    page.goto(url)
    page.wait_for_selector(READY)
    return page, watch


def test_a_built_lesson_in_french(browser: Browser, built_folder: Path) -> None:
    with static_host(built_folder) as origin:
        page, watch = visited(browser, f"{origin}/surprise.fr.html")
        assert language_of(page) == "fr"
        expect(page.get_by_role("button", name="Copier le lien")).to_be_visible()
        # The reader's browser asks for English first: it is offered.
        expect(page.locator(".language-offer a")).to_have_text("Read this page in English")
        page.get_by_role("button", name="Non merci").click()
        expect(page.locator(".language-offer")).to_have_count(0)
        page.locator(".brand").click()
        page.wait_for_url("**/index.fr.html")
        page.wait_for_selector(READY)
        assert page.locator(".language-offer").count() == 0  # asked once is enough
        assert not watch.complaints, watch.complaints
        page.context.close()


def test_a_built_english_page_offers_french_to_those_who_prefer_it(
    browser: Browser, built_folder: Path
) -> None:
    url = (built_folder / "surprise.html").as_uri()
    page, _ = visited(browser, url, "fr-FR")
    assert language_of(page) == "en"  # nobody is sent away
    page.get_by_role("link", name="Lire cette page en français").click()
    page.wait_for_url("**/surprise.fr.html")
    page.context.close()
    page, _ = visited(browser, url, "de-DE")
    assert page.locator(".language-offer").count() == 0
    page.context.close()


def test_a_link_that_asks_for_french_leads_to_the_french_page(
    browser: Browser, built_folder: Path
) -> None:
    with static_host(built_folder) as origin:
        state = "probs=[0.25,0.75]&target=1"
        page, _ = visited(browser, f"{origin}/figures/prediction-bars.html?{state}&lang=fr")
        page.wait_for_url("**/prediction-bars.fr.html?*")
        page.wait_for_selector(READY)
        assert "lang=" not in page.url
        value = page.locator("[data-readout=p_target]").get_attribute("data-value")
        assert float(value or 0) == 0.75
        page.get_by_role("link", name="English", exact=True).click()
        page.wait_for_url("**/prediction-bars.html?*")
        assert language_of(page) == "en"
        page.goto(f"{origin}/information.html?lang=de")  # which there is not
        page.wait_for_selector(READY)
        assert language_of(page) == "en"
        page.context.close()
