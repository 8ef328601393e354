"""Damages the mails of the corpus at random, from a seed, and counts what crashes or hangs.

`python -m tests.channels.email.fuzz --count 100000` prints the figures.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from warmline.channels.email.classify import classify
from warmline.channels.email.html import clean
from warmline.channels.email.mail import Refused
from warmline.channels.email.parse import parse
from warmline.channels.email.strip import strip
from warmline.channels.email.thread import keys

CORPUS = Path(__file__).parent / "corpus"
HANG_S = 1.0
_CHARSET = re.compile(rb'charset="?([\w-]+)"?')
_ENCODING = re.compile(rb"(?i)(Content-Transfer-Encoding: )([\w-]+)")
_BOUNDARY = re.compile(rb'boundary="([^"]+)"')
_LABELS = (
    b"utf-8 utf-7 utf-16 utf-32 koi8-r windows-1251 iso-8859-2 iso-2022-jp hz gb2312 punycode idna zlib base64 rot13"
    b" unicode_escape undefined x-unknown cp65001 shift_jis big5 mbcs"
).split()
_ENCODINGS = (b"base64", b"quoted-printable", b"7bit", b"8bit", b"x-uuencode", b"binary", b"none")
_LURES = (
    b"<" * 500, b"=?utf-8?B?" * 60, b"=?utf-8?Q?" * 60, b"(" * 400, b'"' * 301, b"> " * 300, b"--\r\n" * 40,
    b"<div>" * 600, b"<blockquote><p>" * 200, b"On 3.11.2025 10:12 " * 60, b"- " * 400, b"_" * 900, b"\x00" * 50,
    b"\r\n" * 300, b"=\r\n" * 100, b"&#x110000;&#xD800;&#0;", b"\xff\xfe", b"<a href='" * 50, b"<!--" * 50, b"<![CDATA[" * 30,
    b"\nFrom: a\nTo: b\nDate: c\n" * 20, b"\n-----Original Message-----\n" * 40, b"@" * 300, b"a@b.c," * 300, b"%" * 200,
    b"\nDate: 99 Nov 99999 99:99:99 +9999\n", b"*0*=utf-8''%FF;" * 30, b"\r\n \r\n\t\r\n", b"BEGIN:VEVENT\nDTSTART:99999999T999999Z\n",
)  # fmt: skip


@dataclass(slots=True)
class Figures:
    """What came out of a run; times are seconds."""

    mails: int = 0
    refused: int = 0
    hangs: int = 0
    slowest_s: float = 0.0
    total_s: float = 0.0
    crashes: list[str] = field(default_factory=list)


def mutated(seed: int, count: int) -> Iterator[bytes]:
    """`count` damaged mails; the same seed gives the same mails."""
    chance = random.Random(seed)
    mails = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
    for _ in range(count):
        raw = chance.choice(mails)
        for _ in range(chance.randint(1, 4)):
            raw = chance.choice(_DAMAGES)(chance, raw, chance.choice(mails))
        yield raw


def read_all(raw: bytes) -> None:
    """All that the channel does with a mail before anybody sees it."""
    mail = parse(raw)
    verdict = classify(mail)
    assert verdict.reason
    found = keys(mail)
    assert len(found.message_ids) <= 60
    stripped = strip(mail.text, mail.html, [mail.text[:500]])
    assert bool(mail.text.strip()) == bool(stripped.new_text.strip())
    if mail.html:
        safe = clean(mail.html).html.lower()
        assert "<script" not in safe
        assert "<form" not in safe
    for file in mail.attachments:
        assert file.filename
        assert not set(file.filename) & set('/\\\0\r\n"<>')


def run(seed: int, count: int) -> Figures:
    """Reads `count` damaged mails; a refusal is an answer, any other exception is a crash."""
    figures = Figures()
    for number, raw in enumerate(mutated(seed, count)):
        started = time.perf_counter()
        try:
            read_all(raw)
        except Refused:
            figures.refused += 1
        except Exception:  # noqa: BLE001 - a crash is what is looked for; it is counted and shown
            figures.crashes.append(f"seed {seed}, mail {number}: {traceback.format_exc(limit=-3)}")
        took = time.perf_counter() - started
        figures.mails += 1
        figures.total_s += took
        figures.slowest_s = max(figures.slowest_s, took)
        figures.hangs += took > HANG_S
    return figures


def _flip(chance: random.Random, raw: bytes, _other: bytes) -> bytes:
    damaged = bytearray(raw)
    for _ in range(chance.randint(1, 30)):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _cut(chance: random.Random, raw: bytes, _other: bytes) -> bytes:
    start = chance.randrange(len(raw) + 1)
    end = start + chance.choice((1, 10, 100, len(raw)))
    return raw[:start] + raw[end:]


def _splice(chance: random.Random, raw: bytes, other: bytes) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


def _repeat(chance: random.Random, raw: bytes, _other: bytes) -> bytes:
    lines = raw.split(b"\n")
    at = chance.randrange(len(lines))
    return b"\n".join(
        lines[:at] + lines[at : at + chance.randint(1, 5)] * chance.randint(2, 40) + lines[at:]
    )


def _relabel(chance: random.Random, raw: bytes, _other: bytes) -> bytes:
    return _CHARSET.sub(lambda _found: b"charset=" + chance.choice(_LABELS), raw)


def _reencode(chance: random.Random, raw: bytes, _other: bytes) -> bytes:
    return _ENCODING.sub(lambda found: found[1] + chance.choice(_ENCODINGS), raw)


def _unbound(chance: random.Random, raw: bytes, _other: bytes) -> bytes:
    found = _BOUNDARY.search(raw)
    if not found:
        return _nest(chance, raw)
    mark = chance.choice((b"", b"x", found[1] + b"--", found[1][:-1], b"." * 70, b"(.*)+$"))
    return raw.replace(found[1], mark, chance.randint(1, 3))


def _nest(chance: random.Random, raw: bytes) -> bytes:
    depth = chance.choice((2, 5, 25, 60))
    top = b"".join(
        b'Content-Type: multipart/mixed; boundary="n%d"\n\n--n%d\n' % (each, each)
        for each in range(depth)
    )
    return b"From: a@mail.example\n" + top + raw


def _lure(chance: random.Random, raw: bytes, _other: bytes) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(_LURES) * chance.choice((1, 1, 5)) + raw[at:]


_DAMAGES = (_flip, _cut, _splice, _repeat, _relabel, _reencode, _unbound, _lure)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    figures = run(given.seed, given.count)
    for crash in figures.crashes[:5]:
        print(crash)
    told = {
        "mails": figures.mails,
        "refused": figures.refused,
        "crashes": len(figures.crashes),
        "hangs": figures.hangs,
        "slowest_s": round(figures.slowest_s, 3),
        "total_s": round(figures.total_s, 1),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
