"""Files are kept in pieces, up to a limit, and never held whole."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import HTTPException

from warmline.customers.importing.files import PIECE_BYTES, Files
from warmline.customers.importing.model import MEGABYTE
from warmline.storage.blobs import FolderBlobs


async def parts(size: int, *, part: int = MEGABYTE) -> AsyncIterator[bytes]:
    for start in range(0, size, part):
        yield bytes([start // part % 250 + 1]) * min(part, size - start)


async def test_a_file_is_kept_in_pieces_of_one_size(tmp_path: Path):
    blobs = FolderBlobs(tmp_path, limit_bytes=PIECE_BYTES)
    size = 2 * PIECE_BYTES + 17
    pieces: list[str] = []
    file = await Files(blobs, limit_bytes=size).take(parts(size), pieces)
    content = b"".join([await blobs.get(key) for key in pieces])
    assert (file.size, len(pieces)) == (size, 3)
    assert content == b"".join([part async for part in parts(size)])


async def test_a_file_over_the_limit_is_refused_and_what_came_of_it_is_known(tmp_path: Path):
    blobs = FolderBlobs(tmp_path, limit_bytes=PIECE_BYTES)
    pieces: list[str] = []
    with pytest.raises(HTTPException) as refused:
        await Files(blobs, limit_bytes=PIECE_BYTES + 5).take(parts(2 * PIECE_BYTES), pieces)
    assert (refused.value.status_code, len(pieces)) == (413, 1)
