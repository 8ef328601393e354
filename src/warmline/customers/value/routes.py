"""The HTTP door to value: one customer's, the report, terms, rules of segments and stakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import func, select

from warmline.core.permissions import Right
from warmline.core.words import Actor, CustomerId, Malformed, SegmentId, SiteId
from warmline.customers.directory import Directory
from warmline.customers.model import Sight
from warmline.customers.tables import customer
from warmline.customers.value import assigning, keeping
from warmline.customers.value.appraisal import Appraisal
from warmline.customers.value.asking import Ruled
from warmline.customers.value.assigning import COMPUTED, Preview
from warmline.customers.value.deciding import terms as decided
from warmline.customers.value.keeping import RuleKind, SiteTerms
from warmline.customers.value.ledger import digits
from warmline.customers.value.model import SettingAudit
from warmline.customers.value.rules import BadRule, read_rule, speaks_of
from warmline.customers.value.shapes import (
    CheckBody,
    RuleBody,
    RulesBody,
    TermsBody,
    model_json,
    problem_json,
    term_json,
    terms_json,
    value_json,
)
from warmline.customers.value.stakes import OrderStakes
from warmline.customers.value.tables import customer_value
from warmline.ports import Clock, Guard, State
from warmline.storage.database import Database
from warmline.storage.rows import row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRoom:
    """What the routes of value work with."""

    database: Database
    site: SiteId
    state: State
    clock: Clock
    needs: Guard
    sight: Sight
    directory: Directory
    appraisal: Appraisal
    stakes: OrderStakes
    audit: SettingAudit

    async def currency(self) -> str:
        """The currency in which the site counts."""
        async with self.database.read() as connection:
            terms = await keeping.site_terms(connection, self.site)
            return (await keeping.money_of(connection, self.site, terms)).currency

    async def read(self, kind: RuleKind, given: Sequence[RuleBody]) -> tuple[Ruled, ...]:
        """Rules that were sent; `Malformed` with the place for one that is none."""
        currency = await self.currency()
        center = self.state.center()
        known: set[str] = (
            {str(one) for one in center.segments}
            if kind is RuleKind.SEGMENT
            else {str(one.id) for one in center.policy.stakes}
        )
        async with self.database.read() as connection:
            fields = await keeping.fields_of(connection, self.site, kind)
        found: list[Ruled] = []
        for place, one in enumerate(given):
            if one.item not in known:
                raise Malformed(
                    f"rules.{place}.item", f"there is no {one.item}", "no_such", item=one.item
                )
            try:
                rule = read_rule(one.text, fields, digits=digits(currency))
            except BadRule as bad:
                problem = bad.problem
                raise Malformed(
                    f"rules.{place}.text",
                    problem.detail,
                    "no_rule",
                    why=problem.code,
                    at=problem.at + 1,
                ) from None
            found.append(Ruled(item=one.item, place=place, text=one.text, rule=rule))
        return tuple(found)


def routes(room: ValueRoom) -> APIRouter:
    """All routes of the room."""
    router = APIRouter(tags=["value"])
    _add_customer(router, room)
    _add_report(router, room)
    _add_rules(router, room)
    _add_checks(router, room)
    return router


def _add_customer(router: APIRouter, room: ValueRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers/{who}/value")
    async def value(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What a customer is worth, their segment, and why in terms of the rule that gave it."""
        ids = tuple(await room.directory.same(who))
        if not await room.sight.customer(actor, ids):
            raise HTTPException(404, f"there is no customer {who}")
        root = ids[0]
        now = room.clock.now()
        currency = await room.currency()
        async with room.database.read() as connection:
            terms = await keeping.site_terms(connection, room.site)
            record = await row(
                connection,
                select(customer).where(customer.c.site == room.site, customer.c.id == root),
            )
            found = await row(
                connection,
                select(customer_value).where(
                    customer_value.c.site == room.site, customer_value.c.customer == root
                ),
            )
            rules = await keeping.ruled(connection, room.site, RuleKind.SEGMENT, currency)
            fields = await keeping.fields_of(connection, room.site, RuleKind.SEGMENT)
            needed = {name for one in rules for name in speaks_of(one.rule)}
            asking = room.appraisal.asking(now, ids)
            known = await row(
                connection, asking.facts([fields[name] for name in sorted(needed)], root)
            )
        if record is None:
            raise HTTPException(404, f"there is no customer {who}")
        named = room.state.center().segments.get(SegmentId(record["segment"] or ""))
        computed = record["segment_by"] == COMPUTED
        why = found["segment_why"] if found is not None and computed else None
        ruled = next((one for one in rules if why and one.text == why["text"]), None)
        return {
            "customer": root,
            "currency": currency,
            "horizon_days": terms.horizon_days,
            "profiled": known is not None,
            "segment": record["segment"],
            "segment_name": None if named is None else named.name,
            "segment_by": record["segment_by"] or ("hand" if record["segment"] else None),
            "rule": ruled.text if ruled else None,
            "terms": [term_json(one) for one in decided(ruled.rule, known)]
            if ruled and known is not None
            else [],
            "value": None if found is None or known is None else value_json(found),
        }


def _add_report(router: APIRouter, room: ValueRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/value")
    async def report(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """The models in force, how well they foretell, and what the segments hold."""
        async with room.database.read() as connection:
            terms = await keeping.site_terms(connection, room.site)
            model = await keeping.newest_model(connection, room.site)
            held = await rows(connection, _by_segment(room.site))
        return {
            "terms": terms_json(terms),
            "model": None if model is None else model_json(model),
            "segments": [dict(one) for one in held],
        }

    @router.put("/value/terms")
    async def change(body: TermsBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Change how the site counts, and value everybody anew by it."""
        terms = SiteTerms(**body.model_dump())
        async with room.database.write() as connection:
            before = await keeping.site_terms(connection, room.site)
            await keeping.keep_terms(connection, room.site, terms)
            told = room.audit(
                actor, "changed", "value_terms", room.site,
                before=terms_json(before), after=terms_json(terms),
            )  # fmt: skip
            await connection.execute(told.statement)
        room.stakes.changed()
        await room.appraisal.everybody()
        return terms_json(terms)

    @router.post("/value/compute")
    async def compute(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Value everybody now, as every night."""
        done = await room.appraisal.everybody()
        return {"customers": done.customers, "changed": done.changed, "took_ms": done.took_ms}


def _by_segment(site: SiteId) -> Any:
    """People, value and money by the segment that they have now."""
    value = customer_value
    return (
        select(
            customer.c.segment,
            func.count().label("customers"),
            func.count(value.c.value_minor).label("valued"),
            func.coalesce(func.sum(value.c.value_minor), 0).label("value_minor"),
            func.coalesce(func.sum(value.c.money_minor), 0).label("money_minor"),
            func.avg(value.c.churn_pct).label("churn_pct"),
        )
        .select_from(
            customer.outerjoin(
                value, (value.c.site == customer.c.site) & (value.c.customer == customer.c.id)
            )
        )
        .where(customer.c.site == site, customer.c.merged_into.is_(None))
        .group_by(customer.c.segment)
        .order_by(func.sum(value.c.value_minor).desc(), customer.c.segment)
    )


async def _listed(room: ValueRoom, kind: RuleKind) -> dict[str, object]:
    """The saved rules of a kind, and what rules can speak of."""
    async with room.database.read() as connection:
        fields = await keeping.fields_of(connection, room.site, kind)
        found = await keeping.rule_rows(connection, room.site, kind)
    return {
        "currency": await room.currency(),
        "rules": [{"item": one["item"], "text": one["text"]} for one in found],
        "fields": [
            {"name": one.name, "kind": one.kind, "ranked": one.ranked, "written": one.written}
            for one in fields.values()
        ],
    }


async def _save(room: ValueRoom, kind: RuleKind, body: RulesBody, actor: Actor) -> None:
    """Save the rules of a kind, with an audit row that says what they were."""
    rules = await room.read(kind, body.rules)
    async with room.database.write() as connection:
        before = await keeping.rule_rows(connection, room.site, kind)
        await keeping.keep_rules(
            connection, room.site, kind, [(one.item, one.text) for one in rules]
        )
        told = room.audit(
            actor,
            "changed",
            f"{kind.value}_rules",
            room.site,
            before={"rules": [f"{one['item']}: {one['text']}" for one in before]},
            after={"rules": [f"{one.item}: {one.text}" for one in rules]},
        )
        await connection.execute(told.statement)


def _add_rules(router: APIRouter, room: ValueRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.get("/segment-rules")
    async def segment_rules(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """The saved rules of segments, and what rules can speak of."""
        return {
            **await _listed(room, RuleKind.SEGMENT),
            "segments": [
                {
                    "id": one.id,
                    "name": one.name,
                    "head_start_ms": one.head_start_ms,
                    "value": one.value,
                }
                for one in room.state.center().segments.values()
            ],
        }

    @router.put("/segment-rules")
    async def save_segments(body: RulesBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Save the rules and give everybody their segment; what was given by hand stays."""
        await _save(room, RuleKind.SEGMENT, body, actor)
        return {"changed": await room.appraisal.reassign()}

    @router.get("/stake-rules")
    async def stake_rules(_actor: Annotated[Actor, knows]) -> dict[str, object]:
        """The saved rules of stakes, and what rules can speak of."""
        stakes = room.state.center().policy.stakes
        return {
            **await _listed(room, RuleKind.STAKE),
            "stakes": [
                {"id": one.id, "name": one.name, "head_start_ms": one.head_start_ms}
                for one in stakes
            ],
        }

    @router.put("/stake-rules")
    async def save_stakes(body: RulesBody, actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Save the rules; the next interaction is looked at by them."""
        await _save(room, RuleKind.STAKE, body, actor)
        room.stakes.changed()
        return await _listed(room, RuleKind.STAKE)


def _add_checks(router: APIRouter, room: ValueRoom) -> None:
    knows = Depends(room.needs(Right.KNOW))

    @router.post("/segment-rules/check")
    async def check(body: CheckBody, _actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Whether a text is a rule, where not, and of how many customers it is true now."""
        currency = await room.currency()
        async with room.database.read() as connection:
            fields = await keeping.fields_of(connection, room.site, body.kind)
            try:
                rule = read_rule(body.text, fields, digits=digits(currency))
            except BadRule as bad:
                return {"problem": problem_json(bad.problem), "many": None, "of": None}
            if body.kind is RuleKind.STAKE:
                return {"problem": None, "many": None, "of": None}
            asking = room.appraisal.asking(room.clock.now())
            found = await row(connection, asking.count(rule))
        assert found is not None, "a count always has a row"
        return {"problem": None, "many": found["many"], "of": found["of"]}

    @router.post("/segment-rules/preview")
    async def preview(body: RulesBody, _actor: Annotated[Actor, knows]) -> dict[str, object]:
        """Who would have which segment, were these rules saved."""
        rules = await room.read(RuleKind.SEGMENT, body.rules)
        asking = room.appraisal.asking(room.clock.now())
        async with room.database.read() as connection:
            found = await assigning.preview(connection, asking, rules)
        return _preview_json(found, rules)


def _preview_json(found: Preview, rules: Sequence[Ruled]) -> dict[str, object]:
    return {
        "of": found.of,
        "by_hand": found.by_hand,
        "none": found.taken[-1],
        "rules": [{"item": one.item, "many": found.taken[one.place]} for one in rules],
        "moves": [
            {"before": before, "after": after, "many": many}
            for (before, after), many in found.moves.most_common()
        ],
        "examples": [
            {"customer": one.customer, "before": one.before, "after": one.after}
            for one in found.examples
        ],
    }
