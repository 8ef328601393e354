"""The tables of mood and topics; none holds customers' words: they are read where they stand."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


turn_mood = Table(
    "turn_mood",
    metadata,
    Column("site", ID, primary_key=True),
    Column("message", ID, primary_key=True),
    _column("interaction", ID, required=True),
    _column("at", BigInteger, required=True),
    _column("mood", Float, required=True),
    _column("by", String(16), required=True),
    _column("model", Integer, required=True),
    Index("ix_turn_mood_interaction", "site", "interaction", "at"),
)
"""How a customer's message sounds, from -1 to 1; `by` is `model`, `lexicon` or `hand`."""

interaction_topic = Table(
    "interaction_topic",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    _column("topic", ID, required=True),
    _column("share", Float, required=True),
    _column("by", String(16), required=True),
    _column("model", Integer, required=True),
    _column("at", BigInteger, required=True),
    Index("ix_interaction_topic_topic", "site", "topic", "at"),
)
"""What a conversation is about; `share` is how sure that is, `at` when it arrived.

`topic` is `other` where nothing in the taxonomy is near enough.
"""

topic = Table(
    "topic",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("names", _JSON, required=True),
    _column("examples", _JSON, required=True),
    _column("version", Integer, required=True),
)
"""One topic of the site's taxonomy: its names by language, and sentences that are about it."""

mood_correction = Table(
    "mood_correction",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("user", ID, required=True),
    _column("interaction", ID, required=True),
    _column("message", ID),
    _column("mood", Float),
    _column("topic", ID),
    Index("ix_mood_correction_interaction", "site", "interaction"),
)
"""What a supervisor put right: the mood of a message, or the topic of a conversation."""

mood_model = Table(
    "mood_model",
    metadata,
    Column("site", ID, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _column("at", BigInteger, required=True),
    _column("facts", _JSON, required=True),
    _column("weights", LargeBinary, required=True),
)
"""The models that were trained: from what (`facts`), and their numbers. The newest is used."""
