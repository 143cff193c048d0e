"""A lesson's open pages load themselves again when its file is saved."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from tornado.ioloop import PeriodicCallback

from .links.server import ServerLink
from .pages.course import Course

LOOK = 1_000  # ms between looks at the files of lessons that are open


class Saves:
    """The open pages of a course, and what the files of their lessons were when they were read."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.open: WeakKeyDictionary[ServerLink, tuple[str, object]] = WeakKeyDictionary()
        self.timer: PeriodicCallback | None = None

    def watch(self, slug: str, link: ServerLink) -> ServerLink:
        """Keeps an eye on the lesson that a new page shows, while the page is open."""
        self.open[link] = slug, self.course.places()[slug].stamp
        if self.timer is None:  # the loop is the process's own, and runs by now
            self.timer = PeriodicCallback(self.look, LOOK)
            self.timer.start()
        return link

    def look(self) -> None:
        """Has the pages loaded again whose lesson was saved."""
        slugs = {slug for slug, _ in self.open.values()}
        places = self.course.places() if slugs else {}
        # A lesson that is not there is being moved or renamed: its page waits until it is back.
        stamps = {slug: places[slug].stamp for slug in slugs if slug in places}
        for link, (slug, stamp) in list(self.open.items()):
            if stamps.get(slug, stamp) != stamp:
                self.open[link] = slug, stamps[slug]
                link.reload()
