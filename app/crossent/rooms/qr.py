"""An address as a picture that a phone's camera reads."""

from __future__ import annotations

import io
from typing import Any

QUIET = 4  # modules of nothing around it, which readers ask for (ISO/IEC 18004)


def qr_code(text: str) -> Any:
    """A text's QR code, as segno has it."""
    import segno  # only a server with rooms needs it

    return segno.make(text, error="m", micro=False)


def qr_text(text: str) -> str:
    """A text's QR code for a terminal."""
    drawn = io.StringIO()
    qr_code(text).terminal(drawn, compact=True)
    return drawn.getvalue()


def qr_path(text: str) -> tuple[int, str]:
    """The side of a text's QR code, and its dark modules as a path of SVG.

    >>> size, path = qr_path("http://127.0.0.1:5006/join?code=KBMZYX")
    >>> size, path[:12]
    (37, 'M4 4h7v1h-7z')
    """
    rows = [list(row) for row in qr_code(text).matrix]
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = next((i for i, dark in enumerate(row[x:]) if not dark), len(row) - x)
            if width:
                parts.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width or 1
    return len(rows) + 2 * QUIET, "".join(parts)
