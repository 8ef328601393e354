"""The table of prompts that an administrator has put in place of the standard ones."""

from typing import Any

from sqlalchemy import BigInteger, Column, Delete, Index, Select, String, Table, delete, select
from sqlalchemy.dialects.postgresql import Insert

from warmline.channels.voice.tables import LANGUAGE_CHARS
from warmline.core.words import Instant, SiteId
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata
from warmline.storage.upsert import upsert

TEXT_CHARS = 1_000
NAME_CHARS = ID_CHARS

voice_prompt = Table(
    "voice_prompt",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("name", String(NAME_CHARS), primary_key=True),
    Column("language", String(LANGUAGE_CHARS), primary_key=True),
    Column("text", String(TEXT_CHARS)),
    Column("blob", String(64)),
    Column("at", BigInteger, nullable=False),
    Index(None, "blob"),
)
"""Other words for a standard prompt, or a recording for any prompt: what is heard of the center."""


def prompt(site: SiteId, name: str, language: str) -> Select[Any]:
    """What was put in place of a prompt."""
    return select(voice_prompt).where(
        voice_prompt.c.site == site,
        voice_prompt.c.name == name[:NAME_CHARS],
        voice_prompt.c.language == language[:LANGUAGE_CHARS],
    )


def prompts(site: SiteId) -> Select[Any]:
    """All that was put in place of prompts."""
    return (
        select(voice_prompt)
        .where(voice_prompt.c.site == site)
        .order_by(voice_prompt.c.name, voice_prompt.c.language)
    )


def kept(
    site: SiteId, name: str, language: str, at: Instant, *, text: str | None, blob: str | None
) -> Insert:
    """Put words or a recording in place of a prompt."""
    values = {"site": site, "name": name, "language": language, "text": text}
    return upsert(
        voice_prompt, {**values, "blob": blob, "at": at}, keys=("site", "name", "language")
    )


def dropped(site: SiteId, name: str, language: str) -> Delete:
    """The standard prompt is heard again."""
    return delete(voice_prompt).where(
        voice_prompt.c.site == site,
        voice_prompt.c.name == name,
        voice_prompt.c.language == language,
    )


def of_blob(site: SiteId, blob: str) -> Select[Any]:
    """The prompts that are one recording."""
    return select(voice_prompt.c.name).where(
        voice_prompt.c.site == site, voice_prompt.c.blob == blob
    )
