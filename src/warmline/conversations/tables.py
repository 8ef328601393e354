"""The tables of what was said: headers, messages, files, drafts, words to search by."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from warmline.storage.fulltext import make
from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
_JSON = JSON(none_as_null=True)
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A number that SQLite keeps as the place of the row itself."""


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


conversation = Table(
    "conversation",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    _column("medium", String(16), required=True),
    _column("inbox", ID, required=True),
    _column("queue", ID),
    _column("customer", ID),
    _column("verification", String(16)),
    _column("segment", ID),
    _column("agent", ID),
    _column("subject", Text),
    _column("language", String(16)),
    _column("reason", String(200)),
    _column("phase", String(16), required=True),
    _column("arrived_at", BigInteger, required=True),
    _column("first_answer_at", BigInteger),
    _column("ended_at", BigInteger),
    _column("ended_by", String(16)),
    _column("closed_at", BigInteger),
    _column("disposition", ID),
    _column("rating", Integer),
    _column("follows", ID),
    _column("root", ID, required=True),
    _column("token_hash", String(128)),
    _column("last_message_at", BigInteger),
    _column("erased_at", BigInteger),
    Index("ix_conversation_customer", "site", "customer", "arrived_at"),
    Index("ix_conversation_root", "site", "root", "arrived_at"),
    Index("ix_conversation_arrived", "site", "arrived_at"),
    Index("ix_conversation_queue", "site", "queue", "arrived_at"),
    Index("ix_conversation_agent", "site", "agent", "arrived_at"),
    Index("ix_conversation_token", "site", "token_hash"),
)
"""One row per interaction; `root` is the first interaction of its thread, itself when alone.

`erased_at` says when its words were erased, with all that told who the customer was.
"""

part = Table(
    "conversation_part",
    metadata,
    Column("site", ID, primary_key=True),
    Column("agent", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    Column("role", String(16), primary_key=True),
    _column("since", BigInteger, required=True),
    Index("ix_conversation_part_interaction", "site", "interaction"),
)
"""Who took part in what, ever: an agent was `offered` it, `held` it or `consulted` on it."""

happening = Table(
    "conversation_happening",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    _column("at", BigInteger, required=True),
    _column("what", String(32), required=True),
    _column("agent", ID),
    _column("cause", String(32)),
)
"""What happened beside the words (a hold, a colleague asked in …); `position` is the event's."""

message = Table(
    "message",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("interaction", ID, required=True),
    _column("seq", Integer, required=True),
    _column("at", BigInteger, required=True),
    _column("author", String(16), required=True),
    _column("agent", ID),
    _column("user", ID),
    _column("text", Text, required=True),
    _column("html", Text),
    _column("state", String(16), required=True),
    _column("error", String(64)),
    _column("email", _JSON),
    _column("email_message_id", String(512)),
    _column("original_text", Text),
    _column("original_html", Text),
    _column("original_blob", String(128)),
    _column("send_after", BigInteger),
    UniqueConstraint("site", "interaction", "seq", name="uq_message_seq"),
    Index("ix_message_email", "site", "email_message_id"),
    Index("ix_message_state", "site", "state", "send_after"),
)
"""Everything said, notes too; `seq` counts from 1 within an interaction."""

file = Table(
    "file",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("interaction", ID),
    _column("message", ID),
    _column("name", String(255), required=True),
    _column("media_type", String(127), required=True),
    _column("size", BigInteger, required=True),
    _column("blob", String(128), required=True),
    _column("content_id", String(255)),
    _column("user", ID),
    _column("at", BigInteger, required=True),
    Index("ix_file_message", "site", "message"),
    Index("ix_file_interaction", "site", "interaction"),
)
"""A file by its place; `blob` is the SHA-256 of what is in it. `user` is None for a customer's."""

draft = Table(
    "draft",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    Column("user", ID, primary_key=True),
    _column("text", Text, required=True),
    _column("html", Text),
    _column("attachments", _JSON),
    _column("at", BigInteger, required=True),
)

rating_comment = Table(
    "rating_comment",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    _column("score", Integer, required=True),
    _column("comment", Text, required=True),
    _column("at", BigInteger, required=True),
)

entry = Table(
    "search_entry",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=False),
    _column("site", ID, required=True),
    _column("message", ID, required=True),
    _column("interaction", ID, required=True),
    _column("words", Text, required=True),
    UniqueConstraint("site", "message", name="uq_search_entry_message"),
    Index("ix_search_entry_interaction", "site", "interaction"),
)
"""What each message and note can be found by: stemmed words with spaces between, each once.

Ids stand in order of time (`search.ID_STEP`). The index in the database's own words follows it.
"""

fill = Table(
    "search_fill",
    metadata,
    Column("site", ID, primary_key=True),
    _column("after", ID, required=True),
    _column("texts", BigInteger, required=True),
    _column("ended_at", BigInteger),
)
"""How far the texts from before there was an index are in it: up to the interaction `after`."""


@event.listens_for(entry, "after_create")
def _with_index(_: Table, connection: Connection, **__: object) -> None:
    make(connection)


CHUNK = 400
"""How many ids one statement names."""
