"""The data folder: one process at a time works in it, and only its owner may look inside."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

LOCK = "warmline.lock"
_OWNER_ALONE = 0o700


class Unusable(Exception):
    """The folder cannot be used, and why."""


@contextmanager
def data_folder(path: Path) -> Generator[Path]:
    """The folder, made when missing, for this process alone while the block runs.

    Raises `Unusable` when it is a file, cannot be made, or when another process works in it.
    """
    if path.exists() and not path.is_dir():
        raise Unusable(f"{path} is a file; --data must name a folder.")
    try:
        path.mkdir(parents=True, exist_ok=True, mode=_OWNER_ALONE)
        lock = (path / LOCK).open("w")
    except OSError as error:
        raise Unusable(f"The folder {path} cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unusable(f"Another Warmline works in {path}; stop it first.") from error
        yield path
