"""The data folder of a demonstration: known by a marker, and never mistaken for a real center's."""

import shutil
from pathlib import Path

from warmline.storage.folder import LOCK

MARKER = ".warmline-demo"
FILLING, READY = "filling\n", "ready\n"


class NotOurs(Exception):
    """The folder holds something that the demonstration did not make; the text is a sentence."""


def prepare(data: Path, *, reset: bool) -> bool:
    """Whether the folder must be filled; with `reset`, or after a broken filling, it is emptied.

    The folder is there, and held by this process (`storage.folder`).
    """
    marker = data / MARKER
    is_ours = marker.is_file()
    if not is_ours and any(path.name != LOCK for path in data.iterdir()):
        raise NotOurs(
            f"{data} was not made by the demonstration, so it stays as it is. "
            "Name another folder with --data, or serve it with `warmline run`."
        )
    if is_ours and (reset or marker.read_text() != READY):
        _empty(data)
    if marker.is_file():
        return False
    marker.write_text(FILLING)
    return True


def is_ready(data: Path) -> None:
    """The folder holds a whole sample center now."""
    (data / MARKER).write_text(READY)


def _empty(data: Path) -> None:
    """Everything goes, the marker last: an interrupted emptying goes on the next time."""
    for path in data.iterdir():
        if path.name in (MARKER, LOCK):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    (data / MARKER).unlink()
