"""Small things that agents give to customers: within a weekly budget, for a reason, audited."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import (
    DAY,
    Actor,
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Malformed,
    Rejected,
)
from warmline.experience.cases import queries
from warmline.experience.cases.keeping import kept_rules
from warmline.experience.cases.model import GestureKind, GestureRules, Room, Why
from warmline.experience.cases.rules import Said, is_good, week_of
from warmline.experience.cases.steps import may_work
from warmline.experience.cases.tables import gesture
from warmline.storage.rows import Row

DEFAULT_CURRENCY = "EUR"
"""Where a site has no orders yet that would say what it counts in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an agent wants to give."""

    customer: CustomerId
    interaction: InteractionId | None = None
    case: str | None = None
    kind: GestureKind
    cost_minor: int
    why: Why
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What an agent may still give this week, in minor units."""

    weekly_minor: int
    spent_minor: int
    most_minor: int
    currency: str
    until: Instant

    @property
    def left_minor(self) -> int:
        """Never below zero, also after the budget was cut."""
        return max(0, self.weekly_minor - self.spent_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The last answer before a gesture and the first after it, as the scores of each."""

    before: Sequence[Said] = ()
    after: Sequence[Said] = ()

    @property
    def good(self) -> bool | None:
        """Whether the answer after it was good; None while there is none."""
        return is_good(self.after)


class Gestures:
    """Gives, and tells what is left and what it did."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def budget(self, agent: AgentId) -> Budget:
        """What an agent may still give this week."""
        async with self._room.database.read() as connection:
            return await self._budget(connection, agent)

    async def give(self, actor: Actor, wanted: Wanted) -> str:
        """Give something; its id. Each rule that forbids it is a refusal with a word of its own."""
        room = self._room
        if actor.agent is None or actor.user is None:
            raise Rejected("forbidden", "Only an agent has a budget for gestures.")
        ids = await self._person(actor, wanted)
        id_ = uuid4().hex
        async with room.database.write() as connection:
            rules = (await kept_rules(connection, room.site)).gestures
            budget = await self._budget(connection, actor.agent)
            most = await self._most(connection, wanted, ids, rules)
            _check_sum(wanted, rules, budget, most)
            await self._check_case(connection, actor, wanted, ids)
            await self._check_often(connection, ids, rules)
            await connection.execute(
                insert(gesture).values(
                    site=room.site,
                    id=id_,
                    at=room.clock.now(),
                    agent=actor.agent,
                    user=actor.user,
                    customer=ids[0],
                    interaction=wanted.interaction,
                    case=wanted.case,
                    kind=wanted.kind.value,
                    cost_minor=wanted.cost_minor,
                    currency=budget.currency,
                    why=wanted.why.value,
                    words=wanted.words,
                )
            )
            await connection.execute(
                room.audit(actor, "gave", "gesture", id_, fields=["cost_minor", "kind", "why"])
            )
        return id_

    def listed(
        self,
        *,
        agent: AgentId | None = None,
        customers: Collection[CustomerId] | None = None,
        case: str | None = None,
        limit: int,
    ) -> Select[tuple[object, ...]]:
        """Gestures, the newest first."""
        query = (
            select(*gesture.c)
            .where(gesture.c.site == self._room.site)
            .order_by(gesture.c.at.desc(), gesture.c.id.desc())
            .limit(limit)
        )
        if agent is not None:
            query = query.where(gesture.c.agent == agent)
        if customers is not None:
            query = query.where(gesture.c.customer.in_(customers))
        return query if case is None else query.where(gesture.c.case == case)

    async def effects(self, found: Sequence[Row]) -> Mapping[str, Effect]:
        """For each of some gestures the customer's last answer before it and the first after."""
        if not found:
            return {}
        room = self._room
        persons = {one["customer"]: await room.same(one["customer"]) for one in found}
        every = sorted({id_ for same in persons.values() for id_ in same})
        async with room.database.read() as connection:
            asks = await queries.answered_asks(connection, room.site, every, 0)
            answers = await queries.answers_of(connection, room.site, [one["id"] for one in asks])
        effects: dict[str, Effect] = {}
        for one in found:
            theirs = [ask for ask in asks if ask["customer"] in persons[one["customer"]]]
            earlier = [ask["id"] for ask in theirs if ask["answered_at"] <= one["at"]]
            later = [ask["id"] for ask in theirs if ask["answered_at"] > one["at"]]
            effects[one["id"]] = Effect(
                before=answers.get(earlier[-1], ()) if earlier else (),
                after=answers.get(later[0], ()) if later else (),
            )
        return effects

    async def _budget(self, connection: AsyncConnection, agent: AgentId) -> Budget:
        room = self._room
        rules = (await kept_rules(connection, room.site)).gestures
        since, until = week_of(room.clock.now(), ZoneInfo(room.state.center().zone))
        return Budget(
            weekly_minor=rules.weekly_minor,
            spent_minor=await queries.spent(connection, room.site, agent, since, until),
            most_minor=rules.most_minor,
            currency=await room.currency(connection) or DEFAULT_CURRENCY,
            until=until,
        )

    async def _person(self, actor: Actor, wanted: Wanted) -> Sequence[CustomerId]:
        room = self._room
        ids = list(await room.same(wanted.customer))
        if not ids or not await room.sight.customer(actor, ids):
            raise Malformed(
                "customer", f"there is no customer {wanted.customer}", "no_such",
                item=wanted.customer,
            )  # fmt: skip
        talk = wanted.interaction
        if talk is not None and not await room.sight.conversation(actor, talk):
            raise Malformed("interaction", f"there is no conversation {talk}", "no_such", item=talk)
        return ids

    async def _most(
        self,
        connection: AsyncConnection,
        wanted: Wanted,
        ids: Sequence[CustomerId],
        rules: GestureRules,
    ) -> int:
        """The dearest that this customer may get for this fault."""
        segment = await self._room.segment(ids)
        limits = [rules.most_by_segment.get(segment or "", rules.most_minor)]
        for_fault = rules.most_by_why.get(wanted.why.value)
        if for_fault is not None:
            limits.append(for_fault)
        worth = None if rules.value_pct is None else await self._room.worth(connection, ids)
        if worth is not None and rules.value_pct is not None:
            limits.append(round(worth * rules.value_pct / 100))
        return min(limits)

    async def _check_case(
        self,
        connection: AsyncConnection,
        actor: Actor,
        wanted: Wanted,
        ids: Sequence[CustomerId],
    ) -> None:
        if wanted.case is None:
            if wanted.why is Why.CASE:
                raise Malformed("case", "must name the case that it is for", "missing")
            return
        known = await queries.case_by(connection, self._room.site, id=wanted.case)
        if known is None or not (may_work(actor, known) or known["customer"] in ids):
            raise Malformed("case", f"there is no case {wanted.case}", "no_such", item=wanted.case)
        if known["customer"] is not None and known["customer"] not in ids:
            raise Malformed("case", "is of another customer", "no_such", item=wanted.case)

    async def _check_often(
        self, connection: AsyncConnection, ids: Sequence[CustomerId], rules: GestureRules
    ) -> None:
        room = self._room
        since = room.clock.now() - rules.within_days * DAY
        lately = await queries.given_to(connection, room.site, ids, since)
        if len(lately) >= rules.per_customer:
            raise Rejected(
                "gesture_too_often",
                f"This customer had {len(lately)} in {rules.within_days} days.",
                many=len(lately),
                days=rules.within_days,
                next_at=lately[rules.per_customer - 1]["at"] + rules.within_days * DAY,
            )


def _check_sum(wanted: Wanted, rules: GestureRules, budget: Budget, most_minor: int) -> None:
    if rules.only_with_fault and wanted.why is Why.KINDNESS:
        raise Rejected("gesture_needs_fault", "A gesture is for a case, or for a fault of ours.")
    if wanted.cost_minor > most_minor:
        raise Rejected(
            "gesture_too_dear",
            "One gesture may not cost as much.",
            most_minor=most_minor,
            currency=budget.currency,
        )
    if wanted.cost_minor > budget.left_minor:
        raise Rejected(
            "gesture_over_budget",
            "This week's budget does not reach for it.",
            left_minor=budget.left_minor,
            currency=budget.currency,
            until=budget.until,
        )
