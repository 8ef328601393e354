"""Writes the corpus: every mail as `NAME.eml` and what is right about it as `NAME.expected.json`.

Run `python -m tests.channels.email.make_corpus` after a case was added or changed. What is right is
written by hand beside each mail in the `cases_*` files; the parser has no say in it.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.channels.email import cases_machines, cases_replies, cases_shapes
from tests.channels.email.cases import Case

CORPUS = Path(__file__).parent / "corpus"


def all_cases() -> list[Case]:
    return [*cases_replies.cases(), *cases_machines.cases(), *cases_shapes.cases()]


def expected(case: Case) -> str:
    """What is right about a mail, as its JSON file says it."""
    right: dict[str, object] = {
        "kind": case.kind,
        "thread": case.thread,
        "from": {"name": case.sender[0], "address": case.sender[1]},
        "subject": case.subject,
        "new_text": case.new_text,
        "attachments": [
            {"filename": name, "media_type": kind, "inline": inline}
            for name, kind, inline in case.files
        ],
    }
    if case.bounce:
        recipient, permanent, original = case.bounce
        right["bounce"] = {"recipient": recipient, "permanent": permanent, "original": original}
    if case.sent:
        right["sent"] = list(case.sent)
    return json.dumps(right, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Writes all files anew and removes those of cases that are no more."""
    CORPUS.mkdir(exist_ok=True)
    written: set[str] = set()
    for case in all_cases():
        assert f"{case.name}.eml" not in written, case.name
        (CORPUS / f"{case.name}.eml").write_bytes(case.raw)
        (CORPUS / f"{case.name}.expected.json").write_text(expected(case), encoding="utf-8")
        written |= {f"{case.name}.eml", f"{case.name}.expected.json"}
    for path in CORPUS.iterdir():
        if path.name not in written:
            path.unlink()
    print(f"{len(written) // 2} mails")


if __name__ == "__main__":
    main()
