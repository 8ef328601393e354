"""The contacts that customers judged as good or bad, read from what they answered."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, Malformed, SiteId
from warmline.experience.cases.rules import Said, is_bad, is_good
from warmline.experience.loyalty.model import Contact, Kind
from warmline.experience.results.facts import MOST, answered
from warmline.experience.results.model import FEELINGS, Wanted
from warmline.storage.rows import Row, rows


async def contacts(
    connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
) -> Sequence[Contact]:
    """Judged contacts of known customers; `Malformed` when they are too many for one question.

    Bad and good are as where cases are opened: one low answer is bad, all high ones are good.
    """
    found = await rows(connection, answered(site, Wanted(since=since, until=until)))
    if len(found) > MOST:
        raise Malformed(
            "days", "a shorter period is needed: too many answers", "too_many", max=MOST
        )
    told = [(one, _kind(one)) for one in found if one["customer"] is not None]
    return [
        Contact(
            ask=one["ask"],
            interaction=one["interaction"],
            customer=one["customer"],
            segment=one["segment"],
            agent=one["agent"],
            at=one["at"],
            kind=kind,
        )
        for one, kind in told
        if kind is not None
    ]


def _kind(one: Row) -> Kind | None:
    said = [Said(kind=name, value=one[name]) for name in ("csat", "nps", "ces")]
    said += [Said(kind="feeling", value=one[name]) for name in FEELINGS]
    if is_bad(said):
        return Kind.BAD
    return Kind.GOOD if is_good(said) else None
