"""Every mail of the corpus is read, judged, threaded and stripped as the file beside it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.channels.email.cases import INTERACTION, OUR_ID, SECRET
from tests.channels.email.make_corpus import all_cases, expected
from warmline.channels.email.classify import classify
from warmline.channels.email.parse import parse
from warmline.channels.email.strip import strip
from warmline.channels.email.thread import match, read_token

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.eml"))
NOW_MS = 1_762_200_000_000


class Mailbox:
    """A mailbox that remembers one mail of ours and one talk of one customer."""

    def by_token(self, token: str) -> str | None:
        return read_token(token, [SECRET])

    def by_message_id(self, message_id: str) -> str | None:
        return INTERACTION if message_id == OUR_ID else None

    def by_subject_and_customer(self, subject: str, customer: str, since_ms: int) -> str | None:
        known = (subject, customer) == ("where is my parcel", "eve@mail.example")
        return INTERACTION if known and since_ms < NOW_MS else None


def test_corpus_is_large_and_as_its_script_writes_it():
    cases = all_cases()
    assert len(cases) >= 60
    assert sorted(case.name for case in cases) == NAMES
    for case in cases:
        assert (CORPUS / f"{case.name}.eml").read_bytes() == case.raw, case.name
        told = (CORPUS / f"{case.name}.expected.json").read_text(encoding="utf-8")
        assert told == expected(case), case.name


@pytest.mark.parametrize("name", NAMES)
def test_mail_is_understood_as_written_beside_it(name: str):
    right = json.loads((CORPUS / f"{name}.expected.json").read_text(encoding="utf-8"))
    mail = parse((CORPUS / f"{name}.eml").read_bytes())
    verdict = classify(mail)
    found: dict[str, object] = {
        "kind": verdict.kind.value,
        "thread": match(mail, Mailbox(), now_ms=NOW_MS).by.value,
        "from": {"name": mail.sender.name, "address": mail.sender.address},
        "subject": mail.subject,
        "new_text": strip(mail.text, mail.html, right.get("sent", ())).new_text,
        "attachments": [
            {"filename": file.filename, "media_type": file.media_type, "inline": file.inline}
            for file in mail.attachments
        ],
    }
    if verdict.bounce:
        found["bounce"] = {
            "recipient": verdict.bounce.recipient,
            "permanent": verdict.bounce.permanent,
            "original": verdict.bounce.original_message_id,
        }
    assert found == {key: value for key, value in right.items() if key != "sent"}
