"""Each line of README's table for authoring tools is one of a document that a test builds."""

import re
import shlex

import pytest
from tests.browser.driving import ROOT
from tests.sites import test_myst, test_quarto, test_slides, test_sphinx

from crossent import commands
from crossent.content import asset_text

README = (ROOT / "README.md").read_text(encoding="utf-8")
TESTED = {
    "plain HTML": asset_text("templates/elements.html"),
    "Sphinx, Jupyter Book 1": test_sphinx.INDEX + test_sphinx.CONF,
    "the same in MyST": test_sphinx.IN_MYST,
    "mystmd, Jupyter Book 2": test_myst.INDEX + test_myst.PROJECT,
    "Quarto": f"{{{{< {test_quarto.LINE} >}}}}",
    "slides with reveal.js": test_slides.FIGURE,
    "a notebook cell": (ROOT / "tests" / "test_notebook.py").read_text(encoding="utf-8"),
}
ROWS = {
    name.strip(): (line, before)
    for name, line, before in re.findall(r"^\| (.+?) \| (.+?) \|(.*)\|$", README, re.M)
    if "crossent" in line + before
}


@pytest.mark.parametrize("name", TESTED)
def test_a_tools_line_is_one_of_a_tested_document(name):
    for code in re.findall(r"`(.+?)`", "".join(ROWS[name])):
        if not code.startswith(("crossent ", "project", "plugins", "myst.yml")):
            assert code in TESTED[name], code


def test_every_command_in_the_table_is_one_that_there_is():
    found = re.findall(r"`crossent (.+?)`", " ".join(before for _, before in ROWS.values()))
    assert len(found) >= 4
    for words in found:
        commands.parser().parse_args(shlex.split(words))
