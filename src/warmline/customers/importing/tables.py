"""The tables of imports: runs with where they stand, what was wrong, and mappings kept by name."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table

from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

_ID = String(ID_CHARS)
_WORD = String(32)
NAME_CHARS = 120
ROW_CHARS = 2_000
"""So much of a wrong row is kept."""

import_job = Table(
    "import_job",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("name", String(NAME_CHARS), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("pieces", JSON, nullable=False),
    Column("reading", JSON, nullable=False),
    Column("mapping", JSON, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("dry", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("progress", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("same", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("detail", String(500)),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", _ID),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Index(None, "site", "created_at"),
    Index(None, "site", "state"),
)
"""One file and what became of it; `position` is how many rows are done, for good.

`pieces` are the keys of its content, none once it is erased; `progress` is in thousandths.
"""

import_fault = Table(
    "import_fault",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("job", _ID, primary_key=True),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("field", _WORD, nullable=False),
    Column("code", _WORD, nullable=False),
    Column("detail", String(200), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("cells", JSON, nullable=False),
)
"""Why a row was not taken; goes with the file."""

import_mapping = Table(
    "import_mapping",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("kind", _WORD, primary_key=True),
    Column("name", String(NAME_CHARS), primary_key=True),
    Column("reading", JSON, nullable=False),
    Column("mapping", JSON, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", _ID),
)
"""How the columns of one kind of file are read, kept by name."""
