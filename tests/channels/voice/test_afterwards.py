"""The agent hangs up, and the caller says by keys how it was."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.channels.voice.asked import answers_to, asks_callers, asks_of
from tests.channels.voice.people import CustomerCall, Office
from tests.contracts.house import ANNA, SITE, until
from warmline.channels.voice.words import Ability
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import Party
from warmline.experience.surveys.model import ENDS
from warmline.experience.surveys.room import Surveys
from warmline.experience.surveys.tables import due_of
from warmline.ports import Recorded
from warmline.storage.rows import Row, row

SURVEY = """\
survey: how
name: How it was
when: after close
ways: [phone, link]
share: 100 %
apart: 0 d
open: 7 d
questions:
  score: {kind: csat}
  recommend: {kind: nps}
  easy: {kind: ces, if: score <= 2}
  why: {kind: text, ask: {en: "What else?"}}
"""


@dataclass
class Asked:
    """An office whose callers are asked."""

    office: Office
    surveys: Surveys

    async def asks(self, call: CustomerCall) -> Sequence[Row]:
        return await asks_of(self.office.house, call.interaction)

    async def due(self, call: CustomerCall) -> Row | None:
        """What is noted of the decision whether the caller is asked."""
        async with self.office.house.database.read() as connection:
            return await row(connection, due_of(SITE, call.interaction))

    async def let_go(self, call: CustomerCall) -> None:
        """Nobody is on the line any more."""
        net = self.office.net
        await until("the caller to be let go", lambda: call.phone.is_idle() and not net.lines)

    async def why_not(self, call: CustomerCall) -> str:
        """Why the caller is asked nothing, once that is decided."""
        await self.let_go(call)

        async def decided() -> Row | None:
            found = await self.due(call)
            return found if found is not None and found["state"] == "passed" else None

        assert not await self.asks(call)
        return (await until("the decision", decided))["why"]

    async def ended(self, call: CustomerCall) -> Row:
        """The one ask about a call, once nobody is asked any more."""
        await self.let_go(call)

        async def over() -> Row | None:
            [ask] = await self.asks(call)
            return ask if ask["state"] in ENDS.values() else None

        return await until("the end", over)

    async def answers(self, ask: Row) -> dict[str, Any]:
        return await answers_to(self.office.house, ask)

    async def is_asked(self, call: CustomerCall, *words: str) -> None:
        """The caller is asked a question with these words in it."""

        def said() -> bool:
            asking = self.office.house.voice.afterwards._asking.get(call.interaction)
            question = asking.question if asking is not None else None
            return question is not None and all(one in question.words for one in words)

        await until(f"{words} to be asked", said)


@pytest.fixture
async def asked(office: Office) -> AsyncGenerator[Asked]:
    async with asks_callers(office.house, SURVEY) as surveys:
        yield Asked(office, surveys)


async def hung_up(asked: Asked) -> CustomerCall:
    """A call that the agent has ended; the caller is still there."""
    call = await asked.office.talks()
    asked.office.net.device(ANNA).hang_up()
    return call


async def test_the_caller_answers_by_keys_once_the_agent_has_hung_up(asked: Asked) -> None:
    call = await hung_up(asked)
    await asked.is_asked(call, "How was it", "Press 1 to 5", "5 is great")
    assert not call.phone.is_idle()
    call.phone.press("4")
    await asked.is_asked(call, "recommend", "star for ten")
    call.phone.press("*")
    ask = await asked.ended(call)
    assert (ask["via"], ask["state"], ask["channel"]) == ("phone", "closed", "voice")
    assert await asked.answers(ask) == {"score": 4.0, "recommend": 10.0}
    [over] = await asked.office.log(call, e.Ended)
    assert over.by is Party.AGENT


async def test_what_is_asked_next_depends_on_the_key_and_a_wrong_key_is_asked_again(asked: Asked):
    call = await hung_up(asked)
    await asked.is_asked(call, "How was it")
    call.phone.press("7")
    await asked.is_asked(call, "How was it")
    call.phone.press("1")
    await asked.is_asked(call, "recommend")
    call.phone.press("0")
    await asked.is_asked(call, "How easy", "Press 1 to 7")
    call.phone.press("2")
    ask = await asked.ended(call)
    assert await asked.answers(ask) == {"score": 1.0, "recommend": 0.0, "easy": 2.0}


async def test_who_hangs_up_has_said_what_they_have_said(asked: Asked) -> None:
    call = await hung_up(asked)
    await asked.is_asked(call, "How was it")
    call.phone.press("5")
    await asked.is_asked(call, "recommend")
    call.phone.hang_up()
    ask = await asked.ended(call)
    assert ask["state"] == "closed"
    assert await asked.answers(ask) == {"score": 5.0}


async def test_who_presses_nothing_is_let_go(asked: Asked) -> None:
    call = await hung_up(asked)
    await asked.is_asked(call, "How was it")
    call.phone.press("99")
    ask = await asked.ended(call)
    assert ask["state"] == "expired"
    assert await asked.answers(ask) == {}


async def test_who_has_hung_up_is_asked_nothing(asked: Asked) -> None:
    call = await asked.office.talks()
    call.phone.hang_up()
    assert await asked.why_not(call) == "unreachable"


async def test_a_network_that_cannot_speak_lets_go_at_once(asked: Asked) -> None:
    asked.office.net.abilities -= {Ability.PLAY}
    call = await hung_up(asked)
    assert await asked.why_not(call) == "unreachable"


async def test_nobody_is_let_go_before_the_channel_has_heard_of_the_end(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await asked.office.talks()
    voice, may_hear = asked.office.house.voice, asyncio.Event()
    react = voice.react

    async def late(recorded: Recorded) -> None:
        if isinstance(recorded.event, e.Ended):
            await may_hear.wait()
        await react(recorded)

    monkeypatch.setattr(voice, "react", late)
    await asked.office.gives(c.End, call)
    voice.soon(call.interaction)
    await until("the agent's phone to be down", asked.office.net.device(ANNA).is_idle)

    async def looked_at() -> bool:
        due = await asked.due(call)
        return due is not None and due["survey"] == "how"

    await until("the survey to be thought about", looked_at)
    due = await asked.due(call)
    assert due is not None
    assert due["state"] == "waiting"
    assert not call.phone.is_idle()
    may_hear.set()
    await asked.is_asked(call, "How was it")
