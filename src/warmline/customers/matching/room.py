"""What the routes of matching work with, and how people are shown beside each other."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from warmline.core import masking
from warmline.core.words import Actor, CustomerId, SiteId, UserId
from warmline.customers import queries
from warmline.customers.directory import Directory
from warmline.customers.matching.job import Matching
from warmline.customers.matching.model import Conversations
from warmline.customers.matching.survey import ADDRESS, BORN, POSTCODE
from warmline.customers.model import Audit, UserNames
from warmline.customers.portrait.tables import field_value
from warmline.customers.tables import customer
from warmline.ports import Clock, Guard, Privacy, State
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

Shown = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRoom:
    """What the routes work with."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    directory: Directory
    privacy: Privacy
    users: UserNames
    audit: Audit
    conversations: Conversations
    matching: Matching

    async def people(self, actor: Actor, ids: Collection[CustomerId]) -> Mapping[CustomerId, Shown]:
        """People to be compared, masked unless they are open to the reader.

        The same identifier of two people has the same `number`, so that it is seen to be the same
        where its value is not shown.
        """
        listed = sorted(ids)
        async with self.database.read() as connection:
            found = await rows(
                connection,
                select(customer).where(customer.c.site == self.site, customer.c.id.in_(listed)),
            )
            known = await rows(connection, queries.identifiers(self.site, listed))
            fields = await rows(
                connection,
                select(field_value.c.customer, field_value.c.field, field_value.c.value).where(
                    field_value.c.site == self.site,
                    field_value.c.customer.in_(listed),
                    field_value.c.field.in_((ADDRESS, POSTCODE, BORN)),
                ),
            )
        numbers: dict[tuple[str, str], int] = {}
        for one in known:
            numbers.setdefault((one["kind"], one["value"]), len(numbers))
        open_ = await self.privacy.open_among(actor, listed)
        names = await self.directory.names([one["id"] for one in found if not one["name"]])
        return {
            one["id"]: _person(
                one,
                one["name"] or names.get(one["id"]),
                [
                    {**some, "number": numbers[some["kind"], some["value"]]}
                    for some in known
                    if some["customer"] == one["id"]
                ],
                {some["field"]: some["value"] for some in fields if some["customer"] == one["id"]},
                masked=one["id"] not in open_,
            )
            for one in found
        }


def _person(
    record: Row,
    name: str | None,
    known: Collection[Row],
    fields: Mapping[str, str],
    *,
    masked: bool,
) -> Shown:
    shown: dict[str, Any] = {
        "id": record["id"],
        "name": name,
        "masked": masked,
        "language": record["language"],
        "segment": record["segment"],
        "merged_into": record["merged_into"],
        "created_at": record["created_at"],
        "identifiers": [
            {
                "kind": one["kind"],
                "value": masking.identifier(one["kind"], one["value"]) if masked else one["value"],
                "verification": one["verification"],
                "number": one["number"],
            }
            for one in known
        ],
        "fields": {
            field: masking.other(value) if masked else value for field, value in fields.items()
        },
    }
    if masked and name:
        shown["name"] = masking.called(name)
    return shown


def merge_shown(one: Row, people: Mapping[CustomerId, Shown], names: Mapping[UserId, str]) -> Shown:
    """A merge or a split as it is listed."""
    return {
        "id": one["id"],
        "kind": one["kind"],
        "cause": one["cause"],
        "share": one["share"],
        "terms": one["terms"] or [],
        "at": one["at"],
        "by_name": names.get(one["by"]),
        "undone_at": one["undone_at"],
        "into": people.get(one["into"], {"id": one["into"], "name": None, "masked": False}),
        "other": people.get(one["other"], {"id": one["other"], "name": None, "masked": False}),
    }
