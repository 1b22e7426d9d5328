"""The exchange directory as a folder of this server, confined to the root that the configuration allows."""

import os
from pathlib import Path

from fsspec.implementations.local import LocalFileSystem

from .failures import typed_failures
from .findings import NameRefused
from .transports import Transport, name_parts


class LocalTransport(Transport):
    """A folder `directory` (relative name) under `root`. Symbolic links below the root are refused wherever
    they lead, as is whatever resolves outside of it."""

    def __init__(self, root, directory=""):
        self._base = Path(root).resolve()
        self._directory = name_parts(directory)
        super().__init__(LocalFileSystem(skip_instance_cache=True), str(self._base.joinpath(*self._directory)))
        self._path("")

    def make(self, folders=()):
        """Makes the directory and its folders where they are missing."""
        for folder in ("", *folders):
            with typed_failures(folder or "."):
                Path(self._path(folder)).mkdir(parents=True, exist_ok=True)

    def _path(self, name):
        path, walked = Path(self._root, *name_parts(name)), self._base
        for part in path.relative_to(self._base).parts:
            walked /= part
            if walked.is_symlink():
                raise NameRefused("name_refused", name=name or self._root)
        if not path.resolve().is_relative_to(self._base):
            raise NameRefused("name_refused", name=name or self._root)
        return str(path)

    def _kind(self, path):
        # fsspec calls every non-directory a file; a pipe or a device would block the reader.
        kind = self._fs.info(path)["type"]
        return kind if os.path.isfile(path) else "other"

    def _settle(self, target):
        target.flush()
        os.fsync(target.fileno())

    def _rename(self, source, target):
        os.replace(source, target)
        folder = os.open(os.path.dirname(target), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
