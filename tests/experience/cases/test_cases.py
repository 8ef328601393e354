"""A bad answer, a broken promise, a supervisor: each opens a case, and somebody sees to it."""

import pytest

from tests.conversations.house import START
from tests.experience.cases.office import BAD, GOOD, Office
from warmline.core import commands as c
from warmline.core.settings import Agent, Calendar, Capacity, Interval, Queue, Team, Weekday
from warmline.core.words import HOUR, MINUTE, AgentId, CalendarId, QueueId, TeamId
from warmline.experience.cases.model import (
    GRACE_MS,
    STANDING,
    TRANSITIONS,
    CaseState,
    Deed,
    Outcome,
)


def test_whatever_stands_can_be_answered_and_closed():
    for state in STANDING:
        assert TRANSITIONS[state, Deed.ANSWER] in STANDING
        assert TRANSITIONS[state, Deed.CLOSE] is CaseState.CLOSED


async def test_a_bad_answer_opens_a_case_with_an_owner_and_a_time(office: Office):
    case = await office.bad_case()
    assert case["source"] == "answer"
    assert case["state"] == "open"
    assert case["owner"] == "u-sue"
    assert case["owner_name"] == "Sue"
    assert case["agent"] == "ann"
    assert case["queue"] == "shop"
    assert case["words"] == "Nobody called me back."
    assert case["scores"] == [{"kind": "csat", "value": 1}]
    # The queue has no hours: eight hours are eight hours.
    assert case["due_at"] == case["opened_at"] + 8 * HOUR
    told = [one for one in office.heard if one.name == "case"]
    assert told[0].facts == {"case": case["id"], "owner": "u-sue", "why": "opened"}


async def test_the_same_answer_twice_is_one_case_and_a_fair_one_is_none(office: Office):
    customer = await office.anna()
    talk = await office.served(customer=customer)
    ask = await office.asked(talk, customer)
    await office.answers(ask, {"rate": ("csat", 3)})
    assert (await office.get("sue", "/cases"))["cases"] == []
    await office.answers(ask, BAD)
    await office.opening.answered(ask)
    await office.opening.answered("no such ask")
    assert len((await office.get("sue", "/cases"))["cases"]) == 1


async def test_an_answer_that_gets_better_takes_the_case_back_until_somebody_worked_on_it(
    office: Office,
):
    case = await office.bad_case()
    ask = case["ask"]
    await office.answers(ask, GOOD)
    assert (await office.get("sue", f"/cases/{case['id']}"))["state"] == "withdrawn"
    await office.answers(ask, BAD)
    assert (await office.get("sue", f"/cases/{case['id']}"))["state"] == "open"
    await office.send("sue", "POST", f"/cases/{case['id']}/answer", {"via": "call"})
    await office.answers(ask, GOOD)
    assert (await office.get("sue", f"/cases/{case['id']}"))["state"] == "answered"


async def test_time_is_counted_in_the_hours_of_the_queue(office: Office):
    house = office.house
    # Tuesday 12:13:20 in Warsaw, open from 9 to 17 on working days.
    week = {day: (Interval(opens=540, closes=1020),) for day in list(Weekday)[:5]}
    hours = Calendar(id=CalendarId("office"), name="Office", zone="Europe/Warsaw", week=week)
    await house.do(c.DefineCalendar, calendar=hours)
    shop = Queue(id=QueueId("shop"), name="Shop", calendar=hours.id, preferred_ms=0)
    await house.do(c.DefineQueue, queue=shop)
    case = await office.bad_case()
    # 4 h 46 min 40 s are left of Tuesday, so it is due 3 h 13 min 20 s after nine on Wednesday.
    assert case["due_at"] == START + 24 * HOUR


async def test_the_leader_of_the_team_owns_the_case_else_whoever_has_the_fewest(office: Office):
    house = office.house
    first = await office.bad_case()
    customer = await office.anna()
    talk = await office.served(customer=customer)
    await office.answers(await office.asked(talk, customer), BAD)
    second = (await office.get("sue", "/cases", owner="u-tom"))["cases"]
    assert first["owner"] == "u-sue"
    assert len(second) == 1
    await house.do(c.DefineTeam, team=Team(id=TeamId("t"), name="Team"))
    ann = Agent(id=AgentId("ann"), team=TeamId("t"), capacity=Capacity(total=10))
    await house.do(c.DefineAgent, agent=ann)
    rules = await office.get("sue", "/case-rules")
    rules.pop("currency")
    await office.send("sue", "PUT", "/case-rules", {**rules, "leaders": {"t": "u-bob"}})
    talk = await office.served(customer=customer)
    await office.answers(await office.asked(talk, customer), BAD)
    assert len((await office.get("bob", "/cases"))["cases"]) == 1
    wrong = {**rules, "leaders": {"t": "nobody"}}
    await office.send("sue", "PUT", "/case-rules", wrong, status=400)


async def test_a_broken_promise_opens_one_case_once_its_time_is_over(office: Office):
    house = office.house
    customer = await office.anna()
    talk = await office.served(customer=customer)
    body = {"text": "Send the new lamp", "due_at": START + HOUR, "interaction": talk}
    await office.send("ann", "POST", f"/customers/{customer}/promises", body)
    await office.watch.look()
    assert await office.watch.next_at() == START + HOUR + GRACE_MS + 1
    house.clock.on(HOUR + GRACE_MS)
    await office.watch.look()
    assert (await office.get("sue", "/cases"))["cases"] == []
    house.clock.on(MINUTE)
    await office.watch.look()
    await office.watch.look()
    found = (await office.get("sue", "/cases"))["cases"]
    assert [one["source"] for one in found] == ["promise"]
    assert found[0]["agent"] == "ann"
    assert found[0]["queue"] == "shop"
    # Sue has nothing to do with Anna, but the case is hers.
    assert found[0]["words"] == "Send the new lamp"
    assert (found[0]["words_masked"], found[0]["masked"]) == (False, True)


async def test_a_kept_promise_opens_none(office: Office):
    customer = await office.anna()
    await office.served(customer=customer)
    path = f"/customers/{customer}/promises"
    made = await office.send("ann", "POST", path, {"text": "Call", "due_at": START + HOUR})
    await office.send("ann", "PATCH", f"{path}/{made['id']}", {"state": "kept"})
    office.house.clock.on(3 * HOUR)
    await office.watch.look()
    assert (await office.get("sue", "/cases"))["cases"] == []


async def test_the_owner_is_reminded_once_before_it_is_due(office: Office):
    case = await office.bad_case()
    assert await office.watch.next_at() == case["due_at"] - 2 * HOUR
    office.house.clock.on(6 * HOUR)
    await office.watch.look()
    await office.watch.look()
    told = [one.facts["why"] for one in office.heard if one.name == "case"]
    assert told == ["opened", "due"]
    await office.send("sue", "PATCH", f"/cases/{case['id']}", {"owner": "u-ann"})
    await office.watch.look()
    last = [one for one in office.heard if one.name == "case"][-1]
    assert last.facts["owner"] == "u-ann"
    assert last.agents == frozenset({"ann"})


async def test_a_case_is_answered_then_closed_and_the_customer_asked_again(office: Office):
    case = await office.bad_case()
    path = f"/cases/{case['id']}"
    close = {"outcome": "solved", "cause": "late"}
    refused = await office.send("sue", "POST", f"{path}/close", close, status=409)
    assert refused["code"] == "not_answered"
    answer = {"via": "conversation", "interaction": case["interaction"]}
    answered = await office.send("sue", "POST", f"{path}/answer", answer)
    assert answered["answered_in"] == case["interaction"]
    office.house.clock.on(HOUR)
    unknown = {"outcome": "solved", "cause": "weather"}
    await office.send("sue", "POST", f"{path}/close", unknown, status=400)
    closed = await office.send("sue", "POST", f"{path}/close", close)
    assert closed["state"] == "closed"
    assert closed["cause_names"]["pl"] == "Opóźniona dostawa"
    assert closed["asked_again"] is not None
    assert closed["again"] is None
    again = await office.send("sue", "POST", f"{path}/answer", answer, status=409)
    assert again["code"] == "case_closed"

    figures = await office.get("sue", "/cases/figures")
    assert figures["closed_loop_pct"] == 100
    assert figures["closure_ms"] == HOUR
    assert figures["won_back_pct"] is None
    await office.answers(closed["asked_again"], {"rate": ("csat", 4)})
    figures = await office.get("sue", "/cases/figures")
    assert figures["won_back_pct"] == 100
    assert [one["won_back"] for one in figures["rows"]] == [True]
    assert (await office.get("sue", path))["again"]["won_back"] is True


async def test_a_second_bad_answer_is_a_new_case_and_nobody_is_asked_a_third_time(office: Office):
    case = await office.bad_case()
    for number in range(2):
        path = f"/cases/{case['id']}"
        await office.send("sue", "POST", f"{path}/answer", {"via": "mail"})
        closed = await office.send(
            "sue", "POST", f"{path}/close", {"outcome": "explained", "cause": "tone"}
        )
        assert (closed["asked_again"] is None) is (number == 1)
        if closed["asked_again"] is not None:
            await office.answers(closed["asked_again"], BAD)
            case = (await office.get("sue", "/cases", standing=True))["cases"][0]
    figures = await office.get("sue", "/cases/figures")
    assert (figures["opened"], figures["won_back_pct"]) == (2, 0)


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.UNFOUNDED])
async def test_what_could_not_be_answered_is_closed_without_asking(
    office: Office, outcome: Outcome
):
    case = await office.bad_case()
    body = {"outcome": outcome.value, "cause": "rules"}
    closed = await office.send("sue", "POST", f"/cases/{case['id']}/close", body)
    assert closed["asked_again"] is None


async def test_an_agent_sees_the_cases_of_their_customers_and_works_on_their_own(office: Office):
    case = await office.bad_case()
    path = f"/cases/{case['id']}"
    await office.send("bob", "GET", path, status=404)
    await office.send("bob", "GET", "/cases", params={"customer": case["customer"]}, status=404)
    seen = (await office.get("ann", "/cases", customer=case["customer"]))["cases"]
    assert [one["may_work"] for one in seen] == [False]
    await office.send("ann", "POST", f"{path}/answer", {"via": "call"}, status=403)
    assert (await office.get("ann", "/cases"))["cases"] == []
    await office.send("ann", "PATCH", path, {"owner": "u-ann"}, status=403)
    await office.send("sue", "PATCH", path, {"owner": "u-ann", "note": "Please call her."})
    own = (await office.get("ann", "/cases"))["cases"]
    assert [one["note"] for one in own] == ["Please call her."]
    answered = await office.send("ann", "POST", f"{path}/answer", {"via": "call"})
    assert answered["state"] == "answered"
    await office.send("ann", "GET", "/cases/figures", status=403)
    await office.send("sue", "PATCH", path, {"owner": "nobody"}, status=400)


async def test_whoever_has_nothing_to_do_with_the_customer_reads_no_words(office: Office):
    case = await office.bad_case()
    await office.send("sue", "PATCH", f"/cases/{case['id']}", {"owner": "u-tom"})
    seen = await office.get("sue", f"/cases/{case['id']}")
    assert (seen["words_masked"], seen["masked"]) == (True, True)
    assert "Nobody" not in seen["words"]
    assert seen["customer_name"] == "A··· N···"


async def test_a_supervisor_opens_a_case_by_hand(office: Office):
    customer = await office.anna()
    talk = await office.served(customer=customer)
    made = await office.send(
        "sue", "POST", "/cases", {"interaction": talk, "note": "She sounded lost."}
    )
    assert (made["source"], made["agent"], made["customer"]) == ("hand", "ann", customer)
    of_her = await office.send(
        "sue", "POST", "/cases", {"customer": customer, "note": "Twice now.", "owner": "u-bob"}
    )
    assert of_her["owner"] == "u-bob"
    for body in ({"note": "x"}, {"note": " ", "customer": customer}, {"note": "x", "owner": "o"}):
        await office.send("sue", "POST", "/cases", body, status=400)
    for body in ({"note": "x", "interaction": "none"}, {"note": "x", "customer": "none"}):
        await office.send("sue", "POST", "/cases", body, status=400)
    await office.send("ann", "POST", "/cases", {"note": "x", "customer": customer}, status=403)


async def test_a_list_goes_on_where_the_page_ended(office: Office):
    customer = await office.anna()
    for number in range(5):
        await office.send("sue", "POST", "/cases", {"customer": customer, "note": f"case {number}"})
        office.house.clock.on(MINUTE)
    first = await office.get("sue", "/cases", limit=3)
    rest = await office.get("sue", "/cases", limit=3, before=first["next"])
    assert rest["next"] is None
    ids = [one["id"] for one in [*first["cases"], *rest["cases"]]]
    assert len(set(ids)) == 5
    await office.send("sue", "GET", "/cases", params={"before": "yesterday"}, status=400)


async def test_causes_are_named_by_the_site_and_one_in_use_is_retired(office: Office):
    causes = (await office.get("ann", "/case-causes"))["causes"]
    assert len(causes) == 10
    case = await office.bad_case()
    await office.send("sue", "PATCH", f"/cases/{case['id']}", {"cause": "late"})
    body = {"causes": [{"id": "lost", "names": {"en": "Lost parcel"}}]}
    kept = (await office.send("sue", "PUT", "/case-causes", body))["causes"]
    assert [(one["id"], one["retired"]) for one in kept] == [("lost", False), ("late", True)]
    assert kept[0]["names"]["ru"] == "Lost parcel"
    await office.send("sue", "PATCH", f"/cases/{case['id']}", {"cause": "late"}, status=400)
    assert (await office.get("sue", f"/cases/{case['id']}"))["cause_names"]["en"] == "Late delivery"
    await office.send("ann", "PUT", "/case-causes", body, status=403)
    twice = {"causes": [*body["causes"], *body["causes"]]}
    nameless = {"causes": [{"id": "x", "names": {"de": "Verloren"}}]}
    for wrong in (twice, nameless, {"causes": []}):
        await office.send("sue", "PUT", "/case-causes", wrong, status=400)


async def test_a_mail_from_the_case_is_written_to_the_customer_and_kept(office: Office):
    opened = await office.bad_case()
    path = f"/cases/{opened['id']}/answer"
    await office.send("sue", "POST", path, {"via": "call", "text": "Sorry!"}, status=400)
    assert office.letters == []
    body = {"via": "mail", "subject": "Your lamp", "text": "Dear Anna,\n\na new one is coming.\n"}
    told = await office.send("sue", "POST", path, body)
    assert office.letters == [
        (opened["customer"], "Your lamp", "Dear Anna,\n\na new one is coming.")
    ]
    assert (told["state"], told["answered_via"]) == ("answered", "mail")
    assert told["answered_words"] == "Dear Anna,\n\na new one is coming."
    other = await office.send("sue", "POST", path, {"via": "mail"})  # written elsewhere: noted only
    assert (len(office.letters), other["answered_words"]) == (1, told["answered_words"])


async def test_rules_name_topics_and_limits_that_exist(office: Office):
    rules = await office.get("sue", "/case-rules")
    rules.pop("currency")
    assert rules["topics"] == {}
    gestures = rules["gestures"]
    for wrong in (
        {"topics": {"nothing": None}},
        {"gestures": {**gestures, "most_by_segment": {"nobody": 1}}},
        {"gestures": {**gestures, "most_by_why": {"weather": 1}}},
        {"gestures": {**gestures, "value_pct": 101}},
    ):
        await office.send("sue", "PUT", "/case-rules", {**rules, **wrong}, status=400)
    more = {**gestures, "most_by_segment": {"gold": 900}, "value_pct": 5.0}
    kept = await office.send("ada", "PUT", "/case-rules", {**rules, "gestures": more})
    assert kept["gestures"] == more
