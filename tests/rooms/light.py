"""`crossent serve` with rooms on pages that hold nothing: it begins in a second.

python -m tests.rooms.light serve --rooms …
"""

import sys

from tests.rooms.test_site import empty_site

from crossent import serve
from crossent.__main__ import main
from crossent.rooms import site

if __name__ == "__main__":
    serve.build = empty_site
    site.lesson_names = lambda course, slug: lambda language: []  # no lesson is read before one is
    sys.exit(main())
