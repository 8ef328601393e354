"""Small gifts within a budget and rules, praise that reaches whom it praises, and what is forgotten."""

from typing import Any

from sqlalchemy import insert, select

from tests.conversations.house import SITE
from tests.experience.cases.office import BAD, GOOD, PRAISE, Office
from warmline.core.words import DAY, HOUR, CustomerId
from warmline.customers.tables import customer
from warmline.customers.value.tables import customer_value
from warmline.experience.cases.erasure import case_traces
from warmline.experience.cases.tables import case as case_table
from warmline.experience.cases.tables import gesture as gesture_table
from warmline.experience.cases.tables import wow as wow_table
from warmline.ports import Person
from warmline.security.tables import audit
from warmline.storage.rows import rows


def gift(customer: str, **more: Any) -> dict[str, Any]:
    return {"customer": customer, "kind": "discount", "cost_minor": 500, "why": "late", **more}


async def others(office: Office, many: int) -> list[CustomerId]:
    """People whom Ann served."""
    found: list[CustomerId] = []
    for number in range(many):
        resolved = await office.house.directory.resolve([], source="chat", name=f"Guest {number}")
        await office.served(customer=resolved.someone)
        found.append(resolved.someone)
    return found


async def test_a_gesture_is_given_within_the_week_s_budget_and_audited(office: Office):
    customers = await others(office, 4)
    given = await office.send("ann", "POST", "/gestures", gift(customers[0], words="Sorry!"))
    assert given["budget"]["left_minor"] == 1500
    assert given["budget"]["currency"] == "PLN"
    await office.send("ann", "POST", "/gestures", gift(customers[1], cost_minor=1000))
    refused = await office.send(
        "ann", "POST", "/gestures", gift(customers[2], cost_minor=501), status=409
    )
    assert (refused["code"], refused["left_minor"]) == ("gesture_over_budget", 500)
    await office.send("ann", "POST", "/gestures", gift(customers[2]))
    assert (await office.get("ann", "/gestures/budget"))["left_minor"] == 0
    # The week begins on Monday: this one is Tuesday's.
    office.house.clock.on(6 * DAY)
    assert (await office.get("ann", "/gestures/budget"))["left_minor"] == 2000
    async with office.house.database.read() as connection:
        found = await rows(
            connection, select(audit).where(audit.c.site == SITE, audit.c.kind == "gesture")
        )
    assert {(one["user"], one["action"]) for one in found} == {("u-ann", "gave")}
    assert len(found) == 3


async def test_each_rule_refuses_with_a_word_of_its_own(office: Office):
    customer, other = await others(office, 2)

    async def refused(body: dict[str, Any], status: int = 409, who: str = "ann") -> str:
        return (await office.send(who, "POST", "/gestures", body, status=status))["code"]

    assert await refused(gift(customer, why="kindness")) == "gesture_needs_fault"
    assert await refused(gift(customer, cost_minor=1001)) == "gesture_too_dear"
    await office.send("ann", "POST", "/gestures", gift(customer))
    assert await refused(gift(customer)) == "gesture_too_often"
    assert await refused(gift(other, why="case"), 400) == "malformed"
    assert await refused(gift(other, why="case", case="none"), 400) == "malformed"
    assert await refused(gift("nobody"), 400) == "malformed"
    assert await refused(gift(other, interaction="none"), 400) == "malformed"
    assert await refused(gift(other), 400, "bob") == "malformed"
    assert await refused(gift(other), 403, "sue") == "forbidden"
    assert await refused(gift(other, cost_minor=-1), 400) == "malformed"
    office.house.clock.on(31 * DAY)
    await office.send("ann", "POST", "/gestures", gift(customer))


async def test_limits_by_segment_fault_and_value(office: Office):
    (guest,) = await others(office, 1)
    rules = await office.get("ada", "/case-rules")
    rules.pop("currency")

    async def most(**limits: Any) -> int | None:
        """The dearest that is allowed to this customer now, as a refusal tells it."""
        gestures = {**rules["gestures"], "weekly_minor": 100_000, "most_minor": 800, **limits}
        await office.send("ada", "PUT", "/case-rules", {**rules, "gestures": gestures})
        body = gift(guest, cost_minor=50_000)
        refused = await office.send("ann", "POST", "/gestures", body, status=409)
        assert refused["code"] == "gesture_too_dear"
        return refused["most_minor"]

    async with office.house.database.write() as connection:
        await connection.execute(customer.update().values(segment="gold"))
    assert await most() == 800
    assert await most(most_by_segment={"gold": 3_000}) == 3_000
    assert await most(most_by_segment={"gold": 3_000}, most_by_why={"late": 700}) == 700
    assert await most(most_by_why={"faulty": 700}) == 800
    assert await most(value_pct=5.0) == 800, "nobody knows what the customer is worth"
    async with office.house.database.write() as connection:
        now = office.house.clock.now()
        figures = dict.fromkeys(
            ("frequency", "recency_days", "r", "f", "m", "value_top", "money_top", "orders_top"), 1
        )
        await connection.execute(
            insert(customer_value).values(
                site=SITE, customer=guest, computed_at=now, first_at=now, last_at=now,
                money_minor=10_000, **figures,
            )
        )  # fmt: skip
    assert await most(value_pct=5.0) == 500
    assert await most(value_pct=5.0, most_by_segment={"gold": 3_000}) == 500


async def test_a_gesture_for_a_case_shows_what_the_customer_answered_next(office: Office):
    case = await office.bad_case()
    office.house.clock.on(HOUR)
    of_her = gift(case["customer"], why="case", case=case["id"])
    await office.send("ann", "POST", "/gestures", of_her)
    before = await office.get("sue", "/gestures", case=case["id"])
    assert before["gestures"][0]["before"] == [{"kind": "csat", "value": 1}]
    assert before["gestures"][0]["good_after"] is None
    assert (before["answered_after"], before["good_after"]) == (0, 0)
    office.house.clock.on(HOUR)
    ask = await office.asked(case["interaction"], case["customer"])
    await office.answers(ask, GOOD)
    after = await office.get("ann", "/gestures")
    assert after["gestures"][0]["after"] == [{"kind": "csat", "value": 5}]
    assert (after["answered_after"], after["good_after"]) == (1, 1)
    assert (await office.get("bob", "/gestures"))["gestures"] == []
    await office.send("bob", "GET", "/gestures", params={"customer": case["customer"]}, status=404)
    other = (await others(office, 1))[0]
    wrong = gift(other, why="case", case=case["id"])
    await office.send("ann", "POST", "/gestures", wrong, status=400)


async def test_a_top_answer_with_words_is_a_wow_moment_that_the_agent_may_share(office: Office):
    customer = await office.anna()
    talk = await office.served(customer=customer)
    ask = await office.asked(talk, customer)
    await office.answers(ask, PRAISE)
    await office.opening.answered(ask)
    moments = (await office.get("ann", "/me/wow"))["moments"]
    assert [(one["kind"], one["words"]) for one in moments] == [
        ("top_answer", "Ann was wonderful.")
    ]
    assert (await office.get("bob", "/wow"))["moments"] == []
    path = f"/me/wow/{moments[0]['id']}"
    await office.send("bob", "PATCH", path, {"shared": True}, status=404)
    await office.send("ann", "PATCH", path, {"shared": True})
    wall = (await office.get("bob", "/wow"))["moments"]
    assert wall[0]["agent_name"] == "Ann"
    assert wall[0]["customer_name"] == "A··· N···"
    # The customer thinks again: what is no longer praise leaves the wall.
    await office.answers(ask, BAD)
    assert (await office.get("bob", "/wow"))["moments"] == []
    assert len((await office.get("sue", "/cases"))["cases"]) == 1


async def test_a_supervisor_praises_by_hand(office: Office):
    talk = await office.served()
    body = {"agent": "ann", "interaction": talk, "words": "Calm on a bad day."}
    await office.send("sue", "POST", "/wow", body)
    moment = (await office.get("ann", "/me/wow"))["moments"][0]
    assert (moment["kind"], moment["by_name"], moment["shared"]) == ("praise", "Sue", False)
    await office.send("ann", "POST", "/wow", body, status=403)
    for wrong in ({"agent": "none"}, {"interaction": "none"}, {"words": " "}):
        await office.send("sue", "POST", "/wow", {**body, **wrong}, status=400)


async def test_an_agent_s_day_has_what_is_promised_by_the_end_of_it(office: Office):
    customer = await office.anna()
    await office.served(customer=customer)
    now = office.house.clock.now()
    for text, due in (("today", now + HOUR), ("tomorrow", now + DAY)):
        body = {"text": text, "due_at": due}
        await office.send("ann", "POST", f"/customers/{customer}/promises", body)
    mine = await office.get("ann", "/me/promises")
    assert [(one["text"], one["overdue"]) for one in mine["promises"]] == [("today", False)]
    assert (await office.get("bob", "/me/promises"))["promises"] == []


async def test_everything_about_a_person_is_told_and_erased(office: Office):
    case = await office.bad_case()
    await office.send("ann", "POST", "/gestures", gift(case["customer"], words="Sorry, Anna."))
    ask = await office.asked(case["interaction"], case["customer"])
    await office.answers(ask, PRAISE)
    other = (await others(office, 1))[0]
    await office.send("sue", "POST", "/cases", {"customer": other, "note": "stays"})
    traces = case_traces(SITE)
    person = Person(ids=[CustomerId(case["customer"])])
    every = {"cases": 1, "gestures": 1, "wow_moments": 1}
    async with office.house.database.write() as connection:
        assert await traces.count(connection, person) == every
        told = await traces.tell(connection, person)
        assert told["gestures"][0]["words"] == "Sorry, Anna."
        assert "owner" not in told["cases"][0]
        await traces.erase(connection, person, 0)
        assert sum((await traces.count(connection, person)).values()) == 0
        left = [
            await rows(connection, select(one)) for one in (case_table, gesture_table, wow_table)
        ]
    assert [len(one) for one in left] == [1, 0, 0]
