"""A lesson's open pages load themselves again when its file is saved."""

from __future__ import annotations

import hashlib
from weakref import WeakKeyDictionary

from tornado.ioloop import PeriodicCallback

from .links.server import ServerLink
from .pages.course import Course, Place

LOOK = 1_000  # ms between looks at the files of lessons that are open


def stamp_of(place: Place) -> str:
    """A few letters that change when any file of a lesson does."""
    return hashlib.sha256(repr(place.stamp).encode()).hexdigest()[:16]


class Saves:
    """The open pages of a course, and what the files of their lessons were when they were read."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.open: WeakKeyDictionary[ServerLink, tuple[str, str]] = WeakKeyDictionary()
        self.timer: PeriodicCallback | None = None

    def watch(self, link: ServerLink, slug: str, stamp: str) -> None:
        """Keeps an eye on the lesson that a new page shows, while the page is open.

        `stamp` is what :func:`stamp_of` said when the page was written.
        """
        self.open[link] = slug, stamp
        if self.timer is None:  # the loop is the process's own, and runs by now
            self.timer = PeriodicCallback(self.look, LOOK)
            self.timer.start()

    def look(self) -> None:
        """Has the pages loaded again whose lesson was saved."""
        slugs = {slug for slug, _ in self.open.values()}
        places = self.course.places() if slugs else {}
        # A lesson that is not there is being moved or renamed: its page waits until it is back.
        stamps = {slug: stamp_of(places[slug]) for slug in slugs if slug in places}
        for link, (slug, stamp) in list(self.open.items()):
            if stamps.get(slug, stamp) != stamp:
                self.open[link] = slug, stamps[slug]
                link.reload()
