"""A site whose address is known: what is read of it by those who share its pages."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.pages.writing import write

from crossent.build import build
from crossent.errors import ExportError

URL = "https://course.example.org/losses"
LESSON = ":::{figure} bce-curves\n:::\n"


class Head(HTMLParser):
    """A page's meta properties and links."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, given: list) -> None:
        attributes = dict(given)
        if tag == "meta" and "property" in attributes:
            self.meta[attributes["property"]] = attributes["content"]
        if tag == "link":
            self.links[attributes.get("type") or attributes["rel"]] = attributes["href"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    lessons = write(folder / "lessons", LESSON)
    build(folder / "site", lessons=lessons, only="trial", url=f"{URL}/", say=lambda line: None)
    return folder / "site"


def test_every_page_has_a_picture_and_an_oembed_file_that_are_there(site):
    pages = sorted(path for path in site.rglob("*.html") if "how-we-know" not in path.name)
    assert len(pages) >= 5
    for page in pages:
        head, name = Head(page), page.relative_to(site).as_posix()
        assert head.links["canonical"] == head.meta["og:url"] == f"{URL}/{name}"
        picture = site / head.meta["og:image"].removeprefix(f"{URL}/")
        assert picture.read_bytes().startswith(b"\x89PNG")
        told = json.loads(
            (site / head.links["application/json+oembed"].removeprefix(f"{URL}/")).read_text()
        )
        assert (told["version"], told["type"]) == ("1.0", "rich")
        source = re.search(r'<iframe src="([^"]*)"', told["html"])
        assert unescape(source[1]) == f"{URL}/{name}"
        assert told["thumbnail_url"] == head.meta["og:image"]
        assert told["thumbnail_width"] == int(head.meta["og:image:width"]) > 400
        assert told["title"] == head.meta["og:title"]


def test_a_lesson_is_pictured_by_its_first_figure(site):
    assert "/bce-curves." in Head(site / "trial.html").meta["og:image"]


def test_the_sitemap_names_every_page(site):
    root = ElementTree.parse(site / "sitemap.xml").getroot()
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert root.tag == f"{space}urlset"
    named = [one.findtext(f"{space}loc") for one in root]
    pages = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    assert sorted(named) == sorted(f"{URL}/{page}" for page in pages)


def test_without_an_address_nothing_of_it_is_written(built_folder):
    assert not (built_folder / "sitemap.xml").exists()
    head = Head(built_folder / "surprise.html")
    assert "og:title" in head.meta
    assert "og:image" not in head.meta


@pytest.mark.parametrize(
    "url",
    [
        "course.example.org",
        "ftp://a.org",
        "https://",
        'https://a"b',
        "https://a\nb",
        "https://a:x/b",
    ],
)
def test_what_is_no_address_is_refused(tmp_path, url):
    with pytest.raises(ExportError, match=r"a site's address is such as https://example\.org"):
        build(tmp_path / "site", url=url, say=lambda line: None)
    assert not (tmp_path / "site").exists()
