"""Reading a file row by row: pieces to text, text to cells, a bad row never stopping the next."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

from warmline.core.words import Malformed
from warmline.customers.importing.model import (
    COLUMNS_LIMIT,
    LINE_LIMIT_CHARS,
    Format,
    Reading,
)

Cells: TypeAlias = Sequence[str]
Record: TypeAlias = tuple[int, Cells | Malformed]
"""A row: the line at which it begins, and its cells, or why it has none."""
BUFFER_BYTES = 64 * 1024
NAME_CHARS = 100
KEYS_LINES = 100
"""The columns of JSON Lines are the names found in so many lines."""
csv.field_size_limit(LINE_LIMIT_CHARS)


class Unreadable(Exception):
    """The file as a whole cannot be read; `code` is for programs, the text for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class _Pieces(io.RawIOBase):
    """Pieces of a file, one after another, as one stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        into = memoryview(buffer)
        size = min(len(into), len(self._rest))
        into[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class _Limited(io.RawIOBase):
    """What comes out of a compressed file, up to a limit: a small file may unpack to anything."""

    def __init__(self, packed: io.BufferedIOBase, limit_bytes: int) -> None:
        self._packed = gzip.GzipFile(fileobj=packed)
        self._left = limit_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        into = memoryview(buffer)
        try:
            found = self._packed.read(len(into))
        except (OSError, EOFError, zlib.error):
            raise Unreadable("bad_gzip", "The compressed file is damaged.") from None
        self._left -= len(found)
        if self._left < 0:
            raise Unreadable("too_large", "Unpacked, the file is too large.")
        into[: len(found)] = found
        return len(found)


def text_of(pieces: Iterable[bytes], reading: Reading, *, limit_bytes: int) -> io.TextIOWrapper:
    """The text of a file; signs that are not in the encoding come as lone surrogates."""
    stream: io.BufferedIOBase = io.BufferedReader(_Pieces(iter(pieces)), BUFFER_BYTES)
    if reading.gzip:
        stream = io.BufferedReader(_Limited(stream, limit_bytes), BUFFER_BYTES)
    return io.TextIOWrapper(stream, encoding=reading.encoding, errors="surrogateescape", newline="")


def _lines(text: io.TextIOBase) -> Iterator[str]:
    """The lines; one that is far too long comes in parts."""
    first = True
    try:
        while line := text.readline(LINE_LIMIT_CHARS):
            yield line.removeprefix("\ufeff") if first else line
            first = False
    except UnicodeDecodeError:  # in UTF-16 there is no telling where the next letter begins
        raise Unreadable("bad_encoding", "The file is not in this encoding.") from None


class Table:
    """A file as a table: `columns`, and its rows in order; empty lines are no rows."""

    def __init__(self, text: io.TextIOBase, reading: Reading) -> None:
        self.columns: Sequence[str] = ()
        self._rows: Iterator[Record]
        if reading.format is Format.JSONL:
            self._rows = self._of_json(_lines(text))
        else:
            self._rows = self._of_csv(_lines(text), reading)

    def __iter__(self) -> Iterator[Record]:
        return self._rows

    def _of_csv(self, lines: Iterator[str], reading: Reading) -> Iterator[Record]:
        rows = _csv_rows(lines, reading)
        passed: list[Record] = []
        for line, found in rows:
            if isinstance(found, Malformed):
                passed.append((line, found))
                continue
            self.columns = _named(found, reading)
            if not reading.header:
                passed.append((line, found))
            break
        width = len(self.columns)
        return ((line, _fitted(found, width)) for line, found in chain(passed, rows))

    def _of_json(self, lines: Iterator[str]) -> Iterator[Record]:
        rows = _objects(lines)
        first: list[tuple[int, dict[str, Any] | Malformed]] = []
        names: dict[str, None] = {}
        for one in rows:
            first.append(one)
            if isinstance(one[1], dict):
                names.update(dict.fromkeys(one[1]))
            if len(first) >= KEYS_LINES:
                break
        self.columns = columns = [*names][:COLUMNS_LIMIT]
        return (
            (line, found if isinstance(found, Malformed) else _cells(found, columns))
            for line, found in chain(first, rows)
        )


def _csv_rows(lines: Iterator[str], reading: Reading) -> Iterator[Record]:
    quoting = csv.QUOTE_MINIMAL if reading.quote else csv.QUOTE_NONE
    reader = csv.reader(
        lines, delimiter=reading.separator, quotechar=reading.quote or None, quoting=quoting
    )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quote that never ends: reading goes on with the next line
            yield line, Malformed("row", "has a cell that does not end", "unending")
            continue
        if cells:
            yield line, cells


def _fitted(found: Cells | Malformed, width: int) -> Cells | Malformed:
    """A row as wide as the table: cells missing at its end are empty, one too many is wrong."""
    if isinstance(found, Malformed) or len(found) == width:
        return found
    if len(found) < width:
        return [*found, *([""] * (width - len(found)))]
    if any(cell.strip() for cell in found[width:]):
        return Malformed("row", f"has more than {width} cells", "too_many_cells", max=width)
    return found[:width]


def _named(cells: Cells, reading: Reading) -> Sequence[str]:
    """The names of the columns: none empty, each once; their numbers without a header."""
    found: list[str] = []
    for number, cell in enumerate(cells[:COLUMNS_LIMIT], start=1):
        said = " ".join(cell.split())[:NAME_CHARS] if reading.header else str(number)
        plain = said or f"({number})"
        name, again = plain, 1
        while name in found:
            again += 1
            name = f"{plain} ({again})"
        found.append(name)
    return found


def _objects(lines: Iterator[str]) -> Iterator[tuple[int, dict[str, Any] | Malformed]]:
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        try:
            found = json.loads(line, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            yield number, Malformed("row", "is not JSON", "no_json")
            continue
        if isinstance(found, dict):
            yield number, found
        else:
            yield number, Malformed("row", "is no JSON object", "no_json")


def _cells(found: dict[str, Any], columns: Sequence[str]) -> Cells | Malformed:
    cells: list[str] = []
    for name in columns:
        value = found.get(name)
        if value is None:
            cells.append("")
        elif isinstance(value, str):
            cells.append(value)
        else:
            return Malformed("row", "holds more than texts and numbers", "nested")
    return cells
