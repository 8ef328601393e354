"""What the pages say in tables and snippets is what the code does."""

import doctest
import re
import time
from dataclasses import fields
from itertools import chain
from pathlib import Path

import pytest

from scripts.reference import MADE, default
from warmline.channels.webchat.identity import vouched
from warmline.config import Settings
from warmline.core.permissions import RIGHTS, Right
from warmline.core.words import SECOND, Role

DOCS = Path(__file__).resolve().parents[2] / "docs"
PERSONS = (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR)
VARIABLE = re.compile(r"`(WARMLINE_[A-Z_]+)`")


def rows(page: str, start: str) -> list[list[str]]:
    """The cells of every row of a table that begins with `start` in its first cell."""
    lines = (DOCS / page).read_text().splitlines()
    found = [line for line in lines if line.startswith(f"| `{start}")]
    assert found, f"{page} has no such table"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found]


def written_by_hand() -> list[Path]:
    return [page for page in DOCS.rglob("*.md") if not page.read_text().startswith(MADE)]


def test_the_roles_have_the_rights_of_the_table():
    person = {right for role in PERSONS for right in RIGHTS[role]}
    said: dict[str, tuple[bool, ...]] = {}
    for name, *marks in rows("how-to/people-and-rights.md", ""):
        said[name.strip("`")] = tuple(mark == "yes" for mark in marks[: len(PERSONS)])
    assert said == {
        right.value: tuple(right in RIGHTS[role] for role in PERSONS)
        for right in Right
        if right in person
    }


def test_the_settings_of_the_table_have_those_defaults():
    code = {f"`WARMLINE_{field.name.upper()}`": default(field) for field in fields(Settings)}
    said = {name: given for name, given, *_ in rows("how-to/run-in-production.md", "WARMLINE_")}
    assert said == {name: code.get(name) for name in said}


def test_every_variable_that_a_page_names_is_a_setting():
    known = {f"WARMLINE_{field.name.upper()}" for field in fields(Settings)}
    named = chain.from_iterable(VARIABLE.findall(page.read_text()) for page in written_by_hand())
    assert set(named) - known == set()


def test_every_setting_of_a_server_says_what_it_is():
    silent = {"WARMLINE_SMTP_OUT_PORT", "WARMLINE_SMTP_OUT_PASSWORD"}  # their names say it
    for cells in rows("reference/settings.md", "WARMLINE_"):
        assert cells[3].rstrip("|").strip() or cells[0].strip("`") in silent, cells[0]


def test_every_address_that_a_page_names_is_answered():
    reference = (DOCS / "reference" / "http-api.md").read_text()
    routes = re.findall(r"`([A-Z]+ /[^`]*)`", reference)
    known = [re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(route))) for route in routes]
    one_each = "POST /api/v1/commands/{Name}"  # the way of all commands
    for page in written_by_hand():
        for route in re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]*)`", page.read_text()):
            plain = route.partition("?")[0]
            answered = any(pattern.fullmatch(plain) for pattern in known)
            assert answered or plain == one_each, f"{page.name}: {route}"


def test_the_snippets_of_the_explanation_come_out_as_written():
    page = DOCS / "explanation" / "how-it-decides.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted
    assert result.failed == 0


@pytest.mark.parametrize("folder", ["tutorial", "how-to", "explanation", "reference"])
def test_every_page_is_in_the_index(folder):
    index = (DOCS / "index.md").read_text()
    pages = sorted((DOCS / folder).glob("*.md"))
    assert pages
    assert [page.name for page in pages if f"({folder}/{page.name})" not in index] == []


def test_the_python_example_signs_what_the_chat_believes(monkeypatch, capsys):
    text = (DOCS / "how-to" / "embed-the-chat.md").read_text()
    code = text.partition("```python\n")[2].partition("```")[0]
    monkeypatch.setenv("CHAT_SECRET", "a secret of the inbox, long enough")
    given: dict[str, object] = {}
    exec(compile(code, "embed-the-chat.md", "exec"), given)
    token = capsys.readouterr().out.strip()
    now = int(time.time() * SECOND)
    who = vouched(token, secret="a secret of the inbox, long enough", now=now)
    assert (who.login, who.name, who.email) == ("c-1042", "Jan Kowalski", "jan@example.org")
