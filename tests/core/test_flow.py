"""Flows as the core runs them: what is said, where it goes on, and that it always ends."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmline.core import flow
from warmline.core import flow_acts as a
from warmline.core import flow_steps as s
from warmline.core.flow_checks import faults
from warmline.core.settings import Calendar, Interval, Weekday
from warmline.core.words import CalendarId, Instant, Medium, QueueId

NOON = Instant(1_767_612_000_000)  # a Monday
SHOP = CalendarId("shop")
EN = {"en": "Say it."}
LANGUAGES = ("en",)


def shop(opens: int = 0, closes: int = 1440, *, holiday: str = "") -> Calendar:
    week = dict.fromkeys(Weekday, (Interval(opens=opens, closes=closes),))
    return Calendar(id=SHOP, name="Shop", week=week, exceptions={holiday: ()} if holiday else {})


def of(**steps: s.Step) -> s.Flow:
    ends: dict[str, s.Step] = {"done": s.ToQueue(queue=QueueId("help")), "off": s.HangUp()}
    return s.Flow(id="f", start="ask", fallback="off", bound=20, steps={**steps, **ends},
                  media=(Medium.VOICE,))  # fmt: skip


def menu(**more: Any) -> s.Menu:
    choices = {"1": s.Choice(next="done", label={"en": "An order", "pl": "Zamówienie"}),
               "2": s.Choice(next="ask")}  # fmt: skip
    values: dict[str, Any] = {"words": EN, "choices": choices, "otherwise": "off", "retries": 1}
    return s.Menu(**{**values, **more})


def goes(given: s.Flow, *inputs: a.Input, **attributes: str) -> tuple[a.Place, a.Acts]:
    place, acts = flow.begin(given, NOON, {}, attributes=attributes)
    for one in inputs:
        place, acts = flow.advance(given, place, one, NOON, {})
    return place, acts


def said(text: str) -> a.Answered:
    return a.Answered(text=text)


def end(acts: a.Acts) -> str:
    done = a.ends_of(acts)
    return done.step if done is not None else ""


@pytest.mark.parametrize("answer", ["1", " 1. ", "an  order", "ZAMÓWIENIE"])
def test_a_choice_is_made_by_its_key_or_by_its_words(answer: str):
    place, acts = goes(of(ask=menu()), said(answer))
    assert end(acts) == "done"
    assert place.is_over


def test_what_is_no_choice_is_asked_once_more_and_then_goes_the_other_way():
    again, acts = goes(of(ask=menu(sorry={"en": "Sorry?"})), said("7"))
    assert [type(one) for one in acts] == [a.Tell, a.Ask]
    assert again.tries == 1
    _, acts = goes(of(ask=menu()), said("7"), a.Silent())
    assert end(acts) == "off"


def test_a_menu_that_is_come_to_anew_counts_its_tries_anew():
    place, _ = goes(of(ask=menu()), said("7"), said("2"))
    assert (place.step, place.tries) == ("ask", 0)


def test_a_flow_that_goes_round_too_often_takes_its_fallback():
    place, acts = goes(of(ask=menu()), *(said("2") for _ in range(30)))
    assert place.is_over
    _, acts = goes(of(ask=menu()), *(said("2") for _ in range(20)))
    assert end(acts) == "off"


def test_digits_are_kept_once_they_are_confirmed():
    collect = s.Collect(words=EN, into="order", least=3, most=5, next="done", otherwise="off",
                        confirm={"en": "{order}?"})  # fmt: skip
    _, acts = goes(of(ask=collect), said("12-34#"))
    assert acts[-1] == a.Ask(step="ask", words="1 2 3 4?", language="en", wait_ms=8_000,
                             options=(a.Option(key="1", label=""), a.Option(key="2", label="")),
                             personal=True, again=True)  # fmt: skip
    place, _ = goes(of(ask=collect), said("1234"), said("2"))
    assert (place.awaits, place.tries, "order" in place.attributes) == (a.Awaits.ANSWER, 1, False)
    place, acts = goes(of(ask=collect), said("1234"), said("1"))
    assert (end(acts), place.attributes["order"]) == ("done", "1234")


@pytest.mark.parametrize("text", ["12", "123456", "one", ""])
def test_what_are_no_digits_of_that_length_is_asked_again(text: str):
    collect = s.Collect(words=EN, into="n", least=3, most=5, next="done", otherwise="off")
    place, _ = goes(of(ask=collect), said(text))
    assert (place.step, place.tries) == ("ask", 1)


def test_hours_follow_the_calendar_and_its_holidays():
    step = s.Hours(calendar=SHOP, open="done", closed="off")
    flow_ = of(ask=step)
    holiday = shop(holiday="2026-01-05")
    for calendars, ends_at in (({SHOP: shop()}, "done"), ({SHOP: shop(0, 60)}, "off"),
                               ({SHOP: holiday}, "off"), ({}, "done")):  # fmt: skip
        _, acts = flow.begin(flow_, NOON, calendars)
        assert end(acts) == ends_at


def test_attributes_are_set_said_and_chosen_by():
    steps: dict[str, s.Step] = {
        "ask": s.Assign(values={"language": "pl", "tier": "{segment}-1"}, next="by"),
        "by": s.Choose(attribute="tier", cases={"gold-1": "hello"}, otherwise="off"),
        "hello": s.Say(words={"en": "Hi {tier}", "pl": "Witaj {tier}{none}"}, next="done"),
    }
    _, acts = goes(of(**steps), segment="gold")
    assert a.Tell(step="hello", words="Witaj gold-1", language="pl", personal=True) in acts
    assert end(goes(of(**steps), segment="basic")[1]) == "off"


def test_words_in_a_letter_decide_by_any_of_them_whatever_their_case():
    step = s.Mention(attribute="subject", otherwise="off",
                     cases={"back": (("return", "zwrot"), "done")})  # fmt: skip
    assert end(goes(of(ask=step), subject="Proszę o ZWROT pieniędzy")[1]) == "done"
    assert end(goes(of(ask=step), subject="Hello")[1]) == "off"
    assert end(goes(of(ask=step))[1]) == "off"


def test_a_lookup_leaves_what_was_found_in_attributes():
    step = s.Lookup(url="https://x.example/o?n={n}", into={"state": "status"}, next="done",
                    otherwise="off")  # fmt: skip
    _, acts = goes(of(ask=step), n="1 &/ż")
    assert acts[-1] == a.Fetch(step="ask", of="http", url="https://x.example/o?n=1%20%26%2F%C5%BC",
                               fields=("state",))  # fmt: skip
    place, acts = goes(of(ask=step), a.Found(values={"state": "sent", "other": "no"}), n="1")
    assert (end(acts), place.attributes) == ("done", {"n": "1", "status": "sent"})
    assert end(goes(of(ask=step), a.NotFound(), n="1")[1]) == "off"


def test_a_pin_is_kept_nowhere():
    step = s.Identify(by=s.By.PIN, words=EN, known="done", unknown="off", retries=1)
    place, acts = goes(of(ask=step), said("4711"))
    assert acts[-1] == a.Fetch(step="ask", of="pin", pin="4711")
    assert "4711" not in json.dumps(a.plain(place))
    _, acts = flow.again(of(ask=step), place, NOON, {})
    assert isinstance(acts[-1], a.Ask)
    assert acts[-1].secret
    _, acts = goes(of(ask=step), said("4711"), a.Found(values={"segment": "gold"}))
    assert end(acts) == "done"
    _, acts = goes(of(ask=step), said("1"), a.NotFound(), said("2"), a.NotFound())
    assert end(acts) == "off"


def test_an_input_that_nobody_waits_for_changes_nothing():
    given = of(ask=menu())
    place, _ = flow.begin(given, NOON, {})
    assert flow.advance(given, place, a.NotFound(), NOON, {}) == (place, ())
    over, _ = goes(given, said("1"))
    assert flow.advance(given, over, said("1"), NOON, {}) == (over, ())


def test_a_callback_is_taken_refused_or_let_pass():
    step = s.Callback(words=EN, queue=QueueId("late"), accepted="off", otherwise="done")
    _, acts = goes(of(ask=step), said("1"))
    assert acts == (a.Fetch(step="ask", of="callback", queue="late"),)
    assert end(goes(of(ask=step), said("1"), a.Found())[1]) == "off"
    assert end(goes(of(ask=step), said("1"), a.NotFound())[1]) == "done"
    assert end(goes(of(ask=step), said("2"))[1]) == "done"
    assert end(goes(of(ask=step), a.Silent())[1]) == "done"


# Whatever the flow, whatever the customer

IDS = ("a", "b", "c", "d", "e")
TARGETS = st.sampled_from((*IDS, "done", "off"))
ANSWERS = st.sampled_from(("1", "2", "3", "1234", "#", "", "an order", "x"))
INPUTS: st.SearchStrategy[a.Input] = st.one_of(ANSWERS.map(said), st.just(a.Silent()))
RESULTS: st.SearchStrategy[a.Input] = st.sampled_from((a.NotFound(), a.Found(values={"x": "1"})))


@st.composite
def _steps(draw: st.DrawFn) -> s.Step:
    kind = draw(st.integers(0, 9))
    one, two, three = draw(TARGETS), draw(TARGETS), draw(TARGETS)
    retries = draw(st.integers(0, 2))
    choices = {"1": s.Choice(next=one), "2": s.Choice(next=two)}
    made: tuple[s.Step, ...] = (
        s.Say(words=EN, next=one),
        s.Hours(calendar=SHOP, open=one, closed=two),
        s.Menu(words=EN, choices=choices, otherwise=three, retries=retries),
        s.Collect(words=EN, into="n", next=one, otherwise=two, retries=retries,
                  confirm=EN if retries else {}),
        s.Assign(values={"x": "{n}"}, next=one),
        s.Choose(attribute="x", cases={"1": one, "2": two}, otherwise=three),
        s.Mention(attribute="x", cases={"m": (("1",), one)}, otherwise=two),
        s.Lookup(into={"x": "x"}, next=one, otherwise=two),
        s.Identify(by=draw(st.sampled_from(s.By)), words=EN, known=one, unknown=two),
        s.Callback(words=EN, queue=QueueId("q"), accepted=one, otherwise=two, retries=retries),
    )  # fmt: skip
    return made[kind]


FLOWS = st.builds(
    lambda steps, bound: s.Flow(
        id="f", start="a", fallback="off", bound=bound, media=(Medium.VOICE,),
        steps={**steps, "done": s.ToQueue(), "off": s.HangUp()},
    ),
    st.fixed_dictionaries(dict.fromkeys(IDS, _steps())),
    st.integers(5, 60),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(FLOWS, st.data())
def test_every_flow_ends_whatever_the_customer_does(given_: s.Flow, data: st.DataObject):
    place, acts = flow.begin(given_, NOON, {})
    # Each step takes at most its tries, each try an answer and a confirmation or a look-up.
    for _ in range(given_.bound * 3 * 2 + 2):
        if place.is_over:
            break
        assert isinstance(acts[-1], a.Ask | a.Fetch), "who waits was asked, or is looked up"
        kept = a.from_plain(json.loads(json.dumps(a.plain(place))))
        assert kept == place
        same, once_more = flow.again(given_, place, NOON, {})
        assert (same.step, same.made, same.tries) == (place.step, place.made, place.tries)
        assert once_more
        one = data.draw(RESULTS if place.awaits is a.Awaits.FETCH else INPUTS)
        place, acts = flow.advance(given_, place, one, NOON, {})
    assert place.is_over
    assert a.ends_of(acts) is not None


@settings(max_examples=150, deadline=None)
@given(FLOWS)
def test_a_flow_without_faults_has_only_ways_that_lead_on_to_an_end(given_: s.Flow):
    found = {one.code for one in faults(given_, LANGUAGES)}
    ahead: list[str] = [given_.start]
    seen: set[str] = set()
    while ahead:
        at = ahead.pop()
        if at not in seen:
            seen.add(at)
            ahead += given_.steps[at].ways.values()
    everything = set(given_.steps) - {"off"}
    assert ("unreachable" in found) == bool(everything - seen)
    if not found:
        assert _all_end(given_.steps, seen)


def _all_end(steps: Mapping[str, s.Step], seen: set[str]) -> bool:
    def ends(at: str, before: frozenset[str]) -> bool:
        if isinstance(steps[at], s.End):
            return True
        return any(ends(to, before | {at}) for to in steps[at].ways.values() if to not in before)

    return all(ends(at, frozenset()) for at in seen)


def test_a_loop_in_which_nobody_is_asked_is_a_fault():
    idle = of(ask=s.Say(words=EN, next="b"), b=s.Hours(calendar=SHOP, open="ask", closed="done"))
    assert {one.code for one in faults(idle, LANGUAGES)} == {"idle_loop"}
    asked = of(ask=s.Say(words=EN, next="b"), b=menu())
    assert not faults(asked, LANGUAGES)


def test_a_dead_end_is_a_fault():
    step = s.Say(words=EN, next="ask")
    codes = {one.code for one in faults(of(ask=step), LANGUAGES)}
    assert {"dead_end", "idle_loop"} <= codes


def test_what_only_a_telephone_can_is_for_calls_alone():
    given_ = s.Flow(id="f", start="t", fallback="t", media=(Medium.CHAT,),
                    steps={"t": s.Transfer(number="123")})  # fmt: skip
    assert [one.code for one in faults(given_, LANGUAGES)] == ["only_by_phone"]
