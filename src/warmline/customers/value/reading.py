"""Reads a file of orders like CDNOW's: who, on which day, for how much."""

import csv
import gzip
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TextIO

import numpy as np

from warmline.customers.value.purchases import Orders

ROWS_LIMIT = 20_000_000
CUSTOMER = ("customer_id", "customer", "id", "client")
DAY = ("date", "day", "at", "ordered_at")
MONEY = ("dollars", "total", "amount", "money", "revenue", "value")


class Unreadable(Exception):
    """The file is no list of orders; the message says where."""


def read_orders(path: Path) -> Orders:
    """The orders of a CSV file (`.gz` too) with a customer, a date and an amount in each row."""
    numbers: dict[str, int] = {}
    who: list[int] = []
    days: list[int] = []
    money: list[float] = []
    try:
        with _opened(path) as text:
            found = csv.reader(text)
            head = [name.strip().casefold() for name in next(found, list[str]())]
            customer, day, amount = (_column(head, names) for names in (CUSTOMER, DAY, MONEY))
            for number, row in enumerate(found, 2):
                if number > ROWS_LIMIT:
                    raise Unreadable(f"{path} has more than {ROWS_LIMIT} lines.")
                if not row:
                    continue
                try:
                    days.append(_day(row[day]))
                    money.append(float(row[amount]))
                    who.append(numbers.setdefault(row[customer].strip(), len(numbers)))
                except (ValueError, IndexError):
                    raise Unreadable(f"{path}, line {number}: no customer, day or sum.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{path} cannot be read: {error}.") from None
    if not who:
        raise Unreadable(f"{path} has no orders.")
    return Orders(
        customers=list(numbers),
        who=np.asarray(who, dtype=np.int64),
        day=np.asarray(days, dtype=np.int64),
        money=np.asarray(money, dtype=np.float64),
    )


@contextmanager
def _opened(path: Path) -> Generator[TextIO]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
            yield text
    else:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text


def _column(head: Sequence[str], names: Sequence[str]) -> int:
    for name in names:
        if name in head:
            return head.index(name)
    raise Unreadable(f"No column is called {' or '.join(names)}.")


def _day(text: str) -> int:
    """Days since the year 1, of 1997-09-30, 19970930 or the beginning of a longer time."""
    plain = text.strip()
    if plain.isdecimal():
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    return date.fromisoformat(plain[:10]).toordinal()
