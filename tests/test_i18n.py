"""The catalogues are up to date and whole, and a language is chosen as it should be."""

import json
import re
import shutil

import pytest
from tests.course import lessons as lessons_in

from crossent import i18n
from crossent.build import build
from crossent.content import LESSONS
from crossent.errors import LessonError
from crossent.figures import FIGURES
from crossent.pages.course import Course
from crossent.pages.page import Slot

UPDATE = "run make generated, then translate what is new in assets/locale/*.po"
TRANSLATED = i18n.languages()[1:]


@pytest.fixture(scope="module")
def messages():
    return i18n.all_messages()


def read(language):
    return {m.id for m in i18n.read_catalogue(i18n.LOCALE / f"{language}.po") if m.id}


def test_the_template_is_up_to_date(messages):
    kept = {message.id for message in i18n.read_catalogue(i18n.TEMPLATE) if message.id}
    assert kept == set(messages), UPDATE


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_no_message_that_is_gone(language, messages):
    assert not read(language) - set(messages), UPDATE


def begun(language):
    """The figures that speak a language: those whose title has been translated."""
    texts = i18n.catalogue(language)
    return [name for name, figure in FIGURES.items() if figure.title in texts]


def test_the_french_catalogue_is_complete_but_for_figures_that_it_has_not_begun(messages):
    """A figure whose author has no French is shown in English; half of one is a mistake."""
    figures = {f"figures/{name}" for name in FIGURES} - {f"figures/{name}" for name in begun("fr")}
    missing = [text for text in messages if text not in i18n.catalogue("fr")]
    assert [text for text in missing if not figures.issuperset(messages[text])] == [], UPDATE


def test_what_is_without_a_translation_is_told_and_built_in_english(monkeypatch):
    texts = i18n.catalogue("fr")
    fewer = {text: word for text, word in texts.items() if text not in ("Focal loss", "Undo")}
    monkeypatch.setattr(i18n, "catalogue", lambda language: fewer)
    (sentence,) = i18n.shown_in_english()
    assert sentence.startswith("fr: without a translation, shown in English: ")
    assert "focal-curves (1)" in sentence
    assert "toolbar.js (1)" in sentence
    french = i18n.translated_spec(FIGURES["focal-curves"].spec("view"), i18n.translator("fr"))
    assert french["title"] == "Focal loss"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_slots_of_their_originals(language):
    slot = re.compile(r"\{@?[\w.:]+\}")
    for text, translation in i18n.catalogue(language).items():
        assert sorted(slot.findall(translation)) == sorted(slot.findall(text)), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_every_number(language):
    number = re.compile(r"\d+(?:\.\d+)?")
    for text, translation in i18n.catalogue(language).items():
        assert sorted(number.findall(translation)) == sorted(number.findall(text)), text


@pytest.mark.parametrize("form", ["view", "card"])
@pytest.mark.parametrize("name", FIGURES)
def test_translating_a_spec_changes_its_texts_and_nothing_else(name, form):
    spec = FIGURES[name].spec(form)
    said = []

    def mark(text):
        said.append(text)
        return f"\0{text}"

    marked = i18n.translated_spec(spec, mark)
    assert said
    assert json.loads(json.dumps(marked).replace("\\u0000", "")) == json.loads(json.dumps(spec))
    assert [p["name"] for p in marked["parameters"]] == [p["name"] for p in spec["parameters"]]
    states = [
        [p["state"] | {"classes": None} for p in of["presets"]] for of in (marked, spec)
    ]  # but for the classes' names
    assert states[0] == states[1]


@pytest.mark.parametrize("name", begun("fr"))
def test_a_figure_in_french_keeps_its_code_edits_and_references(name):
    spec = FIGURES[name].spec("view")
    french = i18n.translated_spec(spec, i18n.translator("fr"))
    assert (french["code"], french["edits"]) == (spec["code"], spec["edits"])
    assert french["title"] != spec["title"]
    names = ("kind", "shows", "param", "edit", "x", "y", "role", "format", "when", "only", "mark")
    assert fields(french["view"], names) == fields(spec["view"], names)


def fields(node, names):
    """The values of some fields, in order, anywhere in a tree but in its plots."""
    if isinstance(node, list):
        return [found for entry in node for found in fields(entry, names)]
    if not isinstance(node, dict):
        return []
    own = [(name, node[name]) for name in names if name in node and isinstance(node[name], str)]
    inner = [fields(value, names) for name, value in node.items() if name != "plot"]
    return own + [found for part in inner for found in part]


def test_what_a_catalogue_lacks_is_english():
    assert i18n.translator("fr")("No such message {n}", n=2) == "No such message 2"
    assert i18n.translator("xx")("Undo") == "Undo"
    assert i18n.browser_texts("en") == {}


def test_the_browser_is_given_its_own_messages_only():
    texts = i18n.browser_texts("fr")
    assert texts["Undo"] == "Annuler"
    assert "Open the figure" not in texts


def test_a_text_put_together_before_it_is_translated_is_refused():
    with pytest.raises(ValueError, match=r"a\.js:2: write t\("):
        i18n.messages_of("\nt(`${n} of ${m}`)", "a.js")


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        (None, None, "en"),
        (None, "", "en"),
        ("fr", "en", "fr"),
        ("en", "fr", "en"),
        ("fr-CA", None, "fr"),
        ("FR", None, "fr"),
        ("tlh", "fr;q=0.5", "fr"),
        ("<script>", None, "en"),
        (None, "de,fr;q=0.3,en;q=0.9", "en"),
        (None, "fr;q=0, en;q=0.1", "en"),
        (None, "de-AT, fr-FR;q=0.8", "fr"),
        (None, ";;q=,*;q=2,fr", "fr"),
    ],
)
def test_the_language_follows_the_link_then_the_browser(asked, accepted, chosen):
    assert i18n.chosen_language(asked, accepted, ["en", "fr"]) == chosen


def test_classes_that_nobody_named_are_named_in_the_pages_language():
    six = {"probs": [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]}
    slot = Slot("bars", FIGURES["prediction-bars"], six, language="fr")
    ours = ["chat", "chien", "renard", "hibou", "classe 5", "classe 6"]
    assert slot.first_state()["classes"] == ours


LOOSE = re.compile(r"[ \u00a0](?=[;:!?%»])|«[ \u00a0]")


def test_no_line_breaks_before_a_french_sign_of_two_parts():
    texts = list(i18n.catalogue("fr").values())
    for lesson in lessons_in("fr"):
        if lesson.language == "fr":
            words = re.sub(r"<(pre|code)\b.*?</\1>|<[^>]*>", "", lesson.body, flags=re.S)
            texts += [lesson.title, lesson.summary, lesson.part, words]
    assert [
        text[max(0, m.start() - 30) : m.end()] for text in texts for m in LOOSE.finditer(text)
    ] == []


# -- lessons ---------------------------------------------------------------------------------------


def test_each_translation_has_the_states_and_goals_of_its_original():
    course = Course(LESSONS)
    for slug in course.places():
        original = course.lesson(slug)
        for language in original.languages[1:]:
            lesson = course.lesson(slug, language)
            assert lesson.language == language
            assert set_by(lesson.body) == set_by(original.body)
            assert [h.identity for h in lesson.headings] == [h.identity for h in original.headings]
            assert [said(tab.template) for tab in lesson.code] == [
                said(tab.template) for tab in original.code
            ]
            for ours, theirs in zip(lesson.figures, original.figures, strict=True):
                assert unnamed(ours.state) == unnamed(theirs.state)
                assert (ours.hide, ours.form, ours.shares) == (
                    theirs.hide,
                    theirs.form,
                    theirs.shares,
                )


def said(code):
    """What code does; its comments may be in the language."""
    return [line.partition("#")[0].rstrip() for line in code.splitlines()]


def set_by(body):
    """The states and goals in a lesson's page, without the classes' names."""
    found = re.findall(r'data-(whole|state|start|goal|look|answer)="([^"]*)"', body)
    values = [(name, text.replace("&quot;", '"')) for name, text in found]
    return [(n, unnamed(json.loads(v)) if v[:1] in "{[" else v) for n, v in values]


def unnamed(state):
    return {n: v for n, v in state.items() if n != "classes"} if isinstance(state, dict) else state


@pytest.fixture
def lessons(tmp_path):
    """A folder with two lessons, the first in French too."""
    for slug in ("01-surprise", "02-information"):
        shutil.copytree(LESSONS / slug, tmp_path / "lessons" / slug)
    (tmp_path / "lessons" / "02-information" / "index.fr.md").unlink()
    second = tmp_path / "lessons" / "02-information" / "index.md"
    text = second.read_text(encoding="utf-8")
    second.write_text(re.sub(r"\(lesson:[^)]*\)", "(lesson:surprise)", text), encoding="utf-8")
    for file in (tmp_path / "lessons" / "01-surprise").iterdir():
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("(lesson:softmax-gradient)", "(lesson:information)"), "utf-8")
    return tmp_path / "lessons"


def test_a_mistake_in_a_translation_names_its_own_file_and_line(lessons):
    file = lessons / "01-surprise" / "index.fr.md"
    text = file.read_text(encoding="utf-8").replace("{figure} prediction-bars", "{figure} barres")
    line = 1 + text[: text.index("barres")].count("\n")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LessonError, match=rf"01-surprise/index\.fr\.md:{line}: no figure 'barres'"):
        Course(lessons).lessons("fr")
    assert Course(lessons).lessons()[0].language == "en"


def test_a_translation_without_one_of_the_challenges_is_refused(lessons):
    file = lessons / "01-surprise" / "index.fr.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r":::\{challenge\}.*?\n:::\n", "", text, count=1, flags=re.S), "utf-8")
    with pytest.raises(LessonError, match=r"index\.fr\.md:1: it has 2 challenges, but .* has 3"):
        Course(lessons).lesson("surprise", "fr")


def test_a_lesson_in_a_language_without_a_catalogue_is_built_in_an_english_interface(
    lessons, tmp_path
):
    folder = lessons / "01-surprise"
    (folder / "index.fr.md").rename(folder / "index.oc.md")
    build(tmp_path / "site", lessons=lessons, say=lambda line: None)
    page = (tmp_path / "site" / "surprise.oc.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert '<h1 lang="oc">La surprise' in page
    assert '<summary lang="en">Hint</summary>' in page
    assert 'href="index.oc.html"' in page
    assert (tmp_path / "site" / "index.oc.html").is_file()


def test_a_built_site_leads_from_each_page_to_its_other_languages(lessons, tmp_path):
    build(tmp_path / "site", lessons=lessons, say=lambda line: None)
    site = tmp_path / "site"
    for english, french in [
        ("index.html", "index.fr.html"),
        ("surprise.html", "surprise.fr.html"),
        ("figures/prediction-bars.html", "figures/prediction-bars.fr.html"),
        ("how-we-know.html", "how-we-know.fr.html"),
    ]:
        pages = [(site / name).read_text(encoding="utf-8") for name in (english, french)]
        assert '<html lang="en">' in pages[0]
        assert '<html lang="fr">' in pages[1]
        for page in pages:
            for language, name in (("en", english), ("fr", french)):
                link = f'<link rel="alternate" hreflang="{language}" href="{name.split("/")[-1]}">'
                assert link in page
    french = (site / "index.fr.html").read_text(encoding="utf-8")
    assert 'href="surprise.fr.html"' in french
    assert 'href="information.html" lang="en"' in french
    assert not (site / "information.fr.html").exists()
