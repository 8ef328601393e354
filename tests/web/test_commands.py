"""Commands over HTTP: the core's own fields, idempotent, and nothing of others in the answer."""

from typing import Any

import pytest

from tests.web.center import Center
from tests.web.test_live import a_chat, submit
from warmline.core import commands as c
from warmline.core.permissions import NEEDED, RIGHTS
from warmline.core.words import AgentId, CommandId, Presence, Role
from warmline.web.commands import GIVEN_BY_PEOPLE

COMMANDS = "/api/v1/commands"
WORDS_OR_SETTINGS = {
    c.Send, c.Unsend, c.AddNote, c.DefineSkill, c.DefineQueue, c.DefineAgent, c.DefineTeam,
    c.DefineCalendar, c.DefineInbox, c.DefineDisposition, c.DefineReason, c.DefineSegment,
    c.DefinePolicy, c.Remove, c.Publish, c.StartTrial, c.EndTrial, c.RestoreMatcher, c.Identify, c.Reveal,
    c.Begin, c.TakeOver,
}  # fmt: skip


def presence(word: str, **other: Any) -> dict[str, Any]:
    return {"agent": "a-ann", "presence": word, **other}


async def test_a_command_answers_with_its_events(center: Center):
    ann = await center.signed_in("ann")
    answer = await ann.post(f"{COMMANDS}/SetPresence", json=presence("break"))
    assert answer.status_code == 200
    body = answer.json()
    assert body["repeated"] is False
    [event] = body["events"]
    assert event == {
        "position": center.engine.position(),
        "name": "PresenceChanged",
        "at": event["at"],
        "agent": "a-ann",
        "presence": "break",
        "reason": None,
        "cause": "self",
    }


@pytest.mark.parametrize("place", ["body", "header"])
async def test_a_repeated_command_gets_its_first_answer(center: Center, place: str):
    ann = await center.signed_in("ann")

    async def give(word: str) -> dict[str, Any]:
        body = presence(word, **({"id": "wish-1"} if place == "body" else {}))
        headers = {"Idempotency-Key": "wish-1"} if place == "header" else {}
        return (await ann.post(f"{COMMANDS}/SetPresence", json=body, headers=headers)).json()

    first = await give("break")
    assert await give("meal") == {**first, "repeated": True}
    assert center.engine.center().agents[AgentId("a-ann")].presence is Presence.BREAK


async def test_the_same_id_of_another_user_is_another_command(center: Center):
    ann, sue = await center.signed_in("ann"), await center.signed_in("sue")
    await ann.post(f"{COMMANDS}/SetPresence", json=presence("break", id="wish-1"))
    answer = await sue.post(f"{COMMANDS}/SetPresence", json=presence("meal", id="wish-1"))
    assert answer.json()["repeated"] is False


async def test_two_different_ids_make_no_sense(center: Center):
    ann = await center.signed_in("ann")
    answer = await ann.post(
        f"{COMMANDS}/SetPresence",
        json=presence("break", id="one"),
        headers={"Idempotency-Key": "two"},
    )
    assert (answer.status_code, answer.json()["field"]) == (400, "id")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"presence": "break"}, "agent"),
        (presence("asleep"), "presence"),
        (presence("break", by={"roles": ["system"]}), "by"),
        (presence("break", agent="../a"), "agent"),
        (presence("break", agent="a" * 65), "agent"),
        (presence("break", agent=7), "agent"),
        (presence("break", id=""), "id"),
    ],
)
async def test_bad_fields_are_named(center: Center, body: dict[str, Any], field: str):
    ann = await center.signed_in("ann")
    answer = await ann.post(f"{COMMANDS}/SetPresence", json=body)
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_what_the_world_refuses_is_409_and_what_is_unknown_404(center: Center):
    ann = await center.signed_in("ann")
    unknown = await ann.post(f"{COMMANDS}/Accept", json={"interaction": "none", "offer": "o"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_interaction")
    chat = await a_chat(center)
    gone = await ann.post(f"{COMMANDS}/Accept", json={"interaction": chat, "offer": "o"})
    assert (gone.status_code, gone.json()["code"]) == (409, "offer_gone")


async def test_an_agent_does_not_set_anothers_presence(center: Center):
    await center.user("bob", Role.AGENT, agent="a-bob")
    bob = await center.signed_in("bob")
    answer = await bob.post(f"{COMMANDS}/SetPresence", json=presence("break"))
    assert answer.status_code == 409
    assert center.engine.center().agents[AgentId("a-ann")].presence is Presence.OFFLINE


async def test_an_agent_is_not_told_what_the_command_set_off_for_others(center: Center):
    await center.user("bob", Role.AGENT, agent="a-bob")
    chat = await a_chat(center)
    for agent in (AgentId("a-ann"), AgentId("a-bob")):
        await submit(center, c.ConnectAgent(id=CommandId(f"c-{agent}"), agent=agent))
    ann, bob = await center.signed_in("ann"), await center.signed_in("bob")
    came = await ann.post(f"{COMMANDS}/SetPresence", json=presence("available"))
    [offered] = [event for event in came.json()["events"] if event["name"] == "Offered"]
    await bob.post(f"{COMMANDS}/SetPresence", json=presence("available", agent="a-bob"))
    gone = await ann.post(
        f"{COMMANDS}/Decline", json={"interaction": chat, "offer": offered["offer"]}
    )
    assert [event["name"] for event in gone.json()["events"]] == ["OfferDeclined"]
    offer = center.engine.center().interactions[chat].offer
    assert offer is not None
    assert offer.agent == "a-bob"


def test_every_command_of_a_person_has_a_route_or_a_place_of_its_own():
    people = frozenset[Any]().union(
        *(RIGHTS[role] for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR))
    )
    of_people = {kind for kind, needed in NEEDED.items() if not needed.isdisjoint(people)}
    assert of_people == set(GIVEN_BY_PEOPLE) | WORDS_OR_SETTINGS


async def test_what_only_a_channel_or_the_center_may_do_has_no_route(center: Center):
    ann = await center.signed_in("ann")
    for name in ("Arrive", "Tick", "ConnectAgent", "HangUp", "Send", "Remove", "DefineQueue"):
        assert (await ann.post(f"{COMMANDS}/{name}", json={})).status_code == 404
