"""The tables of the log itself, and the metadata in which every room declares its own."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SITE_CHARS = 64
ID_CHARS = 128
"""No id of ours, and no command id of a client, is longer."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

event = Table(
    "event",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("name", String(48), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

answer = Table(
    "answer",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("command", String(ID_CHARS), primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("code", String(64)),
    Column("detail", Text),
    Column("at", BigInteger, nullable=False),
    Index(None, "site", "at"),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("name", String(ID_CHARS), primary_key=True),
    Column("position", BigInteger, nullable=False),
)
