from typing import cast
from uuid import uuid4

import pytest

from tests.channels.asterisk.telephones import AsteriskPhones, HeardPhone
from tests.contracts.house import until
from tests.contracts.phones import Center, Phone, hears, new_leg
from tests.services.asterisk import PHONES
from tests.services.sip import BUSY
from warmline.channels.voice import words as w
from warmline.core.words import AgentId

ROOM, SECOND_ROOM = w.RoomId("room-1"), w.RoomId("room-2")
ANNA = w.Device(agent=AgentId("anna"))


def sip(phone: Phone) -> HeardPhone:
    return cast("HeardPhone", phone)


def play(leg: w.LegId, *prompts: str, language: str = "en", stop_on_digit: bool = False) -> w.Play:
    sounds = tuple(w.Sound(prompt=prompt, language=language) for prompt in prompts)
    return w.Play(leg=leg, play=w.PlayId(str(uuid4())), sounds=sounds, stop_on_digit=stop_on_digit)


# Calls come in


async def test_a_call_tells_who_calls_and_which_number(exchange: AsteriskPhones, center: Center):
    phone = await exchange.call("+48221234567", name="Maria Nowak")
    offered = await center.next(w.LegOffered)
    assert offered.called == "+48221234567"
    assert offered.caller == w.Caller(number=phone.name, name="Maria Nowak")


async def test_a_caller_without_a_number_has_none(exchange: AsteriskPhones, center: Center):
    phone = await exchange.person("anonymous", host="127.0.0.2")
    await phone.phone.calls("shop")
    assert (await center.next(w.LegOffered)).caller == w.Caller()


async def test_a_refused_caller_hears_the_busy_tone(exchange: AsteriskPhones, center: Center):
    phone = await exchange.call("shop")
    leg = (await center.next(w.LegOffered)).leg
    await center.does(w.Reject(leg=leg, cause=w.Cause.BUSY))
    await phone.over()
    assert phone.phone.ended_with == str(BUSY)


async def test_without_a_center_calls_fall_to_the_dialplan(
    exchange: AsteriskPhones, center: Center
):
    await center.stop()
    phone = await exchange.call("shop")
    await phone.over()
    assert phone.phone.ended_with == str(BUSY)


# What callers hear, and key in


async def test_prompts_are_heard_in_the_language_of_the_caller(center: Center):
    leg, caller = await center.incoming()
    first = play(leg, "greeting", "greeting", language="pl")
    await center.does(first)
    await hears(caller, "polish")
    await center.next(w.Played, play=first.play)
    await center.does(play(leg, "greeting", "greeting"))
    await hears(caller, "greeting")


async def test_sounds_of_two_languages_follow_each_other(center: Center):
    leg, caller = await center.incoming()
    command = w.Play(
        leg=leg,
        play=w.PlayId("both"),
        sounds=(w.Sound(prompt="greeting"), w.Sound(prompt="greeting", language="pl")),
    )
    await center.does(command)
    await hears(caller, "greeting")
    await hears(caller, "polish")
    await center.next(w.Played, play=command.play)


async def test_a_prompt_that_is_not_there_is_over_at_once(center: Center):
    leg, _ = await center.incoming()
    command = play(leg, "no-such-prompt")
    await center.does(command)
    await center.next(w.Played, play=command.play)


@pytest.mark.parametrize("prompt", ["../../etc/passwd", "a,sound:b", ""])
async def test_only_names_of_prompts_are_played(center: Center, prompt: str):
    leg, _ = await center.incoming()
    assert await center.network.do(play(leg, prompt)) is w.Outcome.UNSUPPORTED


async def test_a_digit_cuts_the_prompt_short_and_counts(center: Center):
    leg, caller = await center.incoming()
    menu = play(leg, "prompt", stop_on_digit=True)
    await center.does(menu)
    collect = w.CollectId("menu")
    await center.does(w.Collect(leg=leg, collect=collect, most=1, first_ms=15_000))
    await hears(caller, "prompt")
    await caller.presses("2")
    assert (await center.next(w.Collected, collect=collect)).digits == "2"
    await center.next(w.Played, play=menu.play)
    await hears(caller)


async def test_the_music_comes_back_after_an_announcement(center: Center):
    leg, caller = await center.incoming()
    await center.does(w.Wait(leg=leg))
    await hears(caller, "music")
    command = play(leg, "greeting")
    await center.does(command)
    await hears(caller, "greeting")
    await center.next(w.Played, play=command.play)
    await hears(caller, "music")


async def test_digits_go_out_on_a_leg(center: Center):
    leg, caller = await center.incoming()
    await center.does(w.SendDigits(leg=leg, digits="90*#"))
    await sip(caller).phone.until("get digits", lambda: sip(caller).phone.sound.digits == "90*#")
    assert await center.network.do(w.SendDigits(leg=leg, digits="9;x")) is w.Outcome.FAILED


# Ringing somebody


async def test_the_telephone_shows_who_calls_and_which_interaction(
    exchange: AsteriskPhones, center: Center
):
    anna = await exchange.device(AgentId("anna"))
    await center.does(
        w.Dial(
            leg=new_leg(),
            call="call-1",
            to=ANNA,
            role=w.Role.AGENT,
            ring_ms=20_000,
            caller=w.Caller(number="+48501112233", name="Maria Nowak"),
            facts={"interaction": "i-1", "offer": "o-1", "bad\r\nname": "x", "long": "1\r\n2"},
        )
    )
    await anna.rings()
    talk = anna.phone.talk
    assert talk is not None
    assert talk.invite is not None
    assert talk.invite.get("from").startswith('"Maria Nowak" <sip:+48501112233@')
    assert talk.invite.get("x-warmline-interaction") == "i-1"
    assert talk.invite.get("x-warmline-offer") == "o-1"
    assert talk.invite.get("x-warmline-long") == "12"
    assert "bad" not in "".join(name for name, _ in talk.invite.headers)


async def test_a_busy_telephone_and_one_that_is_not_registered(
    exchange: AsteriskPhones, center: Center
):
    anna = await exchange.device(AgentId("anna"))
    anna.phone.busy = True
    leg = await center.dials(ANNA)
    ended = await center.next(w.LegEnded, leg=leg)
    assert (ended.cause, ended.by) == (w.Cause.BUSY, w.By.PARTY)
    assert "eva" in PHONES
    leg = await center.dials(w.Device(agent=AgentId("eva")))
    ended = await center.next(w.LegEnded, leg=leg)
    assert (ended.cause, ended.by) == (w.Cause.UNREACHABLE, w.By.NETWORK)


@pytest.mark.parametrize("number", ["", "12@evil.example", "1&PJSIP/anna", "x" * 200])
async def test_what_is_no_number_cannot_be_reached(center: Center, number: str):
    leg = await center.dials(w.Number(value=number), role=w.Role.OUTSIDE)
    assert (await center.next(w.LegEnded, leg=leg)).cause is w.Cause.UNREACHABLE


async def test_an_outside_call_shows_the_number_of_the_queue(
    exchange: AsteriskPhones, center: Center
):
    number, phone = await exchange.outside()
    await center.does(
        w.Dial(
            leg=new_leg(),
            call="call-1",
            to=w.Number(value=number),
            role=w.Role.OUTSIDE,
            ring_ms=20_000,
            caller=w.Caller(number="+48221234567"),
            facts={"interaction": "i-1"},
        )
    )
    await phone.rings()
    talk = sip(phone).phone.talk
    assert talk is not None
    assert talk.invite is not None
    assert "+48221234567@" in talk.invite.get("from")
    assert not talk.invite.get("x-warmline-interaction"), "nothing of ours leaves the house"


async def test_telephones_are_seen_to_come_and_go(exchange: AsteriskPhones, center: Center):
    anna = await exchange.device(AgentId("anna"))
    await center.next(w.DeviceSeen, agent="anna", on=True)
    before = len(center.heard)
    await anna.phone.register(seconds=0)

    def seen() -> list[tuple[str, bool]]:
        new = (one for one in center.heard[before:] if isinstance(one, w.DeviceSeen))
        return [(one.agent, one.on) for one in new]

    await until("the telephone to go", seen)
    assert seen() == [("anna", False)]
    assert not any(isinstance(one, w.DeviceSeen) and one.agent == "trunk" for one in center.heard)


# Hold, transfer, consult


async def test_the_hold_key_of_a_telephone_is_a_request(center: Center):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(caller, anna)
    await sip(anna).phone.holds()
    await center.next(w.HoldAsked, leg=agent, on=True)
    await hears(caller, "music")
    await sip(anna).phone.holds(on=False)
    await center.next(w.HoldAsked, leg=agent, on=False)
    await hears(caller, anna)


async def test_the_transfer_key_of_a_telephone_is_a_request(center: Center):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(caller, anna)
    assert await sip(anna).phone.transfers("billing") == 202
    assert (await center.next(w.TransferAsked, leg=agent)).to == "billing"
    await hears(caller, anna)
    await center.does(w.Wait(leg=leg))
    await center.does(w.HangUpLeg(leg=agent))
    await anna.over()
    told = sip(anna).phone.notified
    assert told[-1].startswith("SIP/2.0 200"), "the telephone knows that it went well"
    second, boris = await center.reaches("boris")
    await center.joins(leg, second)
    await hears(caller, boris)
    await hears(boris, caller)


async def test_consult_then_conference_then_transfer(center: Center):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(caller, anna)
    await center.does(w.Wait(leg=leg))
    colleague, boris = await center.reaches("boris", role=w.Role.COLLEAGUE)
    await center.joins(agent, colleague, room=SECOND_ROOM)
    await hears(anna, boris)
    await hears(boris, anna)
    assert await sip(caller).heard_for(25) == {"music"}
    await center.joins(leg, agent, colleague)
    await hears(caller, anna, boris)
    await hears(boris, caller, anna)
    await center.does(w.HangUpLeg(leg=agent))
    await hears(caller, boris)
    await hears(boris, caller)


# Supervisors


async def test_a_whisper_is_heard_by_the_agent_alone(center: Center):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    above, eva = await center.reaches("eva", role=w.Role.SUPERVISOR)
    await center.joins(leg, agent)
    await center.joins(above, mode=w.Mode.WHISPER, of=agent)
    await hears(anna, caller, eva)
    assert await sip(caller).heard_for(50) == {anna.name}
    await center.joins(above, mode=w.Mode.LISTEN)
    await hears(anna, caller)
    assert await sip(caller).heard_for(25) == {anna.name}
    assert await sip(anna).heard_for(25) == {caller.name}


async def test_who_listens_stays_with_the_room_not_with_the_agent(center: Center):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    above, eva = await center.reaches("eva", role=w.Role.SUPERVISOR)
    await center.joins(leg, agent)
    await center.joins(above, mode=w.Mode.LISTEN)
    await hears(eva, caller, anna)
    other, second = await center.incoming("other")
    await center.joins(other, agent, room=SECOND_ROOM)
    await hears(second, anna)
    await hears(eva, caller)
    assert second.name not in await sip(eva).heard_for(25)
    colleague, boris = await center.reaches("boris")
    await center.joins(colleague)
    await hears(eva, caller, boris)


async def test_who_listens_first_hears_when_somebody_comes(center: Center):
    above, eva = await center.reaches("eva", role=w.Role.SUPERVISOR)
    await center.does(w.OpenRoom(room=ROOM, call="call-1"))
    await center.joins(above, mode=w.Mode.LISTEN)
    leg, caller = await center.incoming()
    await center.joins(leg)
    await hears(eva, caller)
    await center.does(w.HangUpLeg(leg=above))
    await center.next(w.LegEnded, leg=above)
    await eva.over()
