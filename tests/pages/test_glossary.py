"""Each word of the glossary is taught where its link leads."""

import re

import pytest
from tests.course import text_of

ROW = re.compile(r"^\| \[([^\]]+)\]\(lesson:([\w-]+)\) \|", re.M)


@pytest.mark.parametrize("name", ["index.md", "index.fr.md"])
def test_a_word_occurs_in_the_lesson_that_its_link_leads_to(name: str) -> None:
    words = ROW.findall(text_of("cheatsheet", name))
    assert len(words) > 25
    missing = [
        (word, slug) for word, slug in words if word.lower() not in text_of(slug, name).lower()
    ]
    assert missing == []
