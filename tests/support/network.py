"""A network between the browser and Odoo that a test can cut, the service worker's requests included."""

import socket
import threading
from contextlib import suppress
from unittest.mock import patch

from .browser import PatientBrowser

#: What a page says on the console to be opened again without the network, by a browser that stopped its worker.
RELOAD = "reload without the network"

#: How the test's own errors begin.
FAILED = "Failed: "


class Network:
    """Forwards connections to its port, until it is cut.

    :param int server: port of the server behind it
    """

    def __init__(self, server):
        self._server, self._sockets, self.is_cut = server, [], False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Close open connections, and refuse new ones."""
        self.is_cut = True
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self):
        while not self.is_cut:
            try:
                near = self._listener.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._server))
            self._sockets += [near, far]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


class RoamingBrowser(PatientBrowser):
    """A browser whose page can be opened again without the network; then it runs `after_reload` of the test."""

    def _handle_console(self, type, args=None, **more):
        said = str(self._from_remoteobject(args[0])) if args else ""
        if said == RELOAD:
            self.test_case.network.cut()
            source = {"source": self.test_case.after_reload}
            self._websocket_send("Page.addScriptToEvaluateOnNewDocument", params=source)
            self._websocket_send("ServiceWorker.enable")
            self._websocket_send("ServiceWorker.stopAllWorkers")
            self._websocket_send("Page.reload")
            return None
        if self.test_case.network.is_cut and type == "error" and not said.startswith(FAILED):
            return None  # Odoo's web client logs, or raises, an error for each request that it cannot make
        return super()._handle_console(type, args, **more)

    def _handle_exception(self, *args, **more):
        return None if self.test_case.network.is_cut else super()._handle_exception(*args, **more)


def roam(test_class):
    """Have the browser of a class of tests reach Odoo through a network that can be cut."""
    test_class.network = Network(test_class.http_port())
    test_class.addClassCleanup(test_class.network.cut)
    test_class.startClassPatcher(patch.object(test_class, "http_port", classmethod(lambda cls: cls.network.port)))
    test_class.startClassPatcher(patch("odoo.tests.common.ChromeBrowser", RoamingBrowser))
