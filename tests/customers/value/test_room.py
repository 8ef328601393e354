"""Valuing a shop's customers: everybody at night, one on an order; segments, previews, reports."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from tests.conversations.house import SITE
from tests.customers.value.conftest import RULES, Shop
from warmline.core.words import DAY, CustomerId
from warmline.customers.matching.tables import merge
from warmline.customers.value.deciding import is_true
from warmline.customers.value.keeping import RuleKind, fields_of
from warmline.customers.value.rules import read_rule
from warmline.customers.value.words import SEGMENT_FIELDS
from warmline.storage.rows import row

FIGURES = (
    "frequency", "money_minor", "r", "f", "m", "value_top", "money_top", "orders_top", "alive_pct",
    "churn_pct", "expected_orders", "average_minor", "value_minor", "recency_days", "last_at",
)  # fmt: skip


async def test_everybody_with_orders_is_valued_and_segmented_by_the_rules(shop: Shop):
    people = await shop.regulars()
    await shop.person("nobody")
    await shop.rule(*RULES)
    done = await shop.appraisal.everybody()
    assert (done.customers, done.changed) == (60, 60)
    counts: dict[str | None, int] = {}
    for segment, by in (await shop.segments()).values():
        counts[segment] = counts.get(segment, 0) + 1
        assert by == ("computed" if segment else None)
    # Never more than 5, 20 and 50 % of 60, and one fewer only where two are worth the same.
    assert counts[None] == 1
    assert 2 <= counts["platinum"] <= 3
    assert 11 <= counts["platinum"] + counts["gold"] <= 12
    assert 29 <= counts["platinum"] + counts["gold"] + counts["silver"] <= 30
    values = await shop.values()
    assert values.keys() == set(people)
    best = max(values.values(), key=lambda one: one["value_minor"])
    assert best["segment_why"] == {"place": 0, "segment": "platinum", "text": "value in top 5 %"}


async def test_one_on_an_order_is_valued_as_all_of_them_would_be(shop: Shop):
    await shop.regulars()
    await shop.rule(*RULES)
    await shop.appraisal.everybody()
    before = (await shop.values())["c001"]
    await shop.orders_of("c001", 1, 2, 3, total=90_000)
    await shop.one_by_one("c001")
    single = (await shop.values())["c001"]
    assert single["frequency"] == before["frequency"] + 3
    assert single["value_minor"] > before["value_minor"]
    # With the models of the night, everybody else stands as before; and so would a full round.
    await shop.one_by_one(*(f"c{number:03}" for number in range(60)))
    again = await shop.values()
    assert {name: again["c001"][name] for name in FIGURES} == {
        name: single[name] for name in FIGURES
    }


async def test_a_full_round_and_one_by_one_agree_on_everybody(shop: Shop):
    people = await shop.regulars()
    await shop.appraisal.everybody()
    whole = await shop.values()
    await shop.one_by_one(*people)
    for who, found in (await shop.values()).items():
        assert {name: found[name] for name in FIGURES} == {
            name: whole[who][name] for name in FIGURES
        }


async def test_what_was_cancelled_or_sent_back_counts_for_nothing(shop: Shop):
    await shop.regulars()
    await shop.person("eva")
    await shop.orders_of("eva", 5, total=1_000_000, status="returned")
    await shop.orders_of("eva", 9, total=1_000_000, status="cancelled")
    await shop.appraisal.everybody()
    assert "eva" not in await shop.values()
    await shop.orders_of("eva", 4)
    await shop.one_by_one("eva")
    assert (await shop.values())["eva"]["money_minor"] == 10_000


async def test_two_records_of_one_person_are_one_customer(shop: Shop):
    await shop.regulars()
    await shop.person("old", merged_into="c005")
    await shop.orders_of("old", 2, total=77_000)
    await shop.appraisal.everybody()
    values = await shop.values()
    assert "old" not in values
    assert values["c005"]["recency_days"] == 2
    await shop.orders_of("old", 1)
    await shop.one_by_one("old")
    assert (await shop.values())["c005"]["recency_days"] == 1


async def test_who_objects_to_profiling_has_no_value_and_no_computed_segment(shop: Shop):
    await shop.regulars()
    await shop.rule(*RULES)
    await shop.appraisal.everybody()
    await shop.objects("c059")
    await shop.one_by_one("c059")
    assert "c059" not in await shop.values()
    assert (await shop.segments())["c059"] == (None, None)
    await shop.appraisal.everybody()
    assert "c059" not in await shop.values()
    async with shop.house.browser("sue") as sue:
        found = (await sue.get("/customers/c059/value")).json()
    assert (found["profiled"], found["value"], found["segment"]) == (False, None, None)


async def test_valuing_follows_orders_objections_and_merges_by_itself(shop: Shop):
    await shop.regulars()
    await shop.rule(*RULES)
    await shop.appraisal.everybody()
    since = shop.house.clock.now()
    assert await shop.appraisal.touched(since=since) == set()
    await shop.objects("c059")
    async with shop.house.database.write() as connection:
        await connection.execute(
            insert(merge).values(
                site=SITE, id="m1", number=1, kind="merge", other="c001", into="c002",
                cause="hand", at=since,
            )
        )  # fmt: skip
    assert await shop.appraisal.touched(since=since) == {"c059", "c001", "c002"}
    await shop.orders_of("c005", 1, 2, 3, total=3_000_000)
    before = (await shop.segments())["c005"]
    working = asyncio.create_task(shop.appraisal.run())
    await shop.appraisal.ordered([CustomerId("c005")])
    async with asyncio.timeout(60):
        while (await shop.segments())["c005"] == before:  # noqa: ASYNC110 - a row says it, no event
            await asyncio.sleep(0.05)
    working.cancel()
    assert (await shop.segments())["c005"][1] == "computed"
    assert "c059" not in await shop.values()
    assert (await shop.segments())["c059"] == (None, None)


async def test_a_segment_given_by_hand_stays(shop: Shop):
    await shop.regulars()
    await shop.set("c000", segment="platinum", segment_by="hand")
    await shop.set("c059", segment="bronze")  # from before anybody said by whom
    await shop.rule(*RULES)
    await shop.appraisal.everybody()
    segments = await shop.segments()
    assert segments["c000"] == ("platinum", "hand")
    assert segments["c059"] == ("bronze", None)
    async with shop.house.browser("sue") as sue:
        assert (await sue.patch("/customers/c059", json={"segment": "gold"})).status_code == 200
        found = (await sue.get("/customers/c059/value")).json()
    assert (found["segment"], found["segment_by"], found["rule"]) == ("gold", "hand", None)


async def test_a_customer_reads_why_they_have_their_segment(shop: Shop):
    await shop.regulars()
    await shop.rule(*RULES)
    await shop.appraisal.everybody()
    values = await shop.values()
    best = max(values, key=lambda who: values[who]["value_minor"])
    async with shop.house.browser("sue") as sue:
        found = (await sue.get(f"/customers/{best}/value")).json()
    assert (found["segment"], found["segment_by"]) == ("platinum", "computed")
    assert found["rule"] == "value in top 5 %"
    (term,) = found["terms"]
    assert (term["field"], term["op"], term["wanted"], term["fits"]) == ("value", "top", 5.0, True)
    assert term["found"] == found["value"]["value_top_pct"] <= 5
    assert found["currency"] == "PLN"
    async with shop.house.browser("ann") as ann:
        assert (await ann.get("/customers/c059/value")).status_code == 404


async def test_a_rule_is_checked_and_counted_while_it_is_written(shop: Shop):
    await shop.regulars()
    await shop.appraisal.everybody()
    async with shop.house.browser("sue") as sue:
        good = await sue.post("/segment-rules/check", json={"text": "language = pl"})
        bad = await sue.post("/segment-rules/check", json={"text": "language > pl"})
        stake = await sue.post(
            "/segment-rules/check", json={"text": "reason = returns", "kind": "stake"}
        )
    assert good.json() == {"problem": None, "many": 30, "of": 60}
    assert bad.json()["problem"]["at"] == 9
    assert stake.json()["problem"] is None
    async with shop.house.browser("ann") as ann:
        refused = await ann.post("/segment-rules/check", json={"text": "everybody"})
    assert refused.status_code == 403


async def test_a_preview_says_who_would_change_and_changes_nothing(shop: Shop):
    await shop.regulars()
    await shop.rule(*RULES)
    await shop.appraisal.everybody()
    await shop.set("c000", segment="gold", segment_by="hand")
    before = await shop.segments()
    draft = [{"item": "gold", "text": "value in top 50 %"}, RULES[3]]
    async with shop.house.browser("sue") as sue:
        found = (await sue.post("/segment-rules/preview", json={"rules": draft})).json()
    had = [segment for segment, by in before.values() if by == "computed"]
    assert {(one["before"], one["after"], one["many"]) for one in found["moves"]} == {
        (one, "gold", had.count(one)) for one in ("platinum", "silver")
    }
    assert sum(one["many"] for one in found["rules"]) == found["of"] == 60
    moved = sum(one["many"] for one in found["moves"])
    assert (found["by_hand"], len(found["examples"])) == (1, min(20, moved))
    assert await shop.segments() == before
    await shop.rule(*draft)
    assert {segment for segment, _ in (await shop.segments()).values()} == {"gold", "bronze"}


async def test_rules_that_are_none_are_not_saved(shop: Shop):
    async with shop.house.browser("sue") as sue:
        for rule, code in (
            ({"item": "gold", "text": "value in top 5"}, "no_rule"),
            ({"item": "diamond", "text": "everybody"}, "no_such"),
        ):
            refused = await sue.put("/segment-rules", json={"rules": [rule]})
            assert refused.status_code == 400
            assert refused.json()["errors"][0]["code"] == code, refused.json()
        assert (await sue.get("/segment-rules")).json()["rules"] == []


async def test_the_report_tells_the_models_and_what_each_segment_holds(shop: Shop):
    await shop.regulars(120)
    await shop.rule(*RULES)
    await shop.appraisal.everybody()
    async with shop.house.browser("ada") as ada:
        report = (await ada.get("/value")).json()
        assert (await ada.post("/value/compute")).json()["customers"] == 120
    model = report["model"]
    assert model["currency"] == "PLN"
    assert model["bgnbd"]["r"] > 0
    assert model["quality"]["customers"] == 120
    assert {one["segment"]: one["customers"] for one in report["segments"]} == {
        "platinum": 6, "gold": 18, "silver": 36, "bronze": 60,
    }  # fmt: skip


async def test_other_terms_value_everybody_anew(shop: Shop):
    await shop.regulars()
    await shop.appraisal.everybody()
    before = (await shop.values())["c050"]["value_minor"]
    async with shop.house.browser("sue") as sue:
        terms = {"margin_pct": 60, "discount_pct": 10, "horizon_days": 365}
        assert (await sue.put("/value/terms", json=terms)).status_code == 200
        refused = await sue.put("/value/terms", json={**terms, "horizon_days": 9_999})
    assert refused.status_code == 400
    after = (await shop.values())["c050"]["value_minor"]
    assert after == pytest.approx(2 * before, abs=2)


async def test_money_of_another_currency_counts_by_its_rate_or_not_at_all(shop: Shop):
    await shop.regulars()
    await shop.person("eva")
    await shop.orders_of("eva", 5, total=10_000, currency="EUR")
    await shop.appraisal.everybody()
    assert (await shop.values())["eva"]["money_minor"] == 0
    async with shop.house.browser("sue") as sue:
        terms = {"margin_pct": 30, "discount_pct": 10, "horizon_days": 365, "rates": {"EUR": 4.25}}
        assert (await sue.put("/value/terms", json=terms)).status_code == 200
    assert (await shop.values())["eva"]["money_minor"] == 42_500


TEXTS = st.recursive(
    st.one_of(
        st.builds(
            "{} {} {}".format,
            st.sampled_from(["orders", "recency_days", "churn_pct", "r", "contacts"]),
            st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
            st.integers(0, 60),
        ),
        st.builds("value in top {} %".format, st.sampled_from([5, 12.5, 20, 50, 100])),
        st.builds("value >= {}.5".format, st.integers(0, 900)),
        st.sampled_from(
            ["language = pl", "language in (en, ru)", "everybody", "days_since_contact < 9"]
        ),
    ),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not {}".format, inner),
    ),
    max_leaves=5,
)


def drawn_texts() -> list[str]:
    """Rules of every shape."""
    found: list[str] = []

    @settings(max_examples=60, deadline=None)
    @given(TEXTS)
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return found


async def test_the_database_and_python_agree_on_every_rule(shop: Shop):
    people = await shop.regulars(24)
    nobody = await shop.person("nobody", language="ru")
    await shop.house.arrive(customer=people[3])
    await shop.appraisal.everybody()
    now = shop.house.clock.now() + 3 * DAY
    asking = shop.appraisal.asking(now)
    async with shop.house.database.read() as connection:
        fields = await fields_of(connection, SITE, RuleKind.SEGMENT)
        known = [
            await row(connection, asking.facts(list(SEGMENT_FIELDS.values()), who))
            for who in (*people, nobody)
        ]
        for text in drawn_texts():
            rule = read_rule(text, fields)
            found = await row(connection, asking.count(rule))
            assert found is not None
            assert found["many"] == sum(is_true(rule, one) for one in known if one), text
            assert found["of"] == 25
