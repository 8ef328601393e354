"""The own figures of the benchmark panel that are made of what happened here, and of settings."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from warmline.core.center import Center
from warmline.core.settings import Rule
from warmline.core.words import HOUR, AgentId, Medium, SegmentId
from warmline.insight.benchmark_model import Among, Facts, Look, Own
from warmline.insight.floor import by_queue
from warmline.insight.metrics import METRICS
from warmline.insight.tables import contact, visit
from warmline.storage.rows import row, rows

FEWEST_SCORED = 4
"""With fewer scored agents there is no best quarter."""


async def satisfaction(look: Look) -> Own:
    among = closed_contacts(look)
    asking = contact.c.medium == Medium.CHAT.value
    if look.heard is not None:
        surveyed = look.heard.surveyed(look.site, answered=False)
        asking = or_(asking, contact.c.interaction.in_(surveyed))
    query = (
        select(total(asking)).select_from(contact).where(contact.c.site == look.site, among.among)
    )
    asked = await look.connection.scalar(query)
    return await counted(look, among, facts={"asked": asked or 0})


def closed_contacts(look: Look) -> Among:
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


async def target(look: Look) -> Own:
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


def answered(look: Look) -> Among:
    metric = METRICS["identified_pct"]
    return Among(
        table=visit,
        at=visit.c.answered_at,
        among=metric.rows(look.window),
        good=metric.counts(look.window),
    )


def arrived(look: Look) -> Among:
    return Among(
        table=contact,
        at=contact.c.arrived_at,
        among=look.window.holds(contact.c.arrived_at),
        good=contact.c.segment.is_not(None),
    )


async def best_to_best(look: Look) -> Own:
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
    query = select(func.count().label("of"), total(visit.c.agent.in_(best)).label("good")).where(
        visit.c.site == look.site, look.window.holds(visit.c.accepted_at)
    )
    found = await row(look.connection, query)
    assert found is not None, "a count has a row"
    everybody = round(100 * (found["good"] or 0) / found["of"], 1) if found["of"] else 0
    facts = {"segment": name, "agents": len(best), "of_all_pct": everybody}
    return await counted(look, most_valuable(look), facts=facts)


def most_valuable(look: Look) -> Among:
    theirs = (contact.c.site == visit.c.site) & (contact.c.interaction == visit.c.interaction)
    valuable = exists().where(theirs, contact.c.segment == top_segment(look.center))
    return Among(
        table=visit,
        at=visit.c.accepted_at,
        among=look.window.holds(visit.c.accepted_at) & valuable,
        good=visit.c.agent.in_(best_quarter(look.center)),
    )


async def callbacks(look: Look) -> Own:
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


async def blended(look: Look) -> Own:
    query = (
        select(visit.c.agent, func.count(visit.c.medium.distinct()).label("media"))
        .where(visit.c.site == look.site, look.window.holds(visit.c.accepted_at))
        .group_by(visit.c.agent)
    )
    found = await rows(look.connection, query)
    return Own(good=sum(one["media"] > 1 for one in found), of=len(found))


def mails(look: Look) -> Among:
    return Among(
        table=visit,
        at=visit.c.answered_at,
        among=look.window.holds(visit.c.answered_at) & (visit.c.medium == Medium.EMAIL.value),
        good=visit.c.answered_at - visit.c.since <= HOUR,
    )


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


def of_contacts(behind: Callable[[Look], Among]) -> Callable[[Look], Awaitable[Own]]:
    async def own(look: Look) -> Own:
        return await counted(look, behind(look))

    return own


def total(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


async def counted(look: Look, one: Among, *, facts: Facts | None = None) -> Own:
    query = (
        select(func.count().label("of"), total(one.good).label("good"))
        .select_from(one.table)
        .where(one.table.c.site == look.site, one.among)
    )
    found = await row(look.connection, query)
    assert found is not None, "a count has a row"
    return Own(good=found["good"] or 0, of=found["of"], facts=facts or {})
