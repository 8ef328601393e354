"""The tables in which rooms keep texts in versions, and what they are asked and told."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Delete,
    Index,
    Insert,
    Integer,
    Select,
    String,
    Table,
    Text,
    Update,
    delete,
    func,
    insert,
    select,
    update,
)

from warmline.core.words import Instant, SiteId
from warmline.storage.rows import Row
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata

NAME_CHARS = 120
VERSIONS_SHOWN = 500
_DRAFT, _PUBLISHED, _PAST = "draft", "published", "past"
_ID = String(ID_CHARS)
Order: TypeAlias = Callable[[Table], Sequence[ColumnElement[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text with its story; `subject` is the id of what it is a version of."""

    id: str
    subject: str
    number: int | None
    """Given when it is published."""
    name: str
    text: str
    stage: str
    """`draft`, `published` or `past`."""
    tag: int
    """Counts every save: who edits an older one is told."""
    created_at: Instant
    created_by: str | None
    updated_at: Instant
    updated_by: str | None
    published_at: Instant | None = None
    published_by: str | None = None


def version_table(name: str, subject: str) -> Table:
    """A table of versions; the column `subject` holds the id of what each is a version of."""
    return Table(
        name,
        metadata,
        Column("site", String(SITE_CHARS), primary_key=True),
        Column("id", _ID, primary_key=True),
        Column(subject, _ID, nullable=False),
        Column("number", Integer, nullable=True),
        Column("name", String(NAME_CHARS), nullable=False),
        Column("text", Text, nullable=False),
        Column("stage", String(32), nullable=False),
        Column("tag", Integer, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("created_by", _ID, nullable=True),
        Column("updated_at", BigInteger, nullable=False),
        Column("updated_by", _ID, nullable=True),
        Column("published_at", BigInteger, nullable=True),
        Column("published_by", _ID, nullable=True),
        Index(f"ix_{name}_stage", "site", subject, "stage"),
        Index(f"ix_{name}_number", "site", subject, "number"),
    )


class VersionRows:
    """The statements about one table of versions; `order` is how they are listed."""

    def __init__(self, table: Table, subject: str, *, order: Order) -> None:
        self._table = table
        self._subject = subject
        self._order = order

    def one(self, site: SiteId, id_: str) -> Select[Any]:
        """A version with its text."""
        return select(self._table).where(self._is(site, id_))

    def numbered(self, site: SiteId, subject: str, number: int) -> Select[Any]:
        """The version that was published under a number."""
        of_it = self._of(site, subject) & (self._table.c.number == number)
        return select(self._table).where(of_it)

    def listed(self, site: SiteId, subject: str | None) -> Select[Any]:
        """Versions without their texts, of one subject or of all."""
        table = self._table
        shown = [column for column in table.c if column.name not in {"site", "text"}]
        chosen = table.c.site == site if subject is None else self._of(site, subject)
        query = select(*shown).where(chosen)
        return query.order_by(*self._order(table)).limit(VERSIONS_SHOWN)

    def published(self, site: SiteId) -> Select[Any]:
        """The versions in force, of each subject one."""
        table = self._table
        in_force = (table.c.site == site) & (table.c.stage == _PUBLISHED)
        return select(table).where(in_force).order_by(table.c[self._subject])

    def largest_number(self, site: SiteId, subject: str) -> Select[Any]:
        """The largest number of a subject's versions."""
        return select(func.max(self._table.c.number)).where(self._of(site, subject))

    def count(self, site: SiteId) -> Select[Any]:
        """How many versions there are, of all subjects."""
        return select(func.count()).select_from(self._table).where(self._table.c.site == site)

    def add(self, site: SiteId, version: Version) -> Insert:
        """A version that is not there yet."""
        return insert(self._table).values(self.columns(site, version))

    def change(self, site: SiteId, version: Version) -> Update:
        """A version as it is now."""
        values = self.columns(site, version)
        return update(self._table).where(self._is(site, version.id)).values(values)

    def no_longer_published(self, site: SiteId, subject: str) -> Update:
        """What was in force of a subject is past."""
        in_force = self._of(site, subject) & (self._table.c.stage == _PUBLISHED)
        return update(self._table).where(in_force).values(stage=_PAST)

    def remove_draft(self, site: SiteId, id_: str) -> Delete:
        """Remove a draft."""
        draft = self._is(site, id_) & (self._table.c.stage == _DRAFT)
        return delete(self._table).where(draft)

    def columns(self, site: SiteId, version: Version) -> dict[str, object]:
        """A version as its row."""
        found = asdict(version)
        subject = found.pop("subject")
        return {**found, self._subject: subject, "name": version.name[:NAME_CHARS], "site": site}

    def version(self, found: Row) -> Version:
        """The version of a row."""
        values: dict[str, Any] = {
            name: found[self._subject if name == "subject" else name]
            for name in Version.__dataclass_fields__
        }
        return Version(**values)

    def _is(self, site: SiteId, id_: str) -> ColumnElement[bool]:
        return (self._table.c.site == site) & (self._table.c.id == id_)

    def _of(self, site: SiteId, subject: str) -> ColumnElement[bool]:
        return (self._table.c.site == site) & (self._table.c[self._subject] == subject)
