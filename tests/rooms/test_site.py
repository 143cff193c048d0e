"""What a server with rooms adds to its pages, and that no other page has anything of it."""

import json
import re
from pathlib import Path

import pytest
from tests.rooms.test_stores import run

from crossent import serve
from crossent.__main__ import main
from crossent.figures import FIGURES
from crossent.i18n import browser_texts, catalogue, room_texts
from crossent.internals import application_of
from crossent.pages.course import Course
from crossent.pages.scripts import runtime_script
from crossent.rooms.site import add_rooms

GIVEN = re.compile(r'<script type="application/json" data-crossent="rooms">(.*?)</script>')
SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"


def empty_site(folder: Path, **_: object) -> None:
    """A built site whose pages are empty, which takes no seconds."""
    course = Course()
    names = [f"figures/{name}{end}" for name in FIGURES for end in (".html", ".fr.html")]
    for slug, place in course.places().items():
        names += [f"{slug}{'' if tag == 'en' else f'.{tag}'}.html" for tag in place.languages]
    for name in (*names, "index.html", "how-we-know.html"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<html><body>\n</body>\n</html>\n")
    (folder / "assets").mkdir()
    for name in ("crossent.1.css", "crossent.1.js", "favicon.1.svg"):
        (folder / "assets" / name).write_text("")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("rooms") / "site"
    empty_site(folder)
    add_rooms(folder, Course())
    return folder


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("figures/prediction-bars.html", "figures/prediction-bars"),
        ("figures/prediction-bars.fr.html", "figures/prediction-bars"),
        ("surprise.html", "surprise"),
        ("surprise.fr.html", "surprise"),
        ("join.html", None),
        ("join.fr.html", None),
    ],
)
def test_a_page_that_can_be_a_room_is_told_so_in_its_language(site, file, page):
    html = (site / file).read_text()
    (given,) = GIVEN.findall(html)
    assert json.loads(given)["page"] == page
    french = catalogue("fr")["Open a room"]
    assert json.loads(given)["texts"].get("Open a room") == (french if ".fr." in file else None)
    for kind in ("js", "css"):
        (address,) = re.findall(rf'"(/assets/rooms\.[0-9a-f]{{10}}\.{kind})"', html)
        assert (site / address[1:]).read_text()


@pytest.mark.parametrize("page", ["figures/prediction-bars", "surprise"])
def test_a_page_is_told_what_it_calls_the_classes_of_its_other_languages(site, page):
    def names(ending: str) -> dict[str, str]:
        (given,) = GIVEN.findall((site / f"{page}{ending}.html").read_text())
        return json.loads(given)["names"]

    french = names(".fr")
    assert (french["fox"], french["owl"]) == ("renard", "hibou")
    assert names("")["renard"] == "fox"
    assert not french.keys() & set(french.values())


def test_pages_of_many_figures_have_no_rooms(site):
    for name in ("index.html", "how-we-know.html"):
        assert "room" not in (site / name).read_text()


def test_a_page_without_rooms_weighs_nothing_of_them():
    script = runtime_script()
    assert "rooms/" not in script
    assert "WebSocket(" not in script
    said = room_texts("fr")
    assert said["Open a room"]
    assert "Open a room" not in browser_texts("fr")


def test_a_server_with_rooms_has_two_doors_more(monkeypatch):
    monkeypatch.setattr(serve, "build", empty_site)

    async def look() -> list[str]:
        server = serve.build_server(port=0, rooms=True)
        rules = application_of(server).wildcard_router.rules
        found = [rule.matcher.regex.pattern for rule in rules]
        server._http.stop()
        return found

    assert run(look())[-4:] == [
        "/ws/room$",
        "/join()$",
        f"/((?:figures/|test/)?{SLUG})/$",
        "/(.*)$",
    ]


def test_an_address_that_is_empty_is_no_redis(capsys):
    """As of a variable that is not set."""
    with pytest.raises(SystemExit):
        main(["serve", "--no-open", "--rooms", ""])
    assert "the address of a Redis is empty" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--compute", "server"], ["--num-procs", "2"]])
def test_what_rooms_cannot_go_with_is_one_sentence(more, capsys):
    assert main(["serve", "--no-open", "--rooms", *more]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--rooms" in line
    assert more[0] in line
