"""The certificate of an erasure: what went, when, by whom; nothing in it is personal."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from warmline.core.words import CustomerId, Instant, UserId

BACKUPS_LIMIT = 200
NAME_LIMIT_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup as the operator lists it; `at` None when the line gives no readable time."""

    name: str
    at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The proof; `cleaned_` fields are None until the files have been cleaned."""

    id: str
    customer: CustomerId
    ids: tuple[CustomerId, ...]
    """Every id the person had: events keep them, they lead nowhere now."""
    at: Instant
    by: UserId | None
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    files_removed: int = 0
    files_shared: int = 0
    """Files that somebody else has as well: their content stays."""
    backups: tuple[Backup, ...] | None = None
    """Backups that may still hold the person; None when nobody lists them."""
    journal_emptied: bool | None = None
    compacted: bool | None = None
    sought: int | None = None
    """How many of the person's identifiers were looked for in the database's files …"""
    left: int | None = None
    """… and how many of them still stand there, in words of somebody else."""

    def cleaned(self, *, truncated: bool, compacted: bool, sought: int, left: int) -> "Certificate":
        """The same with how the cleaning went."""
        return replace(
            self, journal_emptied=truncated, compacted=compacted, sought=sought, left=left
        )


def seal(proof: Certificate) -> tuple[dict[str, object], str]:
    """The certificate as it is kept, and the SHA-256 of its canonical JSON.

    Canonical is: keys in order, no spaces, UTF-8.
    """
    body: dict[str, object] = json.loads(json.dumps(asdict(proof)))
    return body, digest(body)


def unseal(body: Mapping[str, Any]) -> Certificate:
    """A certificate from the body that was kept."""
    return msgspec.convert(body, Certificate)


def digest(body: Mapping[str, object]) -> str:
    """The SHA-256 of a body in canonical JSON.

    >>> digest({"b": 1, "a": "ł"}) == digest({"a": "ł", "b": 1})
    True
    """
    plain = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def backups_listed(path: Path) -> tuple[Backup, ...] | None:
    """The backups that the operator lists in a file, a line each: time, space, name.

    None when there is no list, or none that can be read: then nobody knows.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return tuple(_backup(line) for line in wanted[-BACKUPS_LIMIT:])


def _backup(line: str) -> Backup:
    time, _, name = line.partition(" ")
    try:
        at = int(datetime.fromisoformat(time).timestamp() * 1000)
    except (ValueError, OverflowError):
        return Backup(name=line[:NAME_LIMIT_CHARS], at=None)
    return Backup(name=name.strip()[:NAME_LIMIT_CHARS] or time, at=at)


def shown(body: Mapping[str, object], sha256: str) -> dict[str, object]:
    """A certificate as a program reads it, with whether it is still what was sealed."""
    return {**body, "sha256": sha256, "intact": digest(body) == sha256}


def names(found: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Certificates in a list: who, when, by whom."""
    return [{key: one[key] for key in ("id", "customer", "at", "by")} for one in found]
