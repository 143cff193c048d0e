"""The map of a course: what builds on what, one row a lesson, drawn when the page is made.

Each lesson's disc stands in the column of its depth, the longest path to it, and has a row of its
own; what builds on it hangs from a line that runs down from its disc. Where two such lines would
run one over the other they take columns side by side, so that every line can be followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .lesson import Lesson

ROW = 46  # px, as in lesson.css: enough for a finger, and for two lines of a title
COLUMN = 13  # px between two lines: eighteen lessons leave room for their titles on a phone
MARGIN = 15  # px from the edge to the first disc's middle
RADIUS = 11  # px of a disc
BEND = 8  # px of the rounding where a line turns


@dataclass(frozen=True)
class Stop:
    """A lesson on the map: its row, its column, and the lessons before it that a line comes from.

    `after` are all lessons that it builds on, near and far.
    """

    lesson: Lesson
    row: int
    column: int
    needs: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def x(self) -> int:
        """The middle of its disc, px from the left."""
        return MARGIN + COLUMN * self.column

    @property
    def y(self) -> int:
        """The middle of its disc, px from the top."""
        return ROW * self.row + ROW // 2


def course_map(lessons: Sequence[Lesson]) -> list[Stop]:
    """The lessons in order, each in its place.

    A line comes only from lessons that stand before, and from none that another need brings along.
    """
    needs = needs_before(lessons)
    after = all_before(needs)
    direct = {
        slug: tuple(n for n in given if not any(n in after[other] for other in given))
        for slug, given in needs.items()
    }
    columns = columns_of(direct)
    return [
        Stop(one, row, columns[one.slug], direct[one.slug], tuple(after[one.slug]))
        for row, one in enumerate(lessons)
    ]


def needs_before(lessons: Sequence[Lesson]) -> dict[str, list[str]]:
    """What each lesson needs of those before it, in the course's order."""
    found: dict[str, list[str]] = {}
    for lesson in lessons:
        found[lesson.slug] = [slug for slug in found if slug in lesson.needs]
    return found


def all_before(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """All that each lesson builds on: what it needs, what that needs, and so on."""
    found: dict[str, list[str]] = {}
    for slug, given in needs.items():
        reached = {before for near in given for before in [near, *found[near]]}
        found[slug] = [other for other in found if other in reached]
    return found


def columns_of(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Each lesson's column: by depth, and within a depth the first that no other's line is in."""
    rows = {slug: row for row, slug in enumerate(needs)}
    last = dict(rows)  # the row in which a lesson's line ends
    depths: dict[str, int] = {}
    for slug, given in needs.items():
        depths[slug] = max((depths[before] + 1 for before in given), default=0)
        for before in given:
            last[before] = rows[slug]
    columns: dict[str, int] = {}
    begin = 0
    for depth in range(max(depths.values(), default=-1) + 1):
        ends: list[int] = []  # of the columns of this depth, the row to which each is taken
        for slug in (one for one in needs if depths[one] == depth):
            free = next((i for i, end in enumerate(ends) if end < rows[slug]), len(ends))
            ends[free : free + 1] = [last[slug]]
            columns[slug] = begin + free
        begin += len(ends)
    return columns


def map_width(stops: Sequence[Stop]) -> int:
    """How wide the drawing is, px."""
    return max((stop.x for stop in stops), default=0) + MARGIN + 1


def map_svg(stops: Sequence[Stop]) -> str:
    """The lines and discs: a picture only, for the lessons' names are links beside it."""
    by_slug = {stop.lesson.slug: stop for stop in stops}
    lines = "".join(
        f'<path data-from="{before}" data-to="{stop.lesson.slug}" '
        f'd="{line(by_slug[before], stop)}"/>'
        for stop in stops
        for before in stop.needs
    )
    width, height = map_width(stops), ROW * len(stops)
    leaders = "".join(
        f'<line x1="{stop.x + RADIUS + 4}" y1="{stop.y}" x2="{width + 2}" y2="{stop.y}"/>'
        for stop in stops
    )
    discs = "".join(
        f'<g data-stop="{stop.lesson.slug}"><circle cx="{stop.x}" cy="{stop.y}" r="{RADIUS}"/>'
        f'<text x="{stop.x}" y="{stop.y}">{stop.lesson.number}</text></g>'
        for stop in stops
    )
    return (
        f'<svg class="map-lines" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" aria-hidden="true">{leaders}<g>{lines}</g>{discs}</svg>'
    )


def line(start: Stop, end: Stop) -> str:
    """A path down from one disc, round a bend, and across to another."""
    return f"M{start.x} {start.y}V{end.y - BEND}Q{start.x} {end.y} {start.x + BEND} {end.y}H{end.x}"
