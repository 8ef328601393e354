"""Pages that call and are called: who may, what a reload does, and what is refused."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.channels.webrtc.browsers import SHOP, Browsers, ScriptedPage, browsers, leg_of
from tests.contracts.house import until
from tests.contracts.phones import Center, center_of, hears
from tests.services.ports import LOOPBACK
from warmline.channels.voice import words as w
from warmline.channels.webrtc.ice import VALID_MS, IceServers
from warmline.config import Settings, from_environment
from warmline.core.words import AgentId
from warmline.engine.clock import WallClock

ANNA = w.Device(agent=AgentId("anna"))


@pytest.fixture
async def around() -> AsyncIterator[Browsers]:
    async with browsers() as around:
        yield around


@pytest.fixture
async def center(around: Browsers) -> AsyncIterator[Center]:
    async with center_of(around) as center:
        yield center


@pytest.fixture
async def impatient() -> AsyncIterator[Center]:
    """A center whose pages count as lost soon after they went."""
    async with browsers(lost_after_ms=300) as around, center_of(around) as center:
        yield center


async def talking(center: Center) -> tuple[w.LegId, ScriptedPage, w.LegId, ScriptedPage]:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    await hears(anna, customer)
    assert isinstance(customer, ScriptedPage)
    assert isinstance(anna, ScriptedPage)
    return leg, customer, agent, anna


# Pages that go and come


async def test_a_page_that_is_loaded_again_has_the_talk_again(center: Center):
    leg, customer, agent, anna = await talking(center)
    for page in (anna, customer):
        before = set(page.wires)
        await page.go()
        await page.come()
        await hears(customer, anna)
        await hears(anna, customer)
        assert before.isdisjoint(page.wires)
    assert not [one for one in center.heard if isinstance(one, w.LegEnded)]
    assert {leg_of(customer), leg_of(anna)} == {leg, agent}


async def test_a_line_that_was_cut_leaves_the_sound_alone(center: Center):
    _, customer, _, anna = await talking(center)
    before = set(anna.wires)
    await anna.go()
    await anna.come(keep=True)
    await anna.say({"type": "ping"})
    await until("the answer", lambda: any(one["type"] == "pong" for one in anna.heard))
    assert set(anna.wires) == before
    await hears(customer, anna)


async def test_a_page_that_stays_away_is_lost_once(impatient: Center):
    leg, customer, agent, anna = await talking(impatient)
    await anna.go()
    ended = await impatient.next(w.LegEnded, leg=agent)
    assert (ended.cause, ended.by) == (w.Cause.LOST, w.By.NETWORK)
    assert not (await impatient.next(w.DeviceSeen, agent="anna", on=False)).on
    await hears(customer)
    await customer.go()
    assert (await impatient.next(w.LegEnded, leg=leg)).cause is w.Cause.LOST
    assert sum(isinstance(one, w.LegEnded) for one in impatient.heard) == 2


async def test_the_same_desk_opened_twice_is_the_later_one(center: Center, around: Browsers):
    first = await around.desk("anna", key="window-1")
    second = await around.desk("anna", key="window-1")
    await until("the first to be told", lambda: first.closed == 4409)
    await center.dials(ANNA)
    await second.rings()


async def test_every_window_rings_and_one_carries_the_call(center: Center, around: Browsers):
    first, second = await around.desk("anna"), await around.desk("anna")
    leg = await center.dials(ANNA)
    await first.rings()
    await second.rings()
    looked_at = around.board.phones(AgentId("anna"))[0]
    await first.say({"type": "front"})
    await until("the window", lambda: around.board.phones(AgentId("anna"))[-1] is looked_at)
    await center.does(w.PickUp(leg=leg))
    await center.next(w.LegAnswered, leg=leg)
    await second.over()
    await second.say({"type": "hang_up", "leg": leg})
    await second.say({"type": "ping"})
    await until("the answer", lambda: any(one["type"] == "pong" for one in second.heard))
    assert first.legs, "only the window that carries a call may end it"


async def test_a_desk_without_a_microphone_is_no_phone(center: Center, around: Browsers):
    mute = await around.desk("anna", able=False)
    first = await center.dials(ANNA)
    assert (await center.next(w.LegEnded, leg=first)).cause is w.Cause.UNREACHABLE
    await mute.say({"type": "able", "on": True})
    await center.next(w.DeviceSeen, agent="anna", on=True)
    second = await center.dials(ANNA)
    await mute.rings()
    await mute.say({"type": "able", "on": False})
    assert (await center.next(w.LegEnded, leg=second)).cause is w.Cause.UNREACHABLE


async def test_who_signs_out_is_no_phone_any_more(center: Center, around: Browsers):
    anna = await around.device(AgentId("anna"))
    around.signed_out.set()
    await until("the goodbye", lambda: anna.closed == 4401)


# What a page tells of its call


async def test_the_desk_asks_for_hold_and_tells_how_well_it_hears(center: Center):
    _, customer, agent, anna = await talking(center)
    await anna.ask("hold", on=True)
    assert (await center.next(w.HoldAsked, leg=agent)).on
    await customer.ask("hold", on=True)
    figures = {"loss": 0.01, "jitter_ms": 3.5, "round_trip_ms": 40.0, "mos": 4.3}
    await anna.ask("quality", **figures)
    measured = await center.next(w.QualityMeasured, leg=agent)
    assert {name: getattr(measured, name) for name in figures} == figures
    assert sum(isinstance(one, w.HoldAsked) for one in center.heard) == 1


async def test_a_page_that_mutes_itself_stays_mute_after_a_reload(center: Center):
    _, customer, _, anna = await talking(center)
    await anna.ask("mute", on=True)
    await hears(customer)
    await anna.go()
    await anna.come()
    await hears(anna, customer)
    assert await customer.hears() == frozenset()


async def test_a_connection_that_fails_is_made_anew_and_at_last_given_up(center: Center):
    _, customer, _, anna = await talking(center)
    seen: set[str] = set()
    for _ in range(3):
        await until(
            "a new one", lambda: set(anna.wires) - seen and next(iter(anna.wires.values())).up
        )
        (id_,) = anna.wires
        seen.add(id_)
        await anna.ask("failed", connection=id_)
    for page in (anna, customer):
        await until(
            "the words", lambda page=page: any(one["type"] == "unheard" for one in page.heard)
        )
    assert not anna.wires


async def test_what_pages_say_reaches_only_the_other_side(center: Center, around: Browsers):
    _, _, agent, anna = await talking(center)
    (connection,) = anna.wires
    stranger = await around.call("second")
    signal = {"type": "signal", "connection": connection, "kind": "offer", "body": "mine"}
    for leg in (leg_of(stranger), agent):
        await stranger.say({**signal, "leg": leg})
    await stranger.say({"type": "ping"})
    await until("the answer", lambda: any(one["type"] == "pong" for one in stranger.heard))
    assert not [one for one in anna.heard if one.get("body") == "mine"]


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        ("{", "frame"),
        ('{"type": "dance"}', "type"),
        ('{"type": "mute"}', "leg"),
        ('{"type": "able", "more": 1}', "frame"),
        (json.dumps({"type": "ping", "body": "x" * 70_000}), "frame"),
        (json.dumps({"type": "here", "connections": ["x"] * 33}), "connections"),
        (b"bytes", "frame"),
    ],
)
async def test_nonsense_is_refused_with_its_field(
    center: Center, around: Browsers, frame: str | bytes, field: str
):
    page = await around.call("shop")
    assert page._socket is not None
    await page._socket.send(frame)
    said = await until(
        "the refusal", lambda: next((one for one in page.heard if one["type"] == "error"), None)
    )
    assert (said["code"], said["field"]) == ("malformed", field)
    assert page.closed is None


@pytest.mark.parametrize("more", [{"mos": 9}, {"loss": 1.5}, {"jitter_ms": -1}, {"kind": "sing"}])
async def test_figures_out_of_range_are_refused(center: Center, more: dict[str, object]):
    _, _, _, anna = await talking(center)
    (connection,) = anna.wires
    figures: dict[str, object] = {"loss": 0, "jitter_ms": 1, "round_trip_ms": 1, "mos": 4, **more}
    kind = "signal" if "kind" in more else "quality"
    await anna.ask(kind, **figures, connection=connection, body="")
    await until("the refusal", lambda: any(one["type"] == "error" for one in anna.heard))


# Who may call


async def test_a_call_is_told_with_who_and_in_which_language(center: Center, around: Browsers):
    more = {"name": " Nina  Wolf ", "number": "+48 501 234 567", "language": "pl-PL"}
    page = ScriptedPage("nina", around, await around.call_address("shop", **more))
    around.pages.append(page)
    await page.come()
    offered = await center.next(w.LegOffered)
    assert offered.caller == w.Caller(name="Nina Wolf", number="+48501234567")
    assert (offered.called, offered.facts) == ("shop", {"language": "pl"})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"inbox": "nowhere"}, 404, "unknown_inbox"),
        ({"inbox": "shop", "number": "12"}, 400, "malformed"),
        ({"inbox": "shop", "name": "x" * 200}, 400, "malformed"),
        ({"inbox": "shop", "language": "?"}, 400, "malformed"),
        ({"inbox": "shop", "wish": "tea"}, 400, "malformed"),
    ],
)
async def test_a_call_that_cannot_be_is_refused(
    center: Center, around: Browsers, body: dict[str, object], status: int, code: str
):
    answer = await around.http.post("/api/v1/calls", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_another_web_site_may_not_call(center: Center, around: Browsers):
    for origin, status in ((SHOP, 201), ("https://other.example", 403)):
        answer = await around.http.post(
            "/api/v1/calls", json={"inbox": "shop"}, headers={"Origin": origin}
        )
        assert answer.status_code == status
    address = await around.call_address("shop")
    url = f"ws://{LOOPBACK}:{around.port}"
    async with connect(url + address, origin=Origin("https://other.example")) as socket:
        refused = json.loads(await socket.recv())
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert (refused["code"], socket.close_code) == ("origin", 4403)
    with pytest.raises(InvalidStatus):
        await connect(f"{url}/ws/phone?device=window-1&agent=anna", origin=Origin(SHOP))


@pytest.mark.parametrize("token", ["", "wl_" + "a" * 43])
async def test_nobody_comes_in_with_a_made_up_token(center: Center, around: Browsers, token: str):
    page = ScriptedPage("stranger", around, f"/ws/call?token={token}")
    around.pages.append(page)
    await page.come()
    await until("the refusal", lambda: page.closed == 4401)


async def test_calls_from_one_address_are_limited():
    settings = Settings(chat_starts_per_minute=2)
    async with browsers(settings=settings) as around, center_of(around):
        said = [
            (await around.http.post("/api/v1/calls", json={"inbox": "shop"})).status_code
            for _ in range(3)
        ]
    assert said == [201, 201, 429]


async def test_nobody_is_let_in_while_nobody_listens(around: Browsers):
    answer = await around.http.post("/api/v1/calls", json={"inbox": "shop"})
    assert (answer.status_code, answer.json()["code"]) == (429, "busy")


# Ways through the network


def test_a_relay_gets_a_password_that_does_not_last():
    clock = WallClock()
    servers = IceServers(["stun:a.example:3478", "turn:b.example:3478"], "shared", clock)
    finder, relay = servers()
    assert finder == {"urls": ["stun:a.example:3478"]}
    name, password = relay["username"], relay["credential"]
    assert isinstance(name, str)
    signed = hmac.new(b"shared", name.encode(), hashlib.sha1).digest()
    assert password == base64.b64encode(signed).decode()
    assert 0 < int(name.split(":")[0]) * 1000 - clock.now() <= VALID_MS
    assert list(IceServers([], "shared", clock)()) == []


def test_addresses_of_servers_are_checked_at_the_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(
        "WARMLINE_ICE_SERVERS", "stun:a.example:3478, turns:b.example:5349?transport=tcp"
    )
    assert len(from_environment().ice_urls) == 2
    monkeypatch.setenv("WARMLINE_ICE_SERVERS", "http://a.example")
    with pytest.raises(ValueError, match="WARMLINE_ICE_SERVERS"):
        from_environment()
