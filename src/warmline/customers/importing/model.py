"""What an import is: its kind and state, how its file is read, which column is what."""

from dataclasses import dataclass
from enum import StrEnum

from warmline.core.words import DAY, Millis

MEGABYTE = 1024 * 1024
ROWS_LIMIT = 2_000_000
COLUMNS_LIMIT = 60
CELL_LIMIT_CHARS = 4_000
LINE_LIMIT_CHARS = 64_000
FAULTS_LIMIT = 10_000
"""So many wrong rows are kept of one import; more are only counted."""
PREVIEW_ROWS = 8
KEPT_MS: Millis = 7 * DAY
"""After so long the file and its wrong rows are erased; the counts stay."""
JOBS_LIMIT = 200
MAPPINGS_LIMIT = 50
WAITING_LIMIT = 5
"""Imports that may stand in line; one runs at a time."""


class Kind(StrEnum):
    """What a file is about."""

    CUSTOMERS = "customers"
    ORDERS = "orders"


class State(StrEnum):
    """Where an import stands."""

    READY = "ready"
    """The file is here; look at it, try it, run it."""
    WAITING = "waiting"
    RUNNING = "running"
    TRIED = "tried"
    """Every row was looked at, nothing was written."""
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNDONE = frozenset({State.WAITING, State.RUNNING})


class Format(StrEnum):
    """How a file holds its rows."""

    CSV = "csv"
    JSONL = "jsonl"


class Dates(StrEnum):
    """In which order a date is written."""

    YMD = "ymd"
    """2026-01-31, 20260131, ISO 8601 with or without a time."""
    DMY = "dmy"
    MDY = "mdy"
    UNIX = "unix"
    UNIX_MS = "unix_ms"


ENCODINGS = (
    "utf-8", "utf-16-le", "utf-16-be", "windows-1251", "iso-8859-2", "windows-1250",
    "windows-1252",
)  # fmt: skip
SEPARATORS = (",", ";", "\t", "|")
QUOTES = ('"', "'", "")
DECIMALS = (".", ",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the file is read; every part is guessed first and can be corrected."""

    format: Format = Format.CSV
    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    header: bool = True
    """Whether the first row names the columns."""
    dates: Dates = Dates.YMD
    zone: str = "UTC"
    """Where a time without a zone was."""
    decimal: str = "."
    currency: str = "EUR"
    """Of amounts that come without one."""
    region: str | None = None
    """Where phone numbers without a country are from, `PL`."""
    gzip: bool = False
