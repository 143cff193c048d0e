"""Each word of the glossary is taught where its link leads."""

import re

import pytest

from crossent.content import LESSONS

ROW = re.compile(r"^\| \[([^\]]+)\]\(lesson:([\w-]+)\) \|", re.M)


def text_of(slug: str, name: str) -> str:
    (folder,) = LESSONS.glob(f"[0-9]*-{slug}")
    return (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["index.md", "index.fr.md"])
def test_a_word_occurs_in_the_lesson_that_its_link_leads_to(name: str) -> None:
    words = ROW.findall(text_of("cheatsheet", name))
    assert len(words) > 25
    missing = [
        (word, slug) for word, slug in words if word.lower() not in text_of(slug, name).lower()
    ]
    assert missing == []
