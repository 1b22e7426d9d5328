"""One browser for all the tours of a process: started once, emptied after each, closed at the end.

Odoo starts a browser a tour, which reads and compiles the web client anew each time: most of a short tour's time.
"""

import atexit
import os
import shutil
from concurrent.futures import wait
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import psutil

from odoo.tests import HttpCase
from odoo.tests.common import HOST, ChromeBrowser

from .sharing import MODULE
from .warm import WarmCaches

_kept = {}


class Detached(psutil.Process):
    """A program that runs as nobody's child: Odoo ends those that a class of tests leaves behind."""

    def poll(self):
        """Return None while it runs, as that of a child does."""
        return None if self.is_running() and self.status() != psutil.STATUS_ZOMBIE else 0


class PatientBrowser(ChromeBrowser):
    """A browser that stays open; on a busy machine it answers late, not wrongly: its limits are six times Odoo's."""

    throttling_factor = property(lambda self: 6, lambda self, value: None)

    @property
    def executable(self):
        """Chromium without a window to draw takes less of the processor, where it is there."""
        return shutil.which("chromium-headless-shell") or super().executable

    def _spawn_chrome(self, cmd):
        note = Path(self.user_data_dir, "pid")
        starter, port = super()._spawn_chrome(["setsid", "--fork", "sh", "-c", 'echo $$ >"$0"; exec "$@"', note, *cmd])
        starter.wait()
        return Detached(int(note.read_text())), port

    def _chrome_start(self, user_data_dir, **options):
        kind = tuple(sorted(options.items()))
        kept = _kept.get(kind)
        if kept and kept[0].poll() is None:
            shutil.rmtree(user_data_dir)
            self.user_data_dir = kept[2]
            return kept[:2]
        started = super()._chrome_start(user_data_dir, **options)
        _kept[kind] = (*started, user_data_dir)
        # Debian starts it from a script, which does not pass signals on
        atexit.register(_close, os.getpid(), [*started[0].children(), started[0]], user_data_dir)
        return started

    def stop(self):
        """Leave the page and forget what the user's browser held, cookies and caches of data included."""
        if not hasattr(self, "ws"):
            super().stop()
            return
        self.screencaster.stop()
        self._websocket_request("Page.stopLoading")
        wait(self._responses.values(), 10)
        self._result.cancel()
        origin = f"http://{HOST}:{self.test_case.http_port()}"
        self._websocket_request("Page.navigate", params={"url": "about:blank"})
        self._websocket_request("Storage.clearDataForOrigin", params={"origin": origin, "storageTypes": "all"})
        self._websocket_request("Network.clearBrowserCookies")
        self.ws.close()
        self._receiver.join()


def _close(owner, processes, folder):
    if os.getpid() != owner:
        return
    # who writes into the folder is theirs, too
    family = [child for process in processes if process.is_running() for child in process.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs({*processes, *family}, 5)[1]:
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


class BrowserCase(WarmCaches, HttpCase):
    """A user in a real browser, in French where they read it so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.startClassPatcher(patch("odoo.tests.common.ChromeBrowser", PatientBrowser))

    def walk(self, name, user, action, companies):
        """Let the user take a tour that begins at an action of the module, in these companies."""
        self.env.flush_all()
        cookies = {"cids": "-".join(map(str, companies.ids))}
        self.start_tour(f"/odoo/action-{MODULE}.{action}", name, login=user.login, cookies=cookies)
        self.env.invalidate_all()
