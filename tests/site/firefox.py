#!/usr/bin/env python3
"""Debian's Firefox as Playwright starts a browser: by WebDriver BiDi, with two things mended.

For each window Playwright says that it wants no media feature otherwise, by a command that Firefox
does not have yet. That is so without it, so Firefox's "unknown command" is passed on as done. And
Playwright wants a name for each download, which Firefox does not give: it gets its address. All
else passes as it is, and a Firefox that knows the command, or names downloads, speaks for itself.
"""

import asyncio
import json
import re
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

COMMAND = "firefox-esr"
LISTENS = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
NOTHING = ("emulation.setMediaFeaturesOverride", {})
DOWNLOADS = ("browsingContext.downloadWillBegin", "browsingContext.downloadEnd")
LARGEST = 2**30  # bytes of one message or line


class Between(WebSocketHandler):
    async def open(self):
        self.nothing = set()
        self.firefox = await websocket_connect(
            self.settings["firefox"] + self.request.path,
            on_message_callback=self.on_answer,
            max_message_size=LARGEST,
        )

    def on_message(self, message):
        asked = json.loads(message)
        if (asked["method"], asked["params"].get("features")) == NOTHING:
            self.nothing.add(asked["id"])
        self.firefox.write_message(message)

    def on_answer(self, message):
        if message is None:
            return self.close()
        said = json.loads(message)
        if said.get("error") == "unknown command" and said["id"] in self.nothing:
            said = {"type": "success", "id": said["id"], "result": {}}
        if said.get("method") in DOWNLOADS:
            said["params"].setdefault("download", said["params"]["url"])
        self.write_message(json.dumps(said))

    def on_close(self):
        self.firefox.close()


async def main():
    firefox = await asyncio.create_subprocess_exec(
        COMMAND, *sys.argv[1:], stderr=asyncio.subprocess.PIPE, limit=LARGEST
    )
    async for line in firefox.stderr:
        if found := LISTENS.search(line):
            [socket] = bind_sockets(0, "127.0.0.1")
            settings = {"firefox": found[1].decode(), "websocket_max_message_size": LARGEST}
            HTTPServer(Application([("/session", Between)], **settings)).add_socket(socket)
            port = socket.getsockname()[1]
            line = f"WebDriver BiDi listening on ws://127.0.0.1:{port}\n".encode()
        sys.stderr.buffer.write(line)
        sys.stderr.flush()
    return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
