"""`crossent serve` with rooms on pages that hold nothing: it begins in a second.

python -m tests.rooms.light serve --rooms …
"""

import sys

from tests.rooms.test_site import empty_site

from crossent import serve
from crossent.__main__ import main

if __name__ == "__main__":
    serve.build = empty_site
    sys.exit(main())
