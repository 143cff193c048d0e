"""SCORM packages, played in a run-time that is not ours: npm's scorm-again."""

import errno
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page
from tests.browser.driving import ROOT, BuiltSite

from crossent import build, commands
from crossent.build import build_package
from crossent.errors import ExportError
from crossent.sites.scorm import check_package, manifest, write_package

VERSIONS = ["1.2", "2004"]
RUN_TIME = ROOT / "node_modules" / "scorm-again" / "dist"
PLATFORM = """<!doctype html><title>A platform</title><link rel="icon" href="data:,">
<script src="{script}"></script>
<script>
  const settings = {{ autocommit: false, logLevel: 5 }};
  window.{name} = new {kind}(settings);
  window.log = [];
  {name}.on("*", () => {{}});
  for (const call of ["Initialize", "SetValue", "Commit", "{finish}"])
    {name}.on("{prefix}" + call, (...given) => log.push([call, ...given]));
  const kept = JSON.parse(localStorage.getItem("kept") ?? "null");
  if (kept) {name}.loadFromJSON(kept, "cmi");
  window.refused = [];
  const take = {name}.{prefix}SetValue;
  {name}.{prefix}SetValue = (...given) => {{
    const taken = take.call({name}, ...given);
    // It takes no empty place, which the standard allows.
    if (taken !== "true" && given[1] !== "") refused.push(given);
    return taken;
  }};
</script>
<iframe src="package/surprise.html" width="1100" height="800"></iframe>"""
KINDS = {
    "1.2": {"name": "API", "kind": "Scorm12API", "prefix": "LMS", "finish": "Finish"},
    "2004": {"name": "API_1484_11", "kind": "Scorm2004API", "prefix": "", "finish": "Terminate"},
}
SCRIPTS = {"1.2": "scorm12.min.js", "2004": "scorm2004.min.js"}


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def package(version: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of two lessons."""
    out = tmp_path_factory.mktemp("scorm") / "course.zip"
    build_package(out, version, only=["information", "surprise"], say=lambda line: None)
    return out


@pytest.fixture(scope="module")
def platform(version: str, package: Path) -> Iterator[BuiltSite]:
    """A learning platform that has taken the package."""
    folder = package.parent / "platform"
    with zipfile.ZipFile(package) as packed:
        packed.extractall(folder / "package")
    script = SCRIPTS[version]
    (folder / script).write_bytes((RUN_TIME / script).read_bytes())
    (folder / "index.html").write_text(PLATFORM.format(script=script, **KINDS[version]))
    site = BuiltSite(folder)
    yield site
    site.stop()


def launched(page: Page, site: BuiltSite) -> Any:
    """The lesson as the platform opens it."""
    page.goto(f"{site.origin}/index.html")
    lesson = page.frame_locator("iframe")
    lesson.locator("[data-figure][data-ready]").first.wait_for()
    return lesson


def left(page: Page, version: str) -> dict[str, Any]:
    """What the platform holds of the lesson once it is closed; it is kept for the next time."""
    page.evaluate("document.querySelector('iframe').src = 'about:blank'")
    finish = KINDS[version]["finish"]
    page.wait_for_function("finish => log.some(([call]) => call === finish)", arg=finish)
    name = KINDS[version]["name"]
    kept = page.evaluate(f"JSON.parse(JSON.stringify({name}.cmi))")
    page.evaluate("kept => localStorage.setItem('kept', JSON.stringify(kept))", kept)
    return kept


def test_answers_score_completion_and_the_place_are_reported_and_there_again(
    browser: Any, platform: BuiltSite, version: str
) -> None:
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    lesson = launched(page, platform)
    steps = lesson.locator(".question, .challenge").count()
    question = lesson.locator(".question").first
    step = question.get_attribute("data-step")
    question.locator("[data-answer=wrong]").first.click()
    question.locator("[data-answer=right]").first.click()
    challenge = lesson.locator(".challenge").first
    challenge.locator("[data-begin]").click()
    fox = lesson.get_by_role("slider", name="fox", exact=True).first
    fox.press("End")
    fox.evaluate("grip => grip.blur()")
    lesson.locator(".challenge.reached").first.wait_for()
    challenge.evaluate("block => block.scrollIntoView()")
    probs = "() => document.querySelector('crossent-figure').state.probs"
    state = page.frames[1].evaluate(probs)
    kept = left(page, version)

    core = kept["core"] if version == "1.2" else kept
    score = round(100 * 2 / steps)
    assert float(core["score"]["raw"]) == score
    time = core["session_time"]
    if version == "1.2":
        assert core["lesson_status"] == "incomplete"
        assert re.fullmatch(r"(00)?00:0\d:\d\d(\.\d\d)?", time)
        assert len(kept["suspend_data"]) <= 4096
        location, response, wrong = core["lesson_location"], "student_response", "wrong"
    else:
        assert (kept["completion_status"], kept["success_status"]) == ("incomplete", "unknown")
        assert float(kept["score"]["scaled"]) == float(kept["progress_measure"]) == 2 / steps
        assert time.startswith("PT")
        location, response, wrong = kept["location"], "learner_response", "incorrect"
    assert location
    told = kept["interactions"]
    told = told if isinstance(told, list) else told.get("childArray", list(told.values()))
    assert [(one["id"], one["type"], one["result"]) for one in told] == [
        (f"surprise.{step}", "choice", wrong),
        (f"surprise.{step}", "choice", "correct"),
        (f"surprise.{challenge_step(told)}", "performance", "correct"),
    ]
    assert told[1][response] in "abcdef"
    assert told[2][response] == {"1.2": "reached", "2004": "[.]reached"}[version]
    assert page.evaluate("refused") == []

    again = launched(page, platform)
    assert again.locator(".question").first.get_attribute("class").count("done-before")
    again.locator("[data-progress-line]").get_by_text(f"2 of {steps}").wait_for()
    assert page.frames[1].evaluate(probs) == state
    page.wait_for_function("document.querySelector('iframe').contentWindow.scrollY > 100")
    again.locator("[data-finish]").click()
    kept = left(page, version)
    status = kept["core"]["lesson_status"] if version == "1.2" else kept["completion_status"]
    assert status == "completed"
    assert page.evaluate("refused") == []
    page.close()
    assert complaints == []


def challenge_step(told: list[dict[str, Any]]) -> str:
    return told[2]["id"].partition(".")[2]


# The page looks for both versions; each of these is asked of one version's package.
NO_PLATFORM = {
    "1.2": "",
    "2004": """const fails = () => { throw new Error("no") };
      window.API = "another's"; window.API_1484_11 = { Initialize: fails, GetValue: fails };""",
}


def test_where_no_platform_answers_the_page_keeps_its_progress_and_saves_it_to_hand_in(
    browser: Any, platform: BuiltSite, version: str, tmp_path: Path, capsys: Any
) -> None:
    page = browser.new_page()
    page.add_init_script(NO_PLATFORM[version])
    page.goto(f"{platform.origin}/package/surprise.html")
    question = page.locator(".question").first
    question.locator("[data-answer=right]").first.click()
    page.reload()
    page.locator(".question.done-before").first.wait_for()
    page.get_by_role("textbox", name="Your name").fill("Ada <b>")
    with page.expect_download() as saved:
        page.get_by_role("region", name="Hand in").get_by_role("button", name="Save").click()
    work = tmp_path / saved.value.suggested_filename
    saved.value.save_as(work)
    steps = page.locator(".question, .challenge").count()
    page.close()
    assert work.name == "surprise.crossent.txt"
    assert commands.run(["check-work", str(work)]) == 0
    assert f"Ada <b>, surprise: 1 of {steps} done, saved 20" in capsys.readouterr().out
    work.write_bytes(work.read_bytes().replace(b"\n", b"\r\n"))  # by mail
    assert commands.run(["check-work", str(work)]) == 0
    work.write_text(work.read_text().replace("Ada", "Bob"))
    assert commands.run(["check-work", str(work)]) == 1
    assert "surprise.crossent.txt: not as it was saved" in capsys.readouterr().out


def test_the_manifest_names_each_lesson_as_a_unit_and_every_file_that_there_is(
    package: Path, version: str
) -> None:
    with zipfile.ZipFile(package) as packed:
        names = packed.namelist()
        root = ElementTree.fromstring(packed.read("imsmanifest.xml"))
    assert names[0] == "imsmanifest.xml"
    space = root.tag.partition("}")[0] + "}"
    files = [one.get("href") for one in root.iter(f"{space}file")]
    assert sorted(files) == sorted(names[1:])
    items = {
        one.get("identifierref"): one.findtext(f"{space}title") for one in root.iter(f"{space}item")
    }
    units = {one.get("identifier"): one for one in root.iter(f"{space}resource")}
    assert list(items) == ["lesson-surprise", "lesson-information"]  # in the course's order
    assert items["lesson-surprise"] == "The surprise at the truth"
    for name in items:
        kinds = [value for key, value in units[name].items() if key.lower().endswith("scormtype")]
        assert kinds == ["sco"]
        assert units[name].get("href") in names


def test_a_title_that_xml_has_no_place_for_leaves_a_manifest_that_is_read(version: str) -> None:
    lesson = SimpleNamespace(slug="odd", title="a\x01b & <c>\ud800")
    text = manifest(version, "A\x1b course", [lesson], [])  # type: ignore[list-item]
    titles = [one.text for one in ElementTree.fromstring(text).iter() if one.tag[-6:] == "}title"]
    assert titles == ["A\ufffd course", "a\ufffdb & <c>\ufffd"]


def test_the_same_lessons_make_the_same_package(
    package: Path, version: str, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    build_package(again, version, only=["surprise", "information"], say=lambda line: None)
    assert again.read_bytes() == package.read_bytes()


def test_an_interruption_leaves_the_package_that_there_was_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, out = tmp_path / "site", tmp_path / "packages" / "course.zip"
    for folder in (site, out.parent):
        folder.mkdir()
    out.write_bytes(b"the old one")

    def interrupted(*given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipFile, "writestr", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_package(site, out, "1.2", "A course", [])
    assert list(out.parent.iterdir()) == [out]
    assert out.read_bytes() == b"the old one"


def other_package(file: Path) -> None:
    """A package of another tool's."""
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("imsmanifest.xml", '<manifest identifier="anothers">')


def locked(file: Path) -> None:
    """An archive whose manifest is said to be encrypted."""
    other_package(file)
    content = file.read_bytes()
    file.write_bytes(content.replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1"))


@pytest.mark.parametrize(
    "write",
    [
        lambda file: file.write_bytes(b"the only copy"),
        lambda file: file.write_bytes(b"PK\5\6" + bytes(18)),
        other_package,
        locked,
        lambda file: file.symlink_to(file.parent / "nowhere"),
        lambda file: file.symlink_to(file),
        os.mkfifo,
        Path.mkdir,
    ],
    ids=["text", "empty archive", "another's", "locked", "dangling", "loop", "pipe", "folder"],
)
def test_what_is_no_package_of_ours_is_left(write: Callable[[Path], Any], tmp_path: Path) -> None:
    out = tmp_path / "thesis.zip"
    write(out)
    before = out.lstat()
    with pytest.raises(ExportError, match=r"is no file|did not write|cannot be written"):
        build_package(out, "1.2", say=lambda line: None)
    assert out.lstat() == before


def test_a_package_takes_the_place_of_an_older_one_through_a_link(
    package: Path, tmp_path: Path
) -> None:
    (tmp_path / "real.zip").write_bytes(package.read_bytes())
    out = tmp_path / "course.zip"
    out.symlink_to(tmp_path / "real.zip")
    check_package(out)
    (tmp_path / "site").mkdir()
    write_package(tmp_path / "site", out, "1.2", "A course", [])
    assert out.is_symlink()
    assert zipfile.ZipFile(out).namelist() == ["imsmanifest.xml"]
    check_package(out)


def test_no_temporary_folder_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    monkeypatch.setattr(build, "compile_figure", lambda figure: "")
    with pytest.raises(ExportError, match=r"the package cannot be written: .*No space left"):
        build_package(tmp_path / "course.zip", "1.2", say=lambda line: None)


def test_what_is_asked_in_vain_is_one_sentence(tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(ExportError, match="a SCORM package is a file such as"):
        build_package(tmp_path / "course", "1.2")
    with pytest.raises(ExportError, match=r"the package cannot be written: .*too long"):
        build_package(tmp_path / f"{'x' * 300}.zip", "1.2")
    with pytest.raises(ExportError, match="no lesson 'suprise'; did you mean 'surprise'"):
        build_package(tmp_path / "course.zip", "1.2", only=["suprise"], say=lambda line: None)
    assert not list(tmp_path.iterdir())
    many = ["build", "--only", "surprise", "--only", "information", str(tmp_path / "site")]
    assert commands.run(many) == 2
    assert "--only names one lesson" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "other"),
    [
        (["--scorm", "1.2", "--single-file"], "--single-file"),
        (["--scorm", "2004", "--url", "https://example.org"], "--url"),
        (["--elements", "--scorm", "1.2"], "--scorm"),
        (["--elements", "--only", "surprise"], "--only"),
        (["--single-file", "--no-offline"], "--no-offline"),
    ],
)
def test_an_option_that_would_not_be_heard_is_one_sentence(tmp_path, capsys, given, other):
    out = tmp_path / "losses.zip"
    assert commands.run(["build", *given, str(out)]) == 2
    assert f"{other} says nothing of what {given[0]} makes" in capsys.readouterr().err
    assert not out.exists()
