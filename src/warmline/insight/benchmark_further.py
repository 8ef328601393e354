"""The own figures of the benchmark panel that other rooms know, and those of the settings."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, Select

from warmline.core.settings import Trait
from warmline.core.words import DAY, Medium, QueueId, SiteId
from warmline.insight.benchmark_model import Among, Look, Own
from warmline.insight.benchmark_own import arrived, closed_contacts, counted
from warmline.insight.tables import contact

YEAR_DAYS = 365


def in_talks(key: str) -> Callable[[Look], Among]:
    """Closed contacts with an agent, and those that another room names."""

    def behind(look: Look) -> Among:
        known = talks_of(look, key)
        whole = closed_contacts(look)
        good: ColumnElement[bool] = (
            contact.c.interaction.in_(known)
            if known is not None
            else (contact.c.interaction.is_(None))
        )
        return Among(table=whole.table, at=whole.at, among=whole.among, good=good)

    return behind


def talks_of(look: Look, key: str) -> Select[Any] | None:
    """The interactions that another room names for a row; None where nobody knows any."""
    named: Callable[[SiteId], Select[Any]] | None = (
        None if look.elsewhere is None else look.elsewhere.talks.get(key)
    )
    return None if named is None else named(look.site)


def of_talks(key: str, lacking: str) -> Callable[[Look], Awaitable[Own]]:
    """The share of closed contacts that another room names, or what is lacking."""

    async def own(look: Look) -> Own:
        if talks_of(look, key) is None:
            return Own(missing=lacking)
        return await counted(look, in_talks(key)(look))

    return own


def told(key: str, lacking: str, *, year: bool = False) -> Callable[[Look], Awaitable[Own]]:
    """A share as another room counts it, over the period or the last year."""

    async def own(look: Look) -> Own:
        count = None if look.elsewhere is None else look.elsewhere.counted.get(key)
        if count is None:
            return Own(missing=lacking)
        until = look.window.until
        since = until - YEAR_DAYS * DAY if year else look.window.since
        good, of = await count(look.connection, look.site, max(0, since), until)
        return Own(good=good, of=of)

    return own


def changed(key: str) -> Callable[[Look], Awaitable[Own]]:
    """A change as another room computes it; too few until it can be told."""

    async def own(look: Look) -> Own:
        if look.elsewhere is None:
            return Own(missing="too_few")
        change = (await look.elsewhere.changes()).get(key)
        return Own(missing="too_few") if change is None else Own(of=change.n, change=change)

    return own


def scored(*traits: Trait) -> Callable[[Look], Awaitable[Own]]:
    """Agents with a score for one of these, of all."""

    async def own(look: Look) -> Own:
        agents = look.center.agents.values()
        good = sum(any(one in agent.spec.scores for one in traits) for agent in agents)
        return Own(good=good, of=len(agents))

    return own


async def mail_offered(look: Look) -> Own:
    """Queues that can be written to by e-mail."""
    reached: set[QueueId] = set()
    for inbox in look.center.inboxes.values():
        if inbox.medium is Medium.EMAIL:
            reached |= {inbox.queue, *inbox.by_reason.values(), *inbox.by_language.values()}
    queues = look.center.queues.keys()
    return Own(good=len(reached & queues), of=len(queues))


def over(media: Collection[Medium]) -> Callable[[Look], Among]:
    """Contacts that came in, and those over some channels."""

    def behind(look: Look) -> Among:
        whole = arrived(look)
        good = contact.c.medium.in_([one.value for one in media])
        return Among(table=whole.table, at=whole.at, among=whole.among, good=good)

    return behind


async def leaks(look: Look) -> Own:
    """Leaks are not recorded; how often somebody revealed a customer stands beside."""
    count = None if look.elsewhere is None else look.elsewhere.counted.get("leaks")
    if count is None:
        return Own(missing="no_leaks")
    window = look.window
    _, reveals = await count(look.connection, look.site, window.since, window.until)
    return Own(missing="no_leaks", facts={"reveals": reveals})
