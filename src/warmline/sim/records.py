"""Call records of another center: a CSV file, and a mapping that says what its columns mean."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from warmline.core.checks import ID
from warmline.core.words import DAY, HOUR, AgentId, Instant, InteractionId, Millis, SegmentId
from warmline.sim.reading import ModelError, convert, file_text, parse

MOST_RECORDS = 2_000_000
LONGEST_TALK: Millis = 12 * HOUR
MAPPINGS = Path(__file__).parent / "mappings"
"""The mappings that come with the program."""


class Outcomes(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which words of the outcome's column mean what; the others are left out."""

    column: str
    served: list[str]
    abandoned: list[str]


class Priority(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a priority means: the segment, and the place in line under the recorded discipline."""

    segment: str
    head_start_s: float = 0
    value: int = 1


class Priorities(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The column of the priority, and its words."""

    column: str
    values: dict[str, Priority]


class Agents(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The column of the agent, and the words that mean nobody."""

    column: str
    nobody: list[str] = []


class Columns(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the columns of a file of call records mean.

    Times are of the day in `date`, without a zone; a time of midnight sharp means there is none.
    """

    name: str
    source: str = ""
    delimiter: str = ","
    date: str
    date_format: str = "%Y-%m-%d"
    time_format: str = "%H:%M:%S"
    arrival: list[str]
    """The first of these columns that holds a time: when the customer began to wait."""
    served_from: str
    served_until: str
    left: str
    """When a customer who gave up left."""
    outcome: Outcomes
    agent: Agents
    type: str
    priority: Priorities
    target_s: float = 20
    target_pct: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it was: `wait_ms` until it was served, or given up."""

    id: InteractionId
    at: Instant
    type: str
    segment: SegmentId
    wait_ms: Millis
    agent: AgentId | None = None
    """Who served it; None when the customer gave up."""
    talk_ms: Millis = 0

    @property
    def over_at(self) -> Instant:
        """When the wait was over."""
        return self.at + self.wait_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All calls by day (`1999-01-05`), and how many lines said nothing that can be played."""

    mapping: Columns
    days: Mapping[str, list[Call]]
    left_out: int


def read_mapping(path: Path) -> Columns:
    """The mapping in a YAML file, or one of ours by its name. Raises `ModelError`, `OSError`."""
    own = MAPPINGS / f"{path}.yaml"
    text = file_text(own if own.is_file() and not path.is_file() else path)
    return convert(parse(text), Columns, "")


def read_records(path: Path, mapping: Columns) -> Records:
    """The calls of a CSV file (`.gz` too), in the order of their arrival.

    Raises `ModelError` when a column of the mapping is missing or the file is no such table,
    `OSError`.
    """
    days: dict[str, list[Call]] = {}
    left_out = 0
    for number, row in enumerate(_rows(path, mapping)):
        call = _call(mapping, row, number)
        if call is None:
            left_out += 1
        else:
            days.setdefault(row[mapping.date], []).append(call)
    for calls in days.values():
        calls.sort(key=lambda call: (call.at, call.id))
    return Records(mapping=mapping, days=dict(sorted(days.items())), left_out=left_out)


def _rows(path: Path, mapping: Columns) -> Iterator[Mapping[str, str]]:
    try:
        with _opened(path) as lines:
            reader = csv.DictReader(lines, delimiter=mapping.delimiter, restval="")
            _check_columns(mapping, reader.fieldnames or ())
            for number, row in enumerate(reader):
                if number >= MOST_RECORDS:
                    raise ModelError([(path.name, f"has more than {MOST_RECORDS:,} lines")])
                yield row
    except UnicodeDecodeError as error:
        raise ModelError([(path.name, "is not a text in UTF-8")]) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ModelError([(path.name, "is no whole gzip file")]) from error
    except csv.Error as error:
        raise ModelError([(path.name, f"is no table: {error}")]) from error


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _check_columns(mapping: Columns, known: Sequence[str]) -> None:
    wanted = [
        mapping.date,
        *mapping.arrival,
        mapping.served_from,
        mapping.served_until,
        mapping.left,
        mapping.outcome.column,
        mapping.agent.column,
        mapping.type,
        mapping.priority.column,
    ]
    missing = [column for column in wanted if column not in known]
    if missing:
        raise ModelError([(column, "there is no such column in the file") for column in missing])


def _call(mapping: Columns, row: Mapping[str, str], number: int) -> Call | None:
    """The call of a line; None when it neither waited nor was served, or makes no sense."""
    outcome = row[mapping.outcome.column]
    served = outcome in mapping.outcome.served
    priority = mapping.priority.values.get(row[mapping.priority.column])
    if not (served or outcome in mapping.outcome.abandoned) or priority is None:
        return None
    at = next((at for column in mapping.arrival if (at := _time(mapping, row, column))), None)
    begun, ended = (_time(mapping, row, one) for one in (mapping.served_from, mapping.served_until))
    left = _time(mapping, row, mapping.left)
    agent = row[mapping.agent.column]
    if served:
        if at is None or begun is None or ended is None or agent in ("", *mapping.agent.nobody):
            return None
        # The clocks of menu and service differ by a second here and there.
        at = min(at, begun)
        ended += DAY if ended < begun else 0  # past midnight
        if ended - begun > LONGEST_TALK:
            return None
    elif at is None or left is None or left < at:
        return None
    over = begun if served else left
    assert over is not None
    return Call(
        id=InteractionId(f"call-{number}"),
        at=at,
        type=_type(mapping, row),
        segment=SegmentId(priority.segment),
        wait_ms=max(0, over - at),
        agent=_agent(agent) if served else None,
        talk_ms=max(1_000, (ended or 0) - (begun or 0)) if served else 0,
    )


def _type(mapping: Columns, row: Mapping[str, str]) -> str:
    """The type, which names a queue."""
    type_ = row[mapping.type]
    if not ID.fullmatch(type_):
        detail = f"{type_!r} cannot name a queue: letters, digits and _ . : - are allowed"
        raise ModelError([(mapping.type, detail)])
    return type_


def _agent(name: str) -> AgentId:
    """The agent's id: the name where it can be one, else a number made of it."""
    return AgentId(name if ID.fullmatch(name) else f"agent-{zlib.crc32(name.encode()):08x}")


def _time(mapping: Columns, row: Mapping[str, str], column: str) -> Instant | None:
    text = row[column].strip()
    if not text:
        return None
    try:
        day = datetime.strptime(row[mapping.date], mapping.date_format).replace(tzinfo=UTC)
        time = datetime.strptime(text, mapping.time_format).replace(tzinfo=UTC)
    except ValueError:
        return None
    seconds = time.hour * 3600 + time.minute * 60 + time.second
    return None if seconds == 0 else (int(day.timestamp()) + seconds) * 1000
