"""One browser for all the tours of a process: started once, cleared after each tour, closed at the end.

Odoo starts one browser per tour, which loads and compiles the web client each time: most of a short tour's time.
"""

import atexit
import base64
import json
import os
import shutil
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import psutil

from odoo.addons.base.models import ir_actions_report
from odoo.tests import HttpCase
from odoo.tests.common import HOST, ChromeBrowser, _registry_test_lock
from odoo.tools import config

from .language import add_french
from .sharing import MODULE
from .warm import WarmCaches
from .whole import Whole

#: Prefix of a console message by which a tour requests a picture.
PICTURE = "picture: "
#: Prefix of a console message by which a page requests another size of its window: "size: 1280x720".
SIZE = "size: "
_kept = {}


def pictures_folder(test_case):
    """Return the folder for pictures of tours: UTILITY_PICTURES, otherwise that of Odoo's screenshots."""
    chosen = os.environ.get("UTILITY_PICTURES")
    return Path(chosen) if chosen else Path(config["screenshots"], test_case.env.cr.dbname, "pictures")


class Detached(psutil.Process):
    """A program that is no child of this process, since Odoo kills child processes after each class of tests."""

    def poll(self):
        """Return None while it runs, like `Popen.poll`."""
        return None if self.is_running() and self.status() != psutil.STATUS_ZOMBIE else 0


class PatientBrowser(ChromeBrowser):
    """A browser that stays open, with six times Odoo's time limits, for busy machines."""

    throttling_factor = property(lambda self: 6, lambda self, value: None)

    @property
    def executable(self):
        """Return Chromium's headless shell if it is installed, which takes less processor time."""
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
        # Debian starts it from a script, which does not forward signals
        atexit.register(_close, os.getpid(), [*started[0].children(), started[0]], user_data_dir)
        return started

    def _handle_console(self, type, args=None, **more):
        said = str(self._from_remoteobject(args[0])) if args else ""
        if said.startswith(PICTURE):
            return self._take_picture(said.removeprefix(PICTURE))
        if said.startswith(SIZE):
            return self._resize(*map(int, said.removeprefix(SIZE).split("x")))
        return super()._handle_console(type, args, **more)

    def _take_picture(self, name):
        """Save a picture of the page, then notify the tour, which waits for it (static/tests/tours/steps.js)."""

        def keep(answer):
            folder = pictures_folder(self.test_case)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.png").write_bytes(base64.b64decode(answer.result()["data"]))
            self._websocket_send("Runtime.evaluate", params={"expression": f"window.pictured = {json.dumps(name)}"})

        self._websocket_send("Page.captureScreenshot", with_future=True).add_done_callback(keep)

    def _resize(self, width, height):
        size = {"width": width, "height": height, "mobile": False, "deviceScaleFactor": 1}
        self._websocket_send("Emulation.setDeviceMetricsOverride", params=size)

    def stop(self):
        """Leave the page and clear the user's data, cookies and caches included."""
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
    # their child processes write into the folder, too
    family = [child for process in processes if process.is_running() for child in process.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs({*processes, *family}, 5)[1]:
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _all_but_one_released():
    """Release the tests' lock of the database as often as a job's cursors hold it; Odoo releases the last hold.

    The program that prints asks the server for style sheets. Inside of a job it would wait 20 seconds for each.
    """
    held = _registry_test_lock.count - 1
    for _hold in range(held):
        _registry_test_lock.release()
    try:
        yield
    finally:
        for _hold in range(held):
            _registry_test_lock.acquire()


class BrowserCase(Whole, WarmCaches, HttpCase):
    """Tests of a user in a real browser, in French if that is their language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_french(cls.env)
        cls.startClassPatcher(patch("odoo.tests.common.ChromeBrowser", PatientBrowser))

    def setUp(self):
        super().setUp()
        printer = ir_actions_report._run_wkhtmltopdf

        def print_while_unlocked(arguments):
            with _all_but_one_released():
                return printer(arguments)

        self.startPatcher(patch.object(ir_actions_report, "_run_wkhtmltopdf", print_while_unlocked))

    def walk(self, name, user, action, companies):
        """Run a tour as the user, starting at an action of the module, in these companies."""
        self.env.flush_all()
        cookies = {"cids": "-".join(map(str, companies.ids))}
        self.start_tour(f"/odoo/action-{MODULE}.{action}", name, login=user.login, cookies=cookies)
        self.env.invalidate_all()
