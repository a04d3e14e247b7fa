"""Files of finished exports, and those being written: a private folder with one worker at a time and a limit.

Whatever stands in it without a reason goes when a worker begins: what a killed one left, and what has expired.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from models.labels import _l
from services.errors import DeskError

_LOCK = ".lock"
_WORKING = "working"
ABANDONED_AFTER = 2 * 3600
"""Seconds after which a folder of an export that a request wrote itself was surely left by a killed process."""


class NoRoom(DeskError):
    """The folder holds as much as it may."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "There is no more room for exports on the desk's disk. Narrow the list, or try again tomorrow."
            )
        )


class KeptFiles:
    """The folder of exports, or that of ledgers handed in (`kind`)."""

    def __init__(self, folder: Path, most_bytes: int, kind: str = "export") -> None:
        self.folder, self.most_bytes, self.kind = folder, most_bytes, kind

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this is the only process (and thread) at work here; it stays so inside.

        The operating system gives the lock back when a process ends, however it ends.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)

    @contextmanager
    def working(self) -> Iterator[Path]:
        """A fresh folder to write in, gone at the end. Only for who is alone."""
        folder = self.folder / _WORKING
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, file: Path, address: str) -> Path:
        """Put a finished file in its place."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self.place(address)
        os.chmod(file, 0o600)
        file.replace(place)
        return place

    def place(self, address: str) -> Path:
        """Where the file of the job or batch with this address is kept."""
        return self.folder / f"{address}.{self.kind}"

    def check_room(self) -> None:
        """NoRoom when what is kept and being written has reached the limit."""
        sizes = (file.stat().st_size for file in self.folder.rglob("*") if file.is_file())
        if sum(sizes) > self.most_bytes:
            raise NoRoom

    def sweep(self, kept: Collection[str]) -> None:
        """Remove everything but the files of the jobs or batches in `kept`. Only for who is alone."""
        expected = {self.place(address).name for address in kept} | {_LOCK}
        for entry in self.folder.iterdir():
            if entry.name in expected:
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def sweep_spool(spool: Path) -> None:
    """Remove folders in which a request or command was writing when its process was killed."""
    oldest = time.time() - ABANDONED_AFTER
    for folder in spool.glob("export-*"):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder)
