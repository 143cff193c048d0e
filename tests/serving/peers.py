"""A server of the suite's own, and peers of it that are no browsers: they send what they like."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import socket
import struct
import time
from typing import Any
from urllib.request import urlopen

import numpy as np
from tests.browser.driving import ServedSite

from crossent.figures import FIGURES

TICKET = re.compile(r'"token":"([^"]+)"')


def ticket(site: ServedSite, path: str = "/figures/logit-gradient") -> str:
    """The ticket of a new page."""
    with urlopen(site.origin + path, timeout=30) as response:
        found = TICKET.search(response.read().decode())
    assert found
    return found[1]


def asked(site: ServedSite, request: bytes, patience: float = 30.0) -> bytes:
    """All that the server says to some bytes, until it says no more."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=patience) as peer:
        peer.sendall(request)
        said = b""
        try:
            while part := peer.recv(65_536):
                said += part
                if ended(said):
                    break
        except TimeoutError:
            pass
        except ConnectionResetError:
            pass
        return said


def ended(said: bytes) -> bool:
    """Whether a whole answer is there."""
    head, _, body = said.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.I)
    return bool(found) and len(body) >= int(found[1])


def get(site: ServedSite, target: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """A request as it is written here, nothing of it made right: status and text."""
    given = {"Host": f"127.0.0.1:{site.port}", "Connection": "close"} | headers
    lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items()), "", ""]
    said = asked(site, "\r\n".join(lines).encode("latin-1"))
    status = re.match(rb"HTTP/1\.1 (\d+)", said)
    return int(status[1]) if status else 0, said.decode("utf-8", "replace")


class Peer:
    """One end of a WebSocket, frame by frame."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.model = ""
        self.number = 0

    @classmethod
    async def knock(cls, site: ServedSite, token: str, **headers: str) -> tuple[int, Peer]:
        """Asks for a socket: the status of the answer, and the peer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        given = {
            "Host": f"127.0.0.1:{site.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": f"bokeh, {token}",
        } | headers
        lines = ["GET /ws HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        head = await reader.readuntil(b"\r\n\r\n")
        return int(head.split()[1]), cls(reader, writer)

    @classmethod
    async def page(cls, site: ServedSite, path: str = "/figures/logit-gradient") -> Peer:
        """A page as a browser has it: its socket, its session, its document."""
        token = await asyncio.to_thread(ticket, site, path)
        status, peer = await cls.knock(site, token)
        assert status == 101, status
        assert (await peer.receive())[0] == "ACK"
        await peer.pull()
        return peer

    async def pull(self) -> dict[str, Any]:
        """The session's document."""
        self.say("PULL-DOC-REQ", {})
        kind, content = await self.receive()
        assert kind == "PULL-DOC-REPLY", kind
        found = re.search(r'"id": "(\w+)"', json.dumps(content["doc"]["roots"][0]))
        assert found
        self.model = found[1]
        return content

    def frame(self, payload: bytes, opcode: int = 1, final: bool = True, bits: int = 0) -> bytes:
        """A frame, masked as browsers do."""
        length = len(payload)
        size = (
            struct.pack("!B", 0x80 | length)
            if length < 126
            else struct.pack("!BH", 0x80 | 126, length)
            if length < 65_536
            else struct.pack("!BQ", 0x80 | 127, length)
        )
        mask = os.urandom(4)
        keys = np.frombuffer((mask * (length // 4 + 1))[:length], dtype=np.uint8)
        masked = (np.frombuffer(payload, dtype=np.uint8) ^ keys).tobytes()
        return bytes([(0x80 if final else 0) | bits | opcode]) + size + mask + masked

    def raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(data)

    def send(self, *payloads: str) -> None:
        """Sends texts, a frame each."""
        self.raw(b"".join(self.frame(text.encode("utf-8", "surrogatepass")) for text in payloads))

    def say(self, kind: str, content: Any) -> None:
        """Sends one message of Bokeh's protocol."""
        header = json.dumps({"msgid": "1", "msgtype": kind})
        self.send(header, "{}", content if isinstance(content, str) else json.dumps(content))

    def tell(self, data: Any) -> None:
        """Sends the link a message, as BokehJS writes it."""
        values = {"type": "map", "entries": [["model", {"id": self.model}], ["data", data]]}
        told = {"type": "event", "name": "data_event", "values": values}
        event = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": told}
        self.say("PATCH-DOC", {"events": [event]})

    def ask(self, state: dict[str, Any], figure: str = "logit-gradient", **more: Any) -> int:
        """Asks for a state's columns; the question's number."""
        self.number += 1
        self.tell(as_map({"seq": self.number, "figure": figure, "state": state, **more}))
        return self.number

    async def read(self) -> tuple[int, bytes]:
        """The next frame: its opcode and payload."""
        first, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(length)

    async def receive(self, patience: float = 10.0) -> tuple[str, dict[str, Any]]:
        """The next message; a closed socket is a ConnectionError with the code and the reason."""
        async with asyncio.timeout(patience):
            frames: list[bytes] = []
            while len(frames) < 3:
                opcode, payload = await self.read()
                if opcode == 8:
                    code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                    raise ConnectionError(f"{code} {payload[2:].decode()}")
                if opcode == 9:
                    self.raw(self.frame(payload, opcode=10))
                if opcode == 1:
                    frames.append(payload)
        return json.loads(frames[0])["msgtype"], json.loads(frames[2])

    async def answer(self, patience: float = 10.0) -> dict[str, Any]:
        """The next thing that the link is told."""
        while True:
            kind, content = await self.receive(patience)
            if kind == "PATCH-DOC":
                values = dict(content["events"][0]["msg_data"]["values"]["entries"])
                return plain(values["data"])

    async def closed(self, patience: float = 10.0) -> str:
        """Why the server ends this socket."""
        try:
            while True:
                await self.receive(patience)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            return str(error)

    async def drag(self, moves: int, pause: float = 0.02) -> list[float]:
        """Drags, and holds each answer to the truth; how long each took, in seconds."""
        times = []
        state, _ = FIGURES["logit-gradient"].resolve({})
        for move in range(moves):
            logits = [float(move % 7), *state["logits"][1:]]
            start = time.perf_counter()
            number = self.ask(state | {"logits": logits}, whole=True)
            told = await self.answer()
            times.append(time.perf_counter() - start)
            assert told["seq"] == number, told
            assert loss_of(told) == true_loss(logits), told
            await asyncio.sleep(pause)
        return times

    def leave(self) -> None:
        """Goes without a word."""
        self.writer.transport.abort()


def as_map(value: Any) -> Any:
    """JSON values as BokehJS writes them."""
    if isinstance(value, dict):
        return {"type": "map", "entries": [[key, as_map(one)] for key, one in value.items()]}
    if isinstance(value, list):
        return [as_map(one) for one in value]
    return value


def plain(value: Any) -> Any:
    """The same, read."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.get("entries", [])}
    return [plain(one) for one in value] if isinstance(value, list) else value


def loss_of(told: dict[str, Any]) -> float:
    """The loss among an answer's columns."""
    numbers, at = np.frombuffer(base64.b64decode(told["columns"]["data"])), 0
    for table, widths in told["columns"]["tables"].items():
        for column, length in widths.items():
            if (table, column) == ("readout", "loss"):
                return float(numbers[at])
            at += abs(length)
    raise AssertionError("an answer without the loss")


def true_loss(logits: list[float]) -> float:
    """What it must be."""
    figure = FIGURES["logit-gradient"]
    return float(figure.columns(figure.resolve({"logits": logits})[0])["readout"]["loss"])
