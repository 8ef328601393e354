"""The tables of results: targets, how the site judges, agents' scores of the last night."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Float, Integer, String, Table

from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

_SITE = String(SITE_CHARS)
_ID = String(ID_CHARS)
_WORD = String(32)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


target = Table(
    "feedback_target",
    metadata,
    Column("site", _SITE, primary_key=True),
    Column("measure", _WORD, primary_key=True),
    Column("side", _WORD, primary_key=True),
    Column("item", _ID, primary_key=True),
    _column("aim", Float, required=True),
    _column("at", BigInteger, required=True),
    _column("by", _ID),
)
"""What a measure is to reach for the whole site (`side` `site`, item empty) or one of a side."""

terms = Table(
    "feedback_terms",
    metadata,
    Column("site", _SITE, primary_key=True),
    _column("terms", _JSON, required=True),
)
"""How the site judges: from how many answers on, and which agents' scores are computed."""

score_run = Table(
    "feedback_score_run",
    metadata,
    Column("site", _SITE, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("changed", Integer, required=True),
)
"""When agents' scores were computed last, and how many that changed."""
