"""SCORM packages: a course, or some of its lessons, as learning platforms take them.

A package is the built site in a ZIP file with ``imsmanifest.xml``, in which each lesson is a unit
of its own (a SCO): the platform opens its page and hears from it (assets/runtime/platform.js).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ..errors import ExportError, readable
from ..pages.lesson import Lesson

VERSIONS = ("1.2", "2004")
MANIFEST = "imsmanifest.xml"
IDENTIFIER = "crossent-"  # what every package of ours begins its own with
LONGEST_MANIFEST = 1_000_000  # bytes that are looked through
ENTRY = "runtime/scorm.js"  # what a page of a package begins with
WHEN = (2000, 1, 1, 0, 0, 0)  # of each file: the same site makes the same package
XSI = "http://www.w3.org/2001/XMLSchema-instance"

IMS_12 = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
ADL_12 = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
IMS_2004 = "http://www.imsglobal.org/xsd/imscp_v1p1"
ADL_2004 = "http://www.adlnet.org/xsd/adlcp_v1p3"
# Namespaces of package and of platform, what the schema's version is called, and where the kind of
# a resource is said.
TERMS = {
    "1.2": (IMS_12, ADL_12, "1.2", "scormtype"),
    "2004": (IMS_2004, ADL_2004, "2004 4th Edition", "scormType"),
}
SCHEMAS = {
    "1.2": f"{IMS_12} imscp_rootv1p1p2.xsd {ADL_12} adlcp_rootv1p2.xsd",
    "2004": f"{IMS_2004} imscp_v1p1.xsd {ADL_2004} adlcp_v1p3.xsd",
}


def check_package(out: Path) -> None:
    """Refuses what cannot become a package, and a file that is none of ours.

    Raises
    ------
    ExportError
        With one sentence.
    """
    if out.suffix.lower() != ".zip":
        raise ExportError(f"a SCORM package is a file such as losses.zip; got '{out}'")
    try:
        if (out.exists() or out.is_symlink()) and not out.is_file():
            raise ExportError(f"{out} is no file; name another for the package")
        if out.exists() and out.stat().st_size and not is_package(out):
            raise ExportError(f"{out} is a file that crossent did not write; name another")
    except OSError as error:  # such as a name that is too long
        raise cannot_be_written(out, error) from error


def is_package(file: Path) -> bool:
    """Whether a file is a package that was built by crossent."""
    try:
        with zipfile.ZipFile(file) as package, package.open(MANIFEST) as text:
            return f'identifier="{IDENTIFIER}'.encode() in text.read(LONGEST_MANIFEST)
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, EOFError):
        return False  # no archive, or one without a manifest, or one that is locked


def manifest(version: str, title: str, lessons: Sequence[Lesson], files: Iterable[str]) -> str:
    """The package's manifest: each lesson is an item, and the files that all share lie beside."""
    ims, adl, called, kind = TERMS[version]
    ElementTree.register_namespace("", ims)
    ElementTree.register_namespace("adlcp", adl)
    ElementTree.register_namespace("xsi", XSI)

    def add(above: Element, name: str, text: str = "", **attributes: str) -> Element:
        element = SubElement(above, f"{{{ims}}}{name}", attributes)
        element.text = readable(text) or None  # a title may hold what XML has no place for
        return element

    pages = {f"{lesson.slug}.html": lesson for lesson in lessons}
    digest = hashlib.sha256(" ".join(pages).encode()).hexdigest()[:12]
    top = Element(f"{{{ims}}}manifest", {"identifier": f"{IDENTIFIER}{digest}", "version": "1.0"})
    top.set(f"{{{XSI}}}schemaLocation", SCHEMAS[version])
    about = add(top, "metadata")
    add(about, "schema", "ADL SCORM")
    add(about, "schemaversion", called)
    organizations = add(top, "organizations", default="course")
    course = add(organizations, "organization", identifier="course")
    add(course, "title", title)
    for lesson in lessons:
        given = {"identifier": f"item-{lesson.slug}", "identifierref": f"lesson-{lesson.slug}"}
        add(add(course, "item", **given, isvisible="true"), "title", lesson.title)
    resources = add(top, "resources")
    for page, lesson in pages.items():
        given = {"identifier": f"lesson-{lesson.slug}", "type": "webcontent", "href": page}
        unit = add(resources, "resource", **given)
        unit.set(f"{{{adl}}}{kind}", "sco")
        add(unit, "file", href=page)
        add(unit, "dependency", identifierref="shared")
    shared = add(resources, "resource", identifier="shared", type="webcontent")
    shared.set(f"{{{adl}}}{kind}", "asset")
    for file in sorted(set(files) - set(pages)):
        add(shared, "file", href=file)
    ElementTree.indent(top)
    text = ElementTree.tostring(top, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def write_package(
    site: Path, out: Path, version: str, title: str, lessons: Sequence[Lesson]
) -> int:
    """Packs a built site; the old package stays until the new one is whole. How many files.

    Raises
    ------
    ExportError
        If the package cannot be written.
    """
    files = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    (site / MANIFEST).write_text(manifest(version, title, lessons, files), encoding="utf-8")
    names = [MANIFEST, *files]
    part = ""
    try:
        out = out.resolve()  # a link to a package stays one
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=out.parent, delete=False) as target:
            part = target.name
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
                for name in names:
                    entry = zipfile.ZipInfo(name, WHEN)
                    entry.external_attr = 0o644 << 16
                    package.writestr(entry, (site / name).read_bytes(), zipfile.ZIP_DEFLATED)
        os.chmod(part, 0o644)
        os.replace(part, out)
    except OSError as error:
        raise cannot_be_written(out, error) from error
    finally:
        if part:
            Path(part).unlink(missing_ok=True)
    return len(names)


def cannot_be_written(out: Path, error: OSError) -> ExportError:
    """Why there is no package."""
    return ExportError(f"the package cannot be written: {out}: {error.strerror or error}")
