"""Agents' scores as a sheet: CSV read row by row with what is wrong in each, and written again."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from warmline.core.settings import Score, Source, Trait
from warmline.core.words import AgentId, Malformed

COLUMNS = ("agent", "trait", "value", "n", "low", "high")
KNOWN = (*COLUMNS, "source", "name")
"""What may stand in the head; the last two are written for people and not read."""
ROWS_LIMIT = 20_000
CELL_LIMIT_CHARS = 200
N_LIMIT = 1_000_000_000
_NUMBER = re.compile(r"[+-]?(\d{1,9}([.,]\d{1,15})?|[.,]\d{1,15})")
_COUNT = re.compile(r"\d{1,10}")
_FORMULA = ("=", "+", "-", "@", "\t")
"""A cell that begins so would be reckoned by a spreadsheet."""


class Fault(Exception):
    """What is wrong with one row: in which column, under which code, with what."""

    def __init__(self, column: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.column = column
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One score of the sheet; lines count from 1, the head is the first."""

    line: int
    agent: AgentId
    trait: Trait
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyRow:
    """A row that cannot be taken, and why."""

    line: int
    column: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All rows of a file: those that can be taken, and those that cannot."""

    rows: tuple[ScoreRow, ...]
    faults: tuple[FaultyRow, ...]


def read_sheet(content: bytes, agents: Collection[str]) -> Sheet:
    """Read a CSV with comma, semicolon or tab; `Malformed` when it is no such sheet at all."""
    text = _text(content)
    given = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[ScoreRow] = []
    faults: list[FaultyRow] = []
    seen: set[tuple[AgentId, Trait]] = set()
    for line, cells in _filled(given):
        try:
            row = _row(line, cells, agents, seen)
        except Fault as fault:
            faults.append(
                FaultyRow(line=line, column=fault.column, code=fault.code, detail=fault.detail)
            )
        else:
            seen.add((row.agent, row.trait))
            rows.append(row)
    return Sheet(rows=tuple(rows), faults=tuple(faults))


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("file", "must be a text in UTF-8") from None
    if "\0" in text:
        raise Malformed("file", "must be a text in UTF-8")
    return text


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _filled(given: Iterable[list[str]]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows that are not empty, by the names of the head."""
    try:
        numbered = iter([(line, cells) for line, cells in enumerate(given, start=1) if any(cells)])
    except csv.Error:
        raise Malformed("file", "cannot be read as CSV") from None
    first = next(numbered, None)
    names = [name.strip().casefold() for name in first[1]] if first else []
    for name in COLUMNS[:3]:
        if name not in names:
            raise Malformed("file", f"has no column {name}")
    for name in names:
        if name not in KNOWN or names.count(name) > 1:
            raise Malformed("file", f"has a column {name[:40]} too much")
    for count, (line, cells) in enumerate(numbered, start=1):
        if count > ROWS_LIMIT:
            raise Malformed("file", f"has more than {ROWS_LIMIT} rows", "too_many", max=ROWS_LIMIT)
        yield line, dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _row(
    line: int,
    cells: Mapping[str, str],
    agents: Collection[str],
    seen: Collection[tuple[AgentId, Trait]],
) -> ScoreRow:
    for column, cell in cells.items():
        if len(cell) > CELL_LIMIT_CHARS:
            raise Fault(column, "too_long", f"is longer than {CELL_LIMIT_CHARS} characters")
    agent, trait = cells.get("agent", ""), cells.get("trait", "").casefold()
    if agent not in agents:
        raise Fault("agent", "unknown_agent", f"there is no agent {agent[:64]}")
    if trait not in set(Trait):
        raise Fault("trait", "unknown_trait", f"must be one of {', '.join(Trait)}")
    if (AgentId(agent), Trait(trait)) in seen:
        raise Fault("trait", "twice", "this score stands in the file already")
    value = _share(cells, "value")
    if value is None:
        raise Fault("value", "missing", "is missing")
    low, high = _share(cells, "low"), _share(cells, "high")
    if (low is None) != (high is None):
        raise Fault("low", "half_interval", "an interval has both ends, or none")
    if low is not None and high is not None and not low <= value <= high:
        raise Fault("low", "outside_interval", "the value must lie between low and high")
    score = Score(value=value, n=_count(cells), low=low, high=high, source=Source.MANUAL)
    return ScoreRow(line=line, agent=AgentId(agent), trait=Trait(trait), score=score)


def _share(cells: Mapping[str, str], column: str) -> float | None:
    text = cells.get(column, "")
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Fault(column, "not_a_number", "is no number")
    value = float(text.replace(",", "."))
    if not 0 <= value <= 1:
        raise Fault(column, "out_of_range", "must be 0 to 1")
    return value


def _count(cells: Mapping[str, str]) -> int:
    text = cells.get("n", "")
    if not text:
        return 0
    if not _COUNT.fullmatch(text) or int(text) > N_LIMIT:
        raise Fault("n", "not_a_count", f"must be a whole number up to {N_LIMIT}")
    return int(text)


def write_sheet(scores: Mapping[AgentId, Mapping[Trait, Score]], names: Mapping[str, str]) -> str:
    """All scores as CSV, by name; what is read in again changes nothing."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(KNOWN)
    for agent in sorted(scores, key=lambda one: (names.get(one, one).casefold(), one)):
        for trait, score in sorted(scores[agent].items()):
            interval = ("", "") if score.low is None else (score.low, score.high)
            named = _harmless(names.get(agent, ""))
            writer.writerow(
                (agent, trait.value, score.value, score.n, *interval, score.source.value, named)
            )
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
