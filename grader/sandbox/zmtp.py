"""Speak ZMTP 3.0, the protocol of Jupyter's sockets, with a kernel that may be hostile.

libzmq takes in whatever a peer sends, and sets no bound to the parts of one message: a kernel of
500 MB can fill 3 GB of its reader within seconds. Here nothing is read before it is wanted, and a
message has a largest size. Source: RFC 23/ZMTP, https://rfc.zeromq.org/spec/23/
"""

import socket
from pathlib import Path

MORE, LONG, COMMAND = 1, 2, 4  # flags of a frame
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
PARTS = 100  # of one message; Jupyter's have six, and their buffers
PIECE = 65536


class HungUp(OSError):
    """The other side is gone, sends what it may not, or does not take what it is sent."""


class Line:
    """One end of a connection, such as that to a kernel's "shell".

    kind   of this end: b"DEALER", or b"SUB", which subscribes to everything
    most   bytes of one message
    """

    def __init__(self, path: Path | str, kind: bytes, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self.text = bytearray()  # what is not yet a whole frame
        self.parts: list[bytes] = []  # of a message that is not yet whole
        self.size = 0  # of these parts
        self.greeted = self.ready = False
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))
        name = b"\x0bSocket-Type" + len(kind).to_bytes(4, "big") + kind
        self._write(GREETING + _frame(b"\x05READY" + name, COMMAND))
        while not self.ready:
            self.read()
        if kind == b"SUB":
            self.send([b"\x01"])

    def fileno(self) -> int:
        return self.socket.fileno()

    def close(self) -> None:
        self.socket.close()

    def send(self, parts: list[bytes]) -> None:
        """Send a message. Raises `HungUp` if it is not taken in time."""
        frames = [_frame(part, MORE) for part in parts[:-1]]
        self._write(b"".join([*frames, _frame(parts[-1], 0)]))

    def _write(self, data: bytes) -> None:
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise HungUp(str(error)) from None

    def read(self) -> list[list[bytes]]:
        """Read once, when there is something to read, and return the messages that are now whole.

        Raises `HungUp` when there will be no more.
        """
        try:
            data = self.socket.recv(PIECE)
        except OSError as error:
            raise HungUp(str(error)) from None
        if not data:
            raise HungUp("it closed its connection to the grader")
        self.text += data
        messages, at = [], 0
        if not self.greeted:
            if len(self.text) < len(GREETING):
                return []
            self.greeted, at = True, len(GREETING)
        while (frame := self._next(at)) is not None:
            flags, start, at = frame
            if flags & COMMAND:
                self.ready = True
                continue
            self.parts.append(bytes(self.text[start:at]))
            if not flags & MORE:
                messages.append(self.parts)
                self.parts, self.size = [], 0
        del self.text[:at]
        return messages

    def _next(self, at: int) -> tuple[int, int, int] | None:
        """The flags, start and end of the frame at a place of the text, if it is all there."""
        if len(self.text) < at + 2:
            return None
        flags = self.text[at]
        start = at + (9 if flags & LONG else 2)
        if len(self.text) < start:
            return None
        size = int.from_bytes(self.text[at + 1 : start], "big")
        if self.size + size > self.most or len(self.parts) >= PARTS:
            raise HungUp("it printed or sent too much at once")
        if len(self.text) < start + size:
            return None
        if not flags & COMMAND:
            self.size += size
        return flags, start, start + size


def _frame(body: bytes, flags: int) -> bytes:
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | LONG]) + len(body).to_bytes(8, "big") + body
