"""The center beside its peers: what surveys published, the own figure from events, what to do."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ColumnElement, Select, Table, case, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.center import Center
from warmline.core.settings import Rule
from warmline.core.words import HOUR, AgentId, Instant, Medium, SegmentId, SiteId
from warmline.insight.benchmark_words import TEXTS
from warmline.insight.fairness import share
from warmline.insight.floor import by_queue
from warmline.insight.metrics import METRICS, Window
from warmline.insight.tables import contact, visit
from warmline.storage.rows import Row, row, rows

Facts: TypeAlias = Mapping[str, float | str]
FEWEST_SCORED = 4
"""With fewer scored agents there is no best quarter."""
FIRST_YEAR, LAST_YEAR = 2003, 2015
"""The years of the surveys that the published figures are from."""


class Surveyed(Protocol):
    """The ids of interactions about which a survey was sent, or answered."""

    def __call__(self, site: SiteId, *, answered: bool) -> Select[Any]: ...


class Judged(Protocol):
    """How many targets for what customers answered were attained, of how many with a verdict."""

    async def __call__(
        self, connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
    ) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What customers answered, as far as the panel asks for it."""

    surveyed: Surveyed
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a row is computed from: the facts of a period, and the settings now."""

    connection: AsyncConnection
    site: SiteId
    window: Window
    center: Center
    heard: Heard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The own figure: `good` of `of`; or `missing` says in one word why there is none."""

    good: int = 0
    of: int = 0
    missing: str | None = None
    facts: Facts = field(default_factory=dict[str, float | str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """The contacts that a figure is a share of, and which of them speak for it."""

    table: Table
    at: ColumnElement[Any]
    among: ColumnElement[bool]
    good: ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the panel."""

    key: str
    published_pct: int
    own: Callable[[Look], Awaitable[Own]]
    next: str | None = None
    """The screen on which the next step is taken; None where there is none yet."""
    behind: Callable[[Look], Among] | None = None
    """The contacts that it is a share of, which chance moves; None for settings and people."""


async def panel(look: Look) -> list[dict[str, Any]]:
    """Every row: published, own, how it is computed, what is missing, where to go on."""
    return [_shown(line, await line.own(look)) for line in LINES]


def _shown(line: Line, own: Own) -> dict[str, Any]:
    missing = own.missing or (None if own.of else "nothing_yet")
    sure = share(own.good, own.of) if line.behind is not None and missing is None else None
    texts = TEXTS[line.key]
    return {
        "key": line.key,
        "published_pct": line.published_pct,
        "own_pct": round(100 * own.good / own.of, 1) if missing is None else None,
        "low_pct": round(100 * sure.low, 1) if sure else None,
        "high_pct": round(100 * sure.high, 1) if sure else None,
        "good": own.good if missing is None else None,
        "n": own.of if missing is None else None,
        "missing": missing,
        "facts": dict(own.facts),
        "next": line.next,
        "opens": line.behind is not None and missing is None,
        "names": dict(texts.names),
        "published": dict(texts.published),
        "formulas": dict(texts.formulas),
    }


async def _satisfaction(look: Look) -> Own:
    among = _closed_contacts(look)
    asking = contact.c.medium == Medium.CHAT.value
    if look.heard is not None:
        surveyed = look.heard.surveyed(look.site, answered=False)
        asking = or_(asking, contact.c.interaction.in_(surveyed))
    query = (
        select(_sum(asking)).select_from(contact).where(contact.c.site == look.site, among.among)
    )
    asked = await look.connection.scalar(query)
    return await _counted(look, among, facts={"asked": asked or 0})


def _closed_contacts(look: Look) -> Among:
    theirs = (visit.c.site == contact.c.site) & (visit.c.interaction == contact.c.interaction)
    taken = exists().where(theirs, visit.c.accepted_at.is_not(None))
    told: ColumnElement[bool] = exists().where(theirs, visit.c.rating.is_not(None))
    if look.heard is not None:
        answered = look.heard.surveyed(look.site, answered=True)
        told = or_(told, contact.c.interaction.in_(answered))
    return Among(
        table=contact,
        at=contact.c.closed_at,
        among=look.window.holds(contact.c.closed_at) & taken,
        good=told,
    )


async def _target(look: Look) -> Own:
    if look.heard is not None:
        window = look.window
        good, of = await look.heard.judged(look.connection, look.site, window.since, window.until)
        if of:
            return Own(good=good, of=of)
    levels = await by_queue(look.connection, look.site, look.window)
    reached: Counter[bool] = Counter()
    for queue in look.center.queues.values():
        level = levels.get(queue.id, {}).get("service_level_pct")
        if level is not None:
            reached[level >= queue.target.share_pct] += 1
    return Own(good=reached[True], of=reached.total())


def _answered(look: Look) -> Among:
    metric = METRICS["identified_pct"]
    return Among(
        table=visit,
        at=visit.c.answered_at,
        among=metric.rows(look.window),
        good=metric.counts(look.window),
    )


def _arrived(look: Look) -> Among:
    return Among(
        table=contact,
        at=contact.c.arrived_at,
        among=look.window.holds(contact.c.arrived_at),
        good=contact.c.segment.is_not(None),
    )


async def _best_to_best(look: Look) -> Own:
    """Of the contacts of the most valuable segment: those that the best quarter took."""
    center = look.center
    if center.policy.rule is Rule.DEDICATED_GROUP:
        return Own(missing="separate_group")
    top, best = top_segment(center), best_quarter(center)
    if top is None:
        return Own(missing="no_segments")
    if not best:
        return Own(missing="no_scores")
    name = center.segments[top].name
    query = select(func.count().label("of"), _sum(visit.c.agent.in_(best)).label("good")).where(
        visit.c.site == look.site, look.window.holds(visit.c.accepted_at)
    )
    found = await row(look.connection, query)
    assert found is not None, "a count has a row"
    everybody = round(100 * (found["good"] or 0) / found["of"], 1) if found["of"] else 0
    facts = {"segment": name, "agents": len(best), "of_all_pct": everybody}
    return await _counted(look, _most_valuable(look), facts=facts)


def _most_valuable(look: Look) -> Among:
    theirs = (contact.c.site == visit.c.site) & (contact.c.interaction == visit.c.interaction)
    valuable = exists().where(theirs, contact.c.segment == top_segment(look.center))
    return Among(
        table=visit,
        at=visit.c.accepted_at,
        among=look.window.holds(visit.c.accepted_at) & valuable,
        good=visit.c.agent.in_(best_quarter(look.center)),
    )


async def _callbacks(look: Look) -> Own:
    center = look.center
    reached = {
        queue
        for inbox in center.inboxes.values()
        if inbox.medium is Medium.CALLBACK
        for queue in (inbox.queue, *inbox.by_reason.values(), *inbox.by_language.values())
    }
    good, of = len(reached & center.queues.keys()), len(center.queues)
    query = select(func.count()).where(
        contact.c.site == look.site,
        contact.c.medium == Medium.CALLBACK.value,
        look.window.holds(contact.c.arrived_at),
    )
    requests = await look.connection.scalar(query) or 0
    return Own(good=good, of=of, facts={"requests": requests})


async def _blended(look: Look) -> Own:
    query = (
        select(visit.c.agent, func.count(visit.c.medium.distinct()).label("media"))
        .where(visit.c.site == look.site, look.window.holds(visit.c.accepted_at))
        .group_by(visit.c.agent)
    )
    found = await rows(look.connection, query)
    return Own(good=sum(one["media"] > 1 for one in found), of=len(found))


def _mails(look: Look) -> Among:
    return Among(
        table=visit,
        at=visit.c.answered_at,
        among=look.window.holds(visit.c.answered_at) & (visit.c.medium == Medium.EMAIL.value),
        good=visit.c.answered_at - visit.c.since <= HOUR,
    )


def _of(behind: Callable[[Look], Among]) -> Callable[[Look], Awaitable[Own]]:
    async def own(look: Look) -> Own:
        return await _counted(look, behind(look))

    return own


def _lacking(what: str) -> Callable[[Look], Awaitable[Own]]:
    async def own(_: Look) -> Own:
        return Own(missing=what)

    return own


LINES: Sequence[Line] = (
    Line(
        key="satisfaction_measured",
        published_pct=77,
        own=_satisfaction,
        behind=_closed_contacts,
        next="/experience/surveys",
    ),
    Line(key="target_reached", published_pct=40, own=_target, next="/experience/feedback"),
    Line(
        key="identified",
        published_pct=78,
        own=_of(_answered),
        behind=_answered,
        next="/settings/inboxes",
    ),
    Line(
        key="segmented",
        published_pct=21,
        own=_of(_arrived),
        behind=_arrived,
        next="/customers/segments",
    ),
    Line(
        key="best_to_best",
        published_pct=35,
        own=_best_to_best,
        behind=_most_valuable,
        next="/policy",
    ),
    Line(key="handle_time_steered", published_pct=28, own=_lacking("no_guidance")),
    Line(key="callbacks", published_pct=17, own=_callbacks, next="/settings/inboxes"),
    Line(key="cross_sold", published_pct=11, own=_lacking("no_offers")),
    Line(key="blended", published_pct=26, own=_blended, next="/settings/users"),
    Line(key="courtesy", published_pct=42, own=_lacking("no_outreach")),
    Line(
        key="mail_in_an_hour",
        published_pct=25,
        own=_of(_mails),
        behind=_mails,
        next="/policy/what-if",
    ),
)
"""The rows, in the order of the screen."""


def top_segment(center: Center) -> SegmentId | None:
    """The segment to which a good match is worth most; the larger head start of two equal."""
    ranked = sorted(
        center.segments.values(), key=lambda one: (one.value, one.head_start_ms, one.id)
    )
    return ranked[-1].id if len(ranked) > 1 else None


def best_quarter(center: Center) -> Sequence[AgentId]:
    """The best quarter of the scored agents, by the policy's weights; equals are all in."""
    weights = center.policy.traits
    scores: dict[AgentId, float] = {}
    for agent in center.agents.values():
        known = [trait for trait in weights if trait in agent.spec.scores and weights[trait] > 0]
        if known:
            weighed = sum(weights[one] * agent.spec.scores[one].value for one in known)
            scores[agent.id] = weighed / sum(weights[one] for one in known)
    if len(scores) < FEWEST_SCORED:
        return ()
    least = sorted(scores.values(), reverse=True)[ceil(len(scores) / 4) - 1]
    return [who for who, score in scores.items() if score >= least]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


async def _counted(look: Look, one: Among, *, facts: Facts | None = None) -> Own:
    query = (
        select(func.count().label("of"), _sum(one.good).label("good"))
        .select_from(one.table)
        .where(one.table.c.site == look.site, one.among)
    )
    found = await row(look.connection, query)
    assert found is not None, "a count has a row"
    return Own(good=found["good"] or 0, of=found["of"], facts=facts or {})


async def contacts_behind(
    look: Look, line: Line, *, after: tuple[Instant, str] | None, limit: int
) -> Sequence[Row]:
    """The contacts behind a figure, the newest first: `counts` marks those that speak for it."""
    if line.behind is None:
        return ()
    one = line.behind(look)
    columns = one.table.c
    query = (
        select(
            columns.interaction,
            columns.medium,
            columns.agent,
            one.at.label("at"),
            one.good.label("counts"),
        )
        .where(columns.site == look.site, one.among)
        .order_by(one.at.desc(), columns.interaction.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(one.at, columns.interaction) < after)
    return await rows(look.connection, query)
