"""Bokeh's protocol, as much of it as a page of ours speaks: three frames of JSON a message.

Lengths are looked at before contents, and what is decoded is counted while it is. A page says one
thing: its link's message. Everything else that BokehJS or anyone can say is not taken.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

LONGEST_HEADER = 1_024
LONGEST_METADATA = 256
LONGEST_CONTENT = 65_536
MOST_VALUES = 4_000  # in a message
MOST_EVENTS = 8  # in a patch: a page sends each by itself
DEEPEST = 24
NUMBERS = {"nan": math.nan, "+inf": math.inf, "-inf": -math.inf}  # which JSON has no word for


class FrameError(Exception):
    """What came is no message of a page; its text is a few words for the far end."""


@dataclass(frozen=True)
class Message:
    """A message's kind, its number, and its content, which is JSON still."""

    kind: str
    number: str
    content: str


class Assembly:
    """Puts the frames of one socket together, three a message."""

    def __init__(self) -> None:
        self.header: dict[str, Any] | None = None
        self.metadata = False

    def take(self, frame: str | bytes) -> Message | None:
        """The message that a frame completes, if it does.

        Raises
        ------
        FrameError
            If it is none of ours; nothing more of this socket can be understood then.
        """
        if not isinstance(frame, str):
            raise FrameError("a frame must be text")
        if self.header is None:
            self.header = header_of(frame)
            return None
        if not self.metadata:
            if len(frame) > LONGEST_METADATA:
                raise FrameError("a message's metadata are too long")
            self.metadata = True
            return None
        if len(frame) > LONGEST_CONTENT:
            raise FrameError("a message is too long")
        header, self.header, self.metadata = self.header, None, False
        return Message(header["msgtype"], header["msgid"], frame)


def header_of(frame: str) -> dict[str, Any]:
    """A message's first frame, read."""
    if len(frame) > LONGEST_HEADER:
        raise FrameError("a message's header is too long")
    header = parsed(frame)
    if not isinstance(header, dict):
        raise FrameError("a message's header must be an object")
    kind, number = header.get("msgtype"), header.get("msgid")
    if not isinstance(kind, str) or not isinstance(number, str) or len(number) > 64:
        raise FrameError("a message's header must have a msgtype and a msgid")
    if header.get("num_buffers", 0) != 0:
        raise FrameError("a message has no buffers here")
    return header


def parsed(text: str) -> Any:
    """JSON, however deep or long its numbers are."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FrameError("a frame must be JSON") from None


def said(content: str, model: str) -> list[Any]:
    """What a patch says to a model of ours: its messages' data, without whatever else it holds."""
    patch = parsed(content)
    events = patch.get("events") if isinstance(patch, dict) else None
    if not isinstance(events, list):
        raise FrameError("a patch must have events")
    if len(events) > MOST_EVENTS:
        raise FrameError("a message holds too much")
    return [data for event in events if (data := data_of(event, model)) is not NOTHING]


NOTHING = object()
TOO_MUCH = object()  # a message that is ours and holds more than any state


def data_of(event: Any, model: str) -> Any:
    """The data of a message to the model, or NOTHING: a change of a model, another's message."""
    try:
        if event["kind"] != "MessageSent" or event["msg_type"] != "bokeh_event":
            return NOTHING
        told = event["msg_data"]
        values = dict(told["values"]["entries"])
        if told["name"] != "data_event" or values["model"] != {"id": model}:
            return NOTHING
        data = values["data"]
    except (KeyError, TypeError, ValueError):
        return NOTHING
    try:
        return Decoding().plain(data, 0)
    except FrameError:
        return TOO_MUCH
    except (KeyError, TypeError, ValueError):
        return None  # no value at all; the link says what it would be told


class Decoding:
    """BokehJS's way to write a value, as JSON values again; so many of them at most."""

    def __init__(self) -> None:
        self.count = 0

    def plain(self, value: Any, depth: int) -> Any:
        """A value and all that is in it."""
        self.count += 1
        if self.count > MOST_VALUES or depth > DEEPEST:
            raise FrameError("a message holds too much")
        if isinstance(value, list):
            return [self.plain(one, depth + 1) for one in value]
        if not isinstance(value, dict):
            return value
        kind = value.get("type")
        if kind == "number":
            return NUMBERS[value["value"]]
        if kind != "map":
            return None  # a model, an array's bytes: nothing that a state holds
        entries = value.get("entries", [])
        return {str(key): self.plain(one, depth + 1) for key, one in entries}


def encoded(value: Any) -> Any:
    """JSON values as BokehJS reads them: it takes an object for a map of entries."""
    if isinstance(value, dict):
        return {"type": "map", "entries": [[key, encoded(one)] for key, one in value.items()]}
    if isinstance(value, list | tuple):
        return [encoded(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"type": "number", "value": "nan" if math.isnan(value) else f"{value:+}"}
    return value


def answer_frames(number: int, model: str, data: dict[str, Any]) -> tuple[str, str, str]:
    """The three frames by which a model in the page is told something."""
    told = {
        "type": "event",
        "name": "esm_event",
        "values": {"type": "map", "entries": [["model", {"id": model}], ["data", encoded(data)]]},
    }
    event = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": told}
    header = f'{{"msgid":"a{number}","msgtype":"PATCH-DOC"}}'
    return header, "{}", json.dumps({"events": [event]}, separators=(",", ":"), allow_nan=False)
