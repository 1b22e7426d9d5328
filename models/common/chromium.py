"""A headless Chromium that prints HTML pages: started once for many, driven through a pipe.

The DevTools protocol sends JSON messages that end with a zero byte, on the file descriptors 3 (to Chromium) and 4,
which a shell connects to the pipes of standard input and output.
"""

import base64
import contextlib
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: Time limit in seconds per page; a bill takes about a tenth of a second.
LIMIT = 60
#: Seconds that Chromium has to end by itself.
END = 5
#: Characters of its output that are shown at most.
SHOWN = 500
#: Lifts Odoo's limit on the address space, of which Chromium reserves more than it uses, and connects the pipes.
START = 'ulimit -S -v "$(ulimit -H -v)"; exec "$0" "$@" 3<&0 4>&1 </dev/null >&2'
OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-sync", "--remote-debugging-pipe"),
    *("--disable-background-networking", "--disable-component-update"),
)
READ_SIZE = 1 << 20
LOADED = "Page.loadEventFired"


class PrintError(Exception):
    """Chromium printed nothing; contains the reason or its output."""


def find_chromium() -> str | None:
    """Return the program's path, or None if it is not installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Chromium(contextlib.AbstractContextManager):
    """A running Chromium; it ends with the context.

    :raises PrintError: it does not start
    """

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self._folder = Path(stack.enter_context(_folder()))
            self._errors = stack.enter_context(open(self._folder / "errors.txt", "w+b"))
            self._start(stack)
            self._numbers, self._received, self._waiting = itertools.count(1), bytearray(), select.poll()
            self._waiting.register(self._process.stdout, select.POLLIN)
            target = self._call("Target.createTarget", url="about:blank")["targetId"]
            attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
            self._session = attached["sessionId"]
            self._call("Page.enable")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error):
        self._stack.close()

    def print(self, html: str) -> bytes:
        """Return a page as a PDF, in the paper size that its style sheet names.

        :raises PrintError: Chromium did not print it in time, or ended
        """
        source = self._folder / "document.html"
        source.write_text(html, "utf-8")
        self._events = []
        if refusal := self._call("Page.navigate", url=source.as_uri()).get("errorText"):
            raise PrintError(refusal)
        deadline = time.monotonic() + LIMIT
        while LOADED not in self._events:
            self._receive(deadline)
        self._call("Runtime.evaluate", expression="document.fonts.ready.then(() => true)", awaitPromise=True)
        printed = self._call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(printed["data"])

    def _start(self, stack):
        self._session, self._events = None, []
        command = ["sh", "-c", START, find_chromium(), *OPTIONS, f"--user-data-dir={self._folder / 'profile'}"]
        if os.getuid() == 0:
            command.append("--no-sandbox")  # it refuses to build a sandbox for root
        pipe = subprocess.PIPE
        self._process = stack.enter_context(
            subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, stderr=self._errors)
        )
        stack.callback(self._stop)

    def _stop(self):
        self._process.terminate()
        try:
            self._process.wait(END)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _call(self, method, **parameters):
        """Call a method of the protocol; return its result."""
        number, deadline = next(self._numbers), time.monotonic() + LIMIT
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._send(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == number:
                if "error" in answer:
                    raise PrintError(answer["error"].get("message", method))
                return answer["result"]

    def _send(self, data):
        try:
            while data:
                data = data[self._process.stdin.write(data) :]
        except OSError as error:
            raise PrintError(self._output()) from error

    def _receive(self, deadline):
        """Return the next message, and note the event that it is about."""
        while b"\0" not in self._received:
            if not self._waiting.poll(max(0, deadline - time.monotonic()) * 1000):
                raise PrintError(f"no answer within {LIMIT} s")
            some = self._process.stdout.read(READ_SIZE)
            if not some:
                raise PrintError(self._output())
            self._received += some
        message, _zero, rest = self._received.partition(b"\0")
        self._received = rest
        answer = json.loads(message)
        self._events.append(answer.get("method"))
        return answer

    def _output(self):
        return (self._folder / "errors.txt").read_bytes().decode(errors="replace")[-SHOWN:] or "Chromium ended"


def _folder():
    # its processes may write for a moment after it ended
    return tempfile.TemporaryDirectory(prefix="odoo-print-", ignore_cleanup_errors=True)
