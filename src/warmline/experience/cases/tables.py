"""The tables of closing the loop: cases, what they were caused by, gestures, wow moments."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
_WORD = String(24)
_JSON = JSON(none_as_null=True)
WORDS_LIMIT_CHARS = 2_000


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


case = Table(
    "customer_case",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("opened_at", BigInteger, required=True),
    _column("opened_by", ID),
    _column("source", _WORD, required=True),
    _column("ask", ID),
    _column("promise", ID),
    _column("interaction", ID),
    _column("customer", ID),
    _column("queue", ID),
    _column("segment", ID),
    _column("agent", ID),
    _column("owner", ID),
    _column("due_at", BigInteger, required=True),
    _column("remind_at", BigInteger),
    _column("reminded_at", BigInteger),
    _column("state", _WORD, required=True),
    _column("cause", ID),
    _column("outcome", _WORD),
    _column("answered_at", BigInteger),
    _column("answered_via", _WORD),
    _column("answered_in", ID),
    _column("answered_words", Text),
    _column("closed_at", BigInteger),
    _column("closed_by", ID),
    _column("asked_again", ID),
    _column("note", Text),
    Index("ix_customer_case_opened", "site", "opened_at"),
    Index("ix_customer_case_state", "site", "state", "due_at"),
    Index("ix_customer_case_customer", "site", "customer", "opened_at"),
    Index("ix_customer_case_owner", "site", "owner", "state"),
    Index("ux_customer_case_ask", "site", "ask", unique=True),
    Index("ux_customer_case_promise", "site", "promise", unique=True),
)
"""Somebody was let down, and somebody sees to it; `agent` is who served, `owner` the user.

`source` is `answer`, `promise`, `topic`, `mood` or `hand`; `state` `open`, `answered` or `closed`.
One answer or promise opens one case at most. `asked_again` is the ask that followed the closing,
`answered_words` the mail that was the answer.
"""

cause = Table(
    "case_cause",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("names", _JSON, required=True),
    _column("place", Integer, required=True),
    _column("retired", Boolean, required=True),
)
"""What cases come from, named in each language; one in use is retired, never deleted."""

rules = Table(
    "case_rules",
    metadata,
    Column("site", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("body", _JSON, required=True),
)
"""How soon a case is due, and what agents may give; no row means the defaults."""

gesture = Table(
    "gesture",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("agent", ID, required=True),
    _column("user", ID, required=True),
    _column("customer", ID, required=True),
    _column("interaction", ID),
    _column("case", ID),
    _column("kind", _WORD, required=True),
    _column("cost_minor", BigInteger, required=True),
    _column("currency", String(3), required=True),
    _column("why", _WORD, required=True),
    _column("words", String(500)),
    Index("ix_gesture_agent", "site", "agent", "at"),
    Index("ix_gesture_customer", "site", "customer", "at"),
    Index("ix_gesture_case", "site", "case"),
)
"""A small thing that an agent gave a customer out of the week's budget, and why."""

wow = Table(
    "wow_moment",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("agent", ID, required=True),
    _column("interaction", ID),
    _column("ask", ID),
    _column("customer", ID),
    _column("kind", _WORD, required=True),
    _column("shared", Boolean, required=True),
    _column("by", ID),
    _column("words", Text),
    Index("ix_wow_moment_agent", "site", "agent", "at"),
    Index("ix_wow_moment_at", "site", "at"),
    Index("ux_wow_moment_ask", "site", "ask", unique=True),
)
"""Praise that reached an agent: `top_answer`, `praise` or `gesture`; `shared` by their choice.

The words of a top answer stay with the answer; `words` holds what somebody of the center wrote.
"""
