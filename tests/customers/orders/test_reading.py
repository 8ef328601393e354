"""How files and cells are read: guesses, dates, money, and that no file whatever stops the reader."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.core.words import LATEST, Malformed
from warmline.customers.importing import values
from warmline.customers.importing.fields import FIELDS, proposed
from warmline.customers.importing.model import (
    CELL_LIMIT_CHARS,
    LINE_LIMIT_CHARS,
    Dates,
    Format,
    Kind,
    Reading,
)
from warmline.customers.importing.records import Record, Table, Unreadable, text_of
from warmline.customers.importing.rows import reader_of
from warmline.customers.importing.sniffing import guess
from warmline.customers.importing.words import SAID
from warmline.customers.orders.model import TOTAL_LIMIT_MINOR, Order

RUSSIAN = (
    "номер;имя;сумма;дата\n1;Анна Ёлкина;1 234,50;31.01.2026\n2;Пётр Иванов;12,00;02.02.2026\n"
)
POLISH = (
    "numer;imię;kwota;data\n1;Łukasz Żółć;1 234,50;31.01.2026\n2;Święta Jaźń;12,00;02.02.2026\n"
)
ENGLISH = 'id,name,amount,date\n1,"Wolf, Nina",1234.50,01/31/2026\n2,Jo,12.00,02/02/2026\n'


def table(text: str | bytes, reading: Reading | None = None) -> tuple[Sequence[str], list[Record]]:
    content = text if isinstance(text, bytes) else text.encode()
    reading = reading or Reading()
    found = Table(text_of([content], reading, limit_bytes=10**6), reading)
    return found.columns, list(found)


@pytest.mark.parametrize(
    ("text", "encoding", "known", "sure"),
    [
        (RUSSIAN, "utf-8", "utf-8", True),
        (RUSSIAN, "utf-8-sig", "utf-8", True),
        (RUSSIAN, "utf-16", "utf-16-le", True),
        (RUSSIAN, "windows-1251", "windows-1251", False),
        (POLISH, "windows-1250", "windows-1250", False),
        (POLISH, "iso-8859-2", "iso-8859-2", False),
        (ENGLISH, "ascii", "utf-8", True),
    ],
)
def test_an_encoding_is_found_and_whether_it_is_sure_is_said(text, encoding, known, sure):
    found = guess(text.encode(encoding), cut=False)
    assert (found.reading.encoding, found.sure) == (known, sure)
    columns, rows = table(text.encode(encoding), found.reading)
    assert len(columns) == 4
    first = rows[0][1]
    assert not isinstance(first, Malformed)
    assert first[1] in {
        "Анна Ёлкина", "Łukasz Żółć", "Wolf, Nina",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "separator", "dates", "decimal"),
    [
        (RUSSIAN, ";", Dates.DMY, ","),
        (ENGLISH, ",", Dates.MDY, "."),
        ("a\tb\n2026-01-31\t5\n", "\t", Dates.YMD, "."),
        ("a|b\n1770000000|5\n", "|", Dates.UNIX, "."),
        ("a|b\n1770000000000|5\n", "|", Dates.UNIX_MS, "."),
    ],
)
def test_separator_dates_and_decimal_sign_are_seen_in_the_rows(text, separator, dates, decimal):
    found = guess(text.encode(), cut=False).reading
    assert (found.separator, found.dates, found.decimal) == (separator, dates, decimal)


def test_a_file_that_begins_with_numbers_has_no_header():
    found = guess(b"00001,19970101,1,11.77\n00002,19970112,1,12.00\n", cut=False).reading
    assert found.header is False
    columns, rows = table("1,2\n3,4\n", found)
    assert (columns, len(rows)) == (["1", "2"], 2)


def test_a_cut_letter_at_the_end_of_the_sample_is_no_other_encoding():
    text = ("имя\n" + "Ёж\n" * 20).encode()
    assert guess(text[:-2], cut=True).reading.encoding == "utf-8"


@pytest.mark.parametrize(
    ("cell", "decimal", "currency", "minor"),
    [
        ("11.77", ".", "USD", 1177),
        ("1,234.5", ".", "USD", 123_450),
        ("1 234,50 zł", ",", "PLN", 123_450),
        ("1.234,50", ",", "EUR", 123_450),
        ("€ 5", ",", "EUR", 500),
        ("5 руб.", ",", "RUB", 500),
        ("$.99", ".", "USD", 99),
        ("1200", ".", "JPY", 1200),
        ("1.2345", ".", "KWD", None),
        ("1.234", ".", "KWD", 1234),
        ("11.777", ".", "USD", None),
        ("11.770", ".", "USD", 1177),
        ("1,23.45", ".", "USD", None),
        ("-5", ".", "USD", None),
        ("€5", ".", "USD", None),
        ("", ".", "USD", None),
        (".", ".", "USD", None),
        ("NaN", ".", "USD", None),
        ("1e5", ".", "USD", None),
        ("9" * 30, ".", "USD", None),
    ],
)
def test_an_amount_is_read_exactly_or_not_at_all(cell, decimal, currency, minor):
    if minor is None:
        with pytest.raises(Malformed):
            values.amount("total", cell, decimal=decimal, currency=currency)
    else:
        assert values.amount("total", cell, decimal=decimal, currency=currency) == minor


@pytest.mark.parametrize(
    ("cell", "dates", "zone", "at"),
    [
        ("19970101", Dates.YMD, "UTC", 852_076_800_000),
        ("1997-01-01", Dates.YMD, "Europe/Warsaw", 852_073_200_000),
        ("1997-1-1 01:00", Dates.YMD, "Europe/Warsaw", 852_076_800_000),
        ("1997-01-01T00:00:00.5Z", Dates.YMD, "Europe/Warsaw", 852_076_800_500),
        ("1997-01-01T02:00:00+02:00", Dates.YMD, "UTC", 852_076_800_000),
        ("01.02.1997", Dates.DMY, "UTC", 854_755_200_000),
        ("02/01/1997", Dates.MDY, "UTC", 854_755_200_000),
        ("852076800", Dates.UNIX, "UTC", 852_076_800_000),
        ("852076800123", Dates.UNIX_MS, "UTC", 852_076_800_123),
        ("31.02.1997", Dates.DMY, "UTC", None),
        ("1997-13-01", Dates.YMD, "UTC", None),
        ("1.2.97", Dates.DMY, "UTC", None),
        ("1969-12-31", Dates.YMD, "UTC", None),
        ("yesterday", Dates.YMD, "UTC", None),
        ("", Dates.YMD, "UTC", None),
    ],
)
def test_a_date_is_read_in_its_order_and_zone_or_not_at_all(cell, dates, zone, at):
    moments = values.Moments(Reading(dates=dates, zone=zone))
    if at is None:
        with pytest.raises(Malformed):
            moments.read("at", cell)
    else:
        assert moments.read("at", cell) == moments.read("at", cell) == at


def test_a_bad_row_never_stops_the_next():
    long = "x" * (CELL_LIMIT_CHARS + 1)
    text = f'id,customer,date,total\n1,a,2026-01-01,5\n2,b,2026-01-01,5,6\n3,{long},2026-01-01,5\n\n4,d\n"5,e\n'
    columns, rows = table(text)
    read = reader_of(Kind.ORDERS, Reading(), proposed(Kind.ORDERS, columns), columns)
    codes = []
    for line, cells in rows:
        try:
            codes.append((line, cells.code if isinstance(cells, Malformed) else read(cells).id))
        except Malformed as error:
            codes.append((line, error.code))
    assert codes == [
        (2, "1"), (3, "too_many_cells"), (4, "too_long"), (6, "missing"), (7, "missing"),
    ]  # fmt: skip


def test_a_quote_that_never_ends_costs_its_part_of_the_file_not_the_rest():
    text = 'id,customer\n1,"a\n' + "x" * (2 * LINE_LIMIT_CHARS) + "\n2,b\n"
    _, rows = table(text)
    assert any(isinstance(cells, Malformed) and cells.code == "unending" for _, cells in rows)
    assert rows[-1][1] == ["2", "b"]


def test_signs_that_the_encoding_does_not_have_are_said_not_kept():
    columns, rows = table(b"id,customer,date,total\n1,a\xff,2026-01-01,5\n")
    read = reader_of(Kind.ORDERS, Reading(), proposed(Kind.ORDERS, columns), columns)
    first = rows[0][1]
    assert not isinstance(first, Malformed)
    with pytest.raises(Malformed) as refused:
        read(first)
    assert refused.value.code == "bad_letters"


def test_a_small_file_that_unpacks_to_too_much_is_stopped():
    import gzip

    packed = gzip.compress(b"a,b\n" * 1_000_000)
    reading = Reading(gzip=True)
    with pytest.raises(Unreadable) as stopped:
        list(Table(text_of([packed], reading, limit_bytes=100_000), reading))
    assert stopped.value.code == "too_large"


def test_columns_are_known_by_their_names_in_three_languages():
    assert proposed(Kind.CUSTOMERS, ["Номер клиента", "ФИО", "Телефон", "E-mail"]) == {
        "id": "Номер клиента", "name": "ФИО", "email": "E-mail", "phone": "Телефон",
    }  # fmt: skip
    assert proposed(Kind.ORDERS, ["orderId", "CustomerID", "created_at", "Order Total"]) == {
        "id": "orderId", "customer": "CustomerID", "at": "created_at", "total": "Order Total",
    }  # fmt: skip
    assert proposed(Kind.ORDERS, ["customer_id", "date", "cds", "dollars"])["id"] == "="
    assert proposed(Kind.CUSTOMERS, ["x", "y"]) == {}


def test_what_is_wrong_is_said_in_every_language():
    assert SAID["en"].keys() == SAID["ru"].keys() == SAID["pl"].keys()


READINGS = st.builds(
    Reading,
    format=st.sampled_from(Format),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "windows-1251", "iso-8859-2"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    quote=st.sampled_from(['"', "'", ""]),
    header=st.booleans(),
    dates=st.sampled_from(Dates),
    decimal=st.sampled_from([".", ","]),
    currency=st.sampled_from(["USD", "JPY"]),
)
SIGNS = st.sampled_from(list("0123456789-.,:;|/\t\n\r\"'{}[]\\ aZżЯ€$\x00\x85\u2028\ufeff"))
FILES = st.one_of(
    st.binary(max_size=300),
    st.text(SIGNS, max_size=300).map(str.encode),
    st.lists(st.lists(st.text(SIGNS, max_size=12), min_size=4, max_size=4), max_size=8).map(
        lambda rows: "\n".join(",".join(row) for row in rows).encode()
    ),
)


@given(content=FILES, reading=READINGS, kind=st.sampled_from(Kind))
def test_whatever_a_file_holds_every_row_is_an_item_or_says_what_is_wrong(content, reading, kind):
    try:
        columns, rows = table(content, reading)
    except Unreadable as error:
        # Most files can be read in any encoding, but not in this one.
        assert (error.code, reading.encoding) == ("bad_encoding", "utf-16-le")  # noqa: PT017
        return
    mapping = dict(zip([one.name for one in FIELDS[kind]], columns, strict=False))
    if kind is Kind.ORDERS:
        mapping["id"] = "="
    read = reader_of(kind, reading, mapping, columns)
    lines = [line for line, _ in rows]
    assert lines == sorted(lines)
    for _, cells in rows:
        if isinstance(cells, Malformed):
            continue
        assert len(cells) == len(columns)
        try:
            item = read(cells)
        except Malformed as error:
            assert error.code in SAID["en"], error.code  # noqa: PT017 - most rows are good
        else:
            assert item.id.isprintable()
            assert not isinstance(item, Order) or 0 <= item.total_minor <= TOTAL_LIMIT_MINOR
            assert not isinstance(item, Order) or 0 <= item.at <= LATEST


@given(content=FILES, cut=st.booleans())
def test_whatever_a_file_holds_a_guess_is_made_that_can_be_read(content, cut):
    found = guess(content, cut=cut)
    try:
        columns, _ = table(content, replace(found.reading, zone="UTC"))
    except Unreadable:
        assert found.reading.encoding.startswith("utf-16")
        return
    assert len(set(columns)) == len(columns)
