"""Files by content in a folder: the name is the SHA-256, the same content is kept once."""

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path

from warmline.config import Settings
from warmline.core.words import Malformed
from warmline.ports import Unavailable

_KEY = re.compile(r"[0-9a-f]{64}")


class FolderBlobs:
    """The `Blobs` in a folder; what `put` has returned survives a power cut."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    async def put(self, content: bytes) -> str:
        """Keep the content and return its key; `Malformed` when it is over the limit."""
        if len(content) > self._limit_bytes:
            limit_mb = self._limit_bytes / 1024 / 1024
            raise Malformed("file", f"larger than {limit_mb:.0f} MB")
        return await asyncio.to_thread(self._put, content)

    async def get(self, key: str) -> bytes:
        """The content; `KeyError` when there is none of that key."""
        path = self._path(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise KeyError(key) from None
        except OSError as error:
            raise Unavailable("a file cannot be read") from error

    async def remove(self, key: str) -> None:
        """Forget the content; nothing happens when there is none."""
        path = self._path(key)
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            raise Unavailable("a file cannot be removed") from error

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise KeyError(key)
        return self._folder / key[:2] / key

    def _put(self, content: bytes) -> str:
        key = hashlib.sha256(content).hexdigest()
        path = self._path(key)
        try:
            if not path.exists():
                _write_durably(path, content)
        except OSError as error:
            raise Unavailable("a file cannot be kept") from error
        return key


def open_blobs(settings: Settings) -> FolderBlobs:
    """The files in the data folder of `settings`."""
    return FolderBlobs(settings.data / "blobs", limit_bytes=settings.mail_limit_bytes)


def _write_durably(path: Path, content: bytes) -> None:
    """The whole file or none, also after a power cut: write beside it, sync, rename, sync."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
