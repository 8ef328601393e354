import asyncio
import random
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from tests.channels.webrtc.relayed import Relayed, relayed
from tests.contracts.house import until
from tests.contracts.phones import Center, center_of, hears
from warmline.channels.voice import words as w
from warmline.core.agent import AgentState
from warmline.core.settings import Agent, Capacity, Inbox
from warmline.core.words import AgentId, Medium, Presence, QueueId
from warmline.demo import behaviour, shop, telephone
from warmline.demo import ringers as ringing
from warmline.demo.door import Door
from warmline.demo.pace import Pace
from warmline.demo.ringers import Ringers
from warmline.demo.shop import Person
from warmline.demo.telephone import Telephone
from warmline.demo.troupe import Troupe
from warmline.engine.clock import WallClock

CHAIR = next(person for person in shop.AGENTS if person.chair)


@pytest.fixture
async def pages() -> AsyncGenerator[Relayed]:
    async with relayed() as pages:
        inbox = Inbox(
            id=shop.PHONE_INBOX, name="Call us", medium=Medium.VOICE, queue=QueueId("calls")
        )
        pages.center_state.inboxes[inbox.id] = inbox
        yield pages


@pytest.fixture
async def center(pages: Relayed) -> AsyncGenerator[Center]:
    async with center_of(pages) as center:
        yield center


async def test_a_simulated_customer_calls_talks_and_hangs_up(
    pages: Relayed, center: Center, monkeypatch: pytest.MonkeyPatch
):
    for pause in ("GREETED_S", "ANSWERED_S"):
        monkeypatch.setattr(telephone, pause, 0.3)
    chance = random.Random(7)
    about = replace(behaviour.contact(chance, behaviour.customers()), topic="orders", mail=False)
    said: list[w.Sound] = []

    async def speak(sound: w.Sound) -> bytes | None:
        said.append(sound)
        return await pages.wav_of(w.Sound(prompt="welcome"))

    door, troupe = Door(f"http://127.0.0.1:{pages.port}", "badge"), Troupe()
    calls = Telephone(door=door, about=about, chance=chance, speak=speak)
    try:
        troupe.send("caller", calls.perform)
        offered = await center.next(w.LegOffered)
        assert offered.caller.number == about.customer.phone
        assert offered.facts["language"] == about.customer.language
        await center.does(w.Answer(leg=offered.leg))
        agent, anna = await center.reaches("anna")
        await center.does(w.Mute(leg=agent))  # who is heard to speak is not interrupted
        await center.joins(offered.leg, agent)
        await hears(anna, "prompt")
        ended = await center.next(w.LegEnded, leg=offered.leg)
        assert (ended.cause, ended.by) == (w.Cause.NORMAL, w.By.PARTY)
        assert len(said) >= 3
        assert {one.language for one in said} == {about.customer.language}
    finally:
        await troupe.leave()
        await door.close()


async def test_a_customer_without_a_voice_hums(
    pages: Relayed, center: Center, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(telephone, "GREETED_S", 0.3)
    pages.known[telephone._NOTES_HZ[0]] = "note"
    chance = random.Random(8)
    about = replace(behaviour.contact(chance, behaviour.customers()), topic="orders", mail=False)

    async def speak(_: w.Sound) -> bytes | None:
        return None

    door, troupe = Door(f"http://127.0.0.1:{pages.port}", "badge"), Troupe()
    calls = Telephone(door=door, about=about, chance=chance, speak=speak)
    try:
        troupe.send("caller", calls.perform)
        leg = (await center.next(w.LegOffered)).leg
        await center.does(w.Answer(leg=leg))
        agent, anna = await center.reaches("anna")
        await center.does(w.Mute(leg=agent))
        await center.joins(leg, agent)
        await hears(anna, "note")
    finally:
        await troupe.leave()
        await door.close()


def seated(pages: Relayed, **more: object) -> AgentState:
    capacity = Capacity(slots={Medium.VOICE: 1}, total=1)
    spec = Agent(id=AgentId(CHAIR.id), capacity=capacity)
    agent = AgentState(spec=spec, presence=Presence.AVAILABLE, connected=True)
    for name, value in more.items():
        setattr(agent, name, value)
    pages.center_state.agents[agent.id] = agent
    return agent


async def test_only_a_human_with_a_phone_is_rung(pages: Relayed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ringing, "FIRST_CALL_S", 0.0)
    monkeypatch.setattr(ringing, "LOOK_EVERY_S", 0.01)
    phones: list[AgentId] = []
    alone: set[str] = set()
    sent: list[Person] = []
    ringers = Ringers(
        pages,
        WallClock(),
        Pace(),
        random.Random(1),
        phones=lambda: phones,
        send=sent.append,
        spared=alone.__contains__,
    )
    agent = seated(pages)
    assert ringers.there() is None, "there is no phone"
    phones.append(agent.id)
    assert ringers.there() is CHAIR
    agent.presence = Presence.OFFLINE
    assert ringers.there() is None
    agent.presence = Presence.AVAILABLE
    alone.add(CHAIR.id)
    assert ringers.there() is None, "they brought a customer of their own"
    alone.clear()
    watching = asyncio.create_task(ringers.watch())
    try:
        await until("a call", lambda: sent)
        assert sent == [CHAIR], "the next one comes after a while"
    finally:
        watching.cancel()
