"""Files that came to be imported: kept in pieces, looked at from their first part."""

import zlib
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from fastapi import HTTPException

from warmline.core.words import Malformed
from warmline.customers.importing.model import MEGABYTE, Reading
from warmline.customers.importing.records import Cells, Table, Unreadable, text_of
from warmline.customers.importing.sniffing import GZIP, SAMPLE_BYTES, Guess, guess
from warmline.ports import Blobs

PIECE_BYTES = 4 * MEGABYTE
_GZIP_WINDOW = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that came: its pieces, and what its first part says."""

    size: int
    pieces: Sequence[str]
    first: bytes

    @property
    def packed(self) -> bool:
        """Whether it is compressed."""
        return self.first.startswith(GZIP)

    @property
    def sample(self) -> bytes:
        """The beginning of the file, unpacked."""
        if not self.packed:
            return self.first[:SAMPLE_BYTES]
        try:
            return zlib.decompressobj(_GZIP_WINDOW).decompress(self.first, SAMPLE_BYTES)
        except zlib.error:
            raise Malformed("file", "is damaged", "bad_gzip") from None

    def guess(self, *, zone: str, region: str | None) -> Guess:
        """How it seems to be written."""
        sample = self.sample
        cut = len(sample) >= SAMPLE_BYTES or len(self.pieces) > 1
        found = guess(sample, cut=cut, zone=zone, region=region)
        return replace(found, reading=replace(found.reading, gzip=self.packed))

    def columns(self, reading: Reading) -> Sequence[str]:
        """The names of its columns; none when it cannot be read so."""
        try:
            return self._table(reading).columns
        except Unreadable:
            return ()

    def rows(
        self, reading: Reading, many: int
    ) -> tuple[Sequence[str], Sequence[tuple[int, Cells | Malformed]]]:
        """Its columns and first rows."""
        table = self._table(reading)
        return table.columns, list(islice(table, many))

    def _table(self, reading: Reading) -> Table:
        sample = self.sample
        plain = replace(reading, gzip=False)
        return Table(text_of([sample], plain, limit_bytes=len(sample)), plain)


class Files:
    """Keeps files in pieces, so that nobody ever holds a whole one."""

    def __init__(self, blobs: Blobs, *, limit_bytes: int) -> None:
        self._blobs = blobs
        self._limit_bytes = limit_bytes

    async def take(self, content: AsyncIterator[bytes], pieces: list[str]) -> File:
        """Keep a file as it comes; what is kept of it so far is in `pieces`."""
        first = b""
        size = 0
        waiting = bytearray()
        async for part in content:
            size += len(part)
            if size > self._limit_bytes:
                raise HTTPException(413, "The file is too large.")
            waiting += part
            while len(waiting) >= PIECE_BYTES:
                piece = bytes(waiting[:PIECE_BYTES])
                del waiting[:PIECE_BYTES]
                first = first or piece
                pieces.append(await self._blobs.put(piece))
        if waiting:
            first = first or bytes(waiting)
            pieces.append(await self._blobs.put(bytes(waiting)))
        if not size:
            raise Malformed("file", "is empty", "empty")
        return File(size=size, pieces=pieces, first=first)

    async def kept(self, pieces: Sequence[str], size: int) -> File:
        """A file that came before, to look at; `KeyError` when it is gone."""
        return File(size=size, pieces=pieces, first=await self._blobs.get(pieces[0]))

    async def remove(self, keys: Collection[str]) -> None:
        """Forget pieces."""
        for key in keys:
            await self._blobs.remove(key)
