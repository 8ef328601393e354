"""A canned reply: a text with a short name, and variables that are filled in when it is used."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.sql.base import Executable

from warmline.core.words import Actor, Malformed, QueueId

REPLIES_LIMIT = 2_000
TEXT_LIMIT_CHARS = 5_000
TITLE_LIMIT_CHARS = 120
SHORTCUT = re.compile(r"[\w-]{1,32}")
LANGUAGE = re.compile(r"([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?")
VARIABLES = ("customer.name", "agent.name", "case")
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedReply:
    """A text that is written once and sent often."""

    id: str
    shortcut: str
    title: str
    text: str
    language: str = ""
    queues: tuple[QueueId, ...] = ()

    def check(self) -> None:
        """Refuse what could not be used: `Malformed` names the field."""
        if not SHORTCUT.fullmatch(self.shortcut):
            raise Malformed("shortcut", "must be 1 to 32 letters, digits, - or _", "wrong_form")
        if not 1 <= len(self.title.strip()) <= TITLE_LIMIT_CHARS:
            detail = f"must be 1 to {TITLE_LIMIT_CHARS} characters"
            raise Malformed("title", detail, "wrong_length", min=1, max=TITLE_LIMIT_CHARS)
        if not 1 <= len(self.text.strip()) <= TEXT_LIMIT_CHARS:
            detail = f"must be 1 to {TEXT_LIMIT_CHARS} characters"
            raise Malformed("text", detail, "wrong_length", min=1, max=TEXT_LIMIT_CHARS)
        if not LANGUAGE.fullmatch(self.language):
            raise Malformed("language", "is not a language tag such as ru", "no_language")
        for name in _VARIABLE.findall(self.text):
            if name not in VARIABLES:
                raise Malformed("text", f"there is no variable {{{{{name[:40]}}}}}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced; one without a value goes, with the space before it.

    >>> fill("Hello {{customer.name}}, case {{ case }}.", {"case": "A-7"})
    'Hello, case A-7.'
    """
    filled = re.sub(
        r"(\s?)\{\{\s*([^{}]*?)\s*\}\}",
        lambda found: f"{found[1]}{value}" if (value := values.get(found[2])) else "",
        text,
    )
    return filled.strip()


class Audit(Protocol):
    """A row of the audit about a changed setting, with the values before and after."""

    def __call__(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> "Travelling": ...


class Travelling(Protocol):
    """A statement that is written together with what it speaks of."""

    @property
    def statement(self) -> Executable: ...


def queues_of(ids: Sequence[str], known: Mapping[QueueId, object]) -> tuple[QueueId, ...]:
    """Queue ids, each once; `Malformed` for one that does not exist."""
    found = tuple(dict.fromkeys(QueueId(one) for one in ids))
    for one in found:
        if one not in known:
            raise Malformed("queues", f"there is no queue {one}", "no_such", item=one)
    return found
