"""Calls over HTTP: read, paused, listened to, supervised, each by whom it is theirs to."""

from dataclasses import replace
from typing import Any

import httpx

from tests.channels.voice.desks import as_
from tests.channels.voice.people import BORIS, CustomerCall, Office
from tests.contracts.house import ANNA, SITE, new, until
from warmline.channels.voice import tables
from warmline.channels.voice.erasure import RecordingsExpiry, VoiceTraces
from warmline.channels.voice.words import Ability, RecordingId
from warmline.core import commands as c
from warmline.core.settings import Team
from warmline.core.words import SYSTEM, Phase, Role, TeamId
from warmline.ports import Person
from warmline.security.audit import Audit
from warmline.storage.rows import row

ABOVE = as_(BORIS, Role.SUPERVISOR)


async def deeds(office: Office) -> list[tuple[str, str]]:
    audit = Audit(office.house.database, SITE, office.house.clock)
    page = await audit.page(equal={}, before=None, limit=50)
    return [(one.action, one.kind) for one in reversed(page)]


async def the_call(desk: httpx.AsyncClient, call: CustomerCall, **headers: str) -> dict[str, Any]:
    answer = await desk.get(f"/interactions/{call.interaction}/call", headers=headers or as_(ANNA))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_who_is_in_a_call_is_told_without_numbers(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    shown = await the_call(desk, call)
    assert (shown["network"], shown["up"], shown["live"]) == ("loopback", True, True)
    assert [(one["role"], one["agent"]) for one in shown["legs"]] == [
        ("customer", None),
        ("agent", ANNA),
    ]
    assert {one["place"] for one in shown["legs"]} == {call.interaction}
    assert call.phone.name not in str(shown)
    url = f"/interactions/{call.interaction}/call"
    assert (await desk.get(url, headers=as_(BORIS))).status_code == 404
    [network] = (await desk.get("/voice", headers=as_(ANNA))).json()
    assert (network["up"], network["phones"]) == (True, [ANNA, BORIS])


async def test_a_recording_is_paused_heard_and_put_on_record(
    office: Office, desk: httpx.AsyncClient
) -> None:
    await office.records()
    call = await office.talks()

    async def is_recorded() -> bool:
        return bool((await office.net.snapshot()).recordings)

    await until("the recording", is_recorded)
    url = f"/interactions/{call.interaction}/call/recording"
    answer = await desk.post(url, json={"do": "pause"}, headers=as_(ANNA))
    assert answer.status_code == 200, answer.text
    assert answer.json()["goes_on_at"] > office.house.clock.now()
    [shown] = (await the_call(desk, call))["recordings"]
    assert shown["paused_at"] is not None
    refused = await desk.post(url, json={"do": "resume"}, headers=as_(BORIS))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_yours")
    answer = await desk.post(url, json={"do": "resume"}, headers=as_(ANNA))
    assert answer.json() == {"goes_on_at": None}
    office.net.device(ANNA).hang_up()
    await until("the sound", lambda: is_ready(desk, call))
    heard = await desk.get(f"/recordings/{shown['id']}/sound", headers=ABOVE)
    assert heard.content.startswith(b"RIFF")
    assert heard.headers["cache-control"] == "private, no-store"
    gone = await desk.get("/recordings/nothing/sound", headers=ABOVE)
    assert gone.status_code == 404
    assert await deeds(office) == [
        ("pause", "recording"),
        ("resume", "recording"),
        ("listened", "recording"),
    ]


async def is_ready(desk: httpx.AsyncClient, call: CustomerCall) -> bool:
    shown = await the_call(desk, call)
    return all(one["ready"] for one in shown["recordings"])


async def test_keys_go_to_the_other_end_and_are_kept_nowhere(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    url = f"/interactions/{call.interaction}/call/digits"
    assert (await desk.post(url, json={"digits": "12#"}, headers=as_(ANNA))).status_code == 204
    assert call.phone.digits == "12#"
    wrong = await desk.post(url, json={"digits": "twelve"}, headers=as_(ANNA))
    assert wrong.status_code in {400, 422}
    assert await deeds(office) == []


async def test_a_supervisor_listens_whispers_comes_in_and_goes(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    anna, boris = office.net.device(ANNA), office.net.device(BORIS)
    url = f"/interactions/{call.interaction}/call/supervision"
    assert (await desk.post(url, json={"mode": "listen"}, headers=ABOVE)).status_code == 204
    await until("the ring", boris.is_ringing)
    boris.answer()
    await office.hears(boris, ANNA, call.phone.name)
    await office.hear_each_other(call)
    await desk.post(url, json={"mode": "whisper"}, headers=ABOVE)
    await office.hears(anna, BORIS, call.phone.name)
    await office.hears(call.phone, ANNA)
    await desk.post(url, json={"mode": "barge"}, headers=ABOVE)
    await office.hears(call.phone, ANNA, BORIS)
    assert (await desk.delete(url, headers=ABOVE)).status_code == 204
    await until("Boris to be off the phone", boris.is_idle)
    await office.hear_each_other(call)
    own = await desk.post(url, json={"mode": "listen"}, headers=as_(ANNA, Role.SUPERVISOR))
    assert own.json()["code"] == "same_agent"
    assert [deed for deed, _ in await deeds(office)] == ["listen", "whisper", "barge", "left"]


async def test_a_supervisor_is_out_when_the_talk_is_over(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    boris = office.net.device(BORIS)
    url = f"/interactions/{call.interaction}/call/supervision"
    await desk.post(url, json={"mode": "listen"}, headers=ABOVE)
    await until("the ring", boris.is_ringing)
    boris.answer()
    await office.hears(boris, ANNA, call.phone.name)
    call.phone.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await office.quiet()
    late = await desk.post(url, json={"mode": "listen"}, headers=ABOVE)
    assert late.status_code in {404, 409}


async def test_lines_are_kept_read_and_dropped(office: Office, desk: httpx.AsyncClient) -> None:
    admin = as_(ANNA, Role.ADMINISTRATOR)
    url = "/voice/lines/loopback/+48221234567"
    body = {"inbox": "calls", "greeting": "welcome", "recorded": True}
    kept = await desk.put(url, json=body, headers=admin)
    assert kept.status_code == 200, kept.text
    assert (await desk.get("/voice/lines", headers=admin)).json() == [kept.json()]
    call = await office.calls("+48221234567")
    await office.hears(call.phone, "welcome")
    wrong = await desk.put(url, json={"inbox": "chat"}, headers=admin)
    assert wrong.json()["code"] == "unknown_inbox"
    assert (await desk.delete(url, headers=admin)).status_code == 204
    assert (await desk.get("/voice/lines", headers=admin)).json() == []


async def test_the_sound_of_a_person_is_told_and_erased(
    office: Office, desk: httpx.AsyncClient
) -> None:
    await office.records()
    call = await office.talks()
    customer = office.house.open(call.interaction).customer
    await until("the recording", lambda: office.recordings(call))
    call.phone.hang_up()
    await until("the sound", lambda: is_ready(desk, call))
    traces, who_ = VoiceTraces(SITE), Person(ids=[customer])
    async with office.house.database.write() as connection:
        assert await traces.count(connection, who_) == {"call_legs": 2, "recordings": 1}
        told = await traces.tell(connection, who_)
        [sound] = told["recordings"]
        assert len(told["calls"]) == 1
        due = await RecordingsExpiry(SITE).due(connection, office.house.clock.now() + 1, samples=5)
        assert due.samples == (sound["id"],)
        assert await traces.needed(connection, [str(sound["blob"])]) == {sound["blob"]}
        assert await traces.erase(connection, who_, 0) == {sound["blob"]}
        assert not await traces.needed(connection, [str(sound["blob"])])
        kept = await row(connection, tables.recording(SITE, RecordingId(str(sound["id"]))))
    assert kept is not None
    assert kept["blob"] is None


async def test_a_supervisor_takes_a_talk_over_on_the_phone_that_listens(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    await office.house.comes(BORIS)
    anna, boris = office.net.device(ANNA), office.net.device(BORIS)
    url = f"/interactions/{call.interaction}"
    await desk.post(f"{url}/call/supervision", json={"mode": "listen"}, headers=ABOVE)
    await until("the ring", boris.is_ringing)
    boris.answer()
    await office.hears(boris, ANNA, call.phone.name)
    taken = await desk.post(f"{url}/take-over", json={"id": "t1"}, headers=ABOVE)
    assert taken.status_code == 204, taken.text
    await office.hear_each_other(call, BORIS)
    await until("Anna to be off the phone", anna.is_idle)
    assert office.house.open(call.interaction).agent == BORIS
    assert not office.house.engine.center().agents[ANNA].holds
    again = await desk.post(f"{url}/take-over", json={"id": "t1"}, headers=ABOVE)
    assert again.status_code == 204
    own = await desk.post(f"{url}/take-over", json={"id": "t2"}, headers=ABOVE)
    assert own.json()["code"] == "same_agent"
    call.phone.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    await office.wraps_up(call, BORIS)
    await office.over(call)
    assert [deed for deed, _ in await deeds(office)][:2] == ["listen", "take_over"]


async def test_a_supervisor_who_did_not_listen_is_called_to_take_over(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    await office.house.comes(BORIS)
    url = f"/interactions/{call.interaction}/take-over"
    assert (await desk.post(url, json={"id": "t1"}, headers=ABOVE)).status_code == 204
    await office.hear_each_other(call, BORIS)
    await until("Anna to be off the phone", office.net.device(ANNA).is_idle)


async def test_the_site_says_how_supervisors_come_in_and_whether_it_is_seen(
    office: Office, desk: httpx.AsyncClient
) -> None:
    call = await office.talks()
    url = f"/interactions/{call.interaction}/call/supervision"
    await desk.post(url, json={"mode": "listen"}, headers=ABOVE)
    await until("the ring", office.net.device(BORIS).is_ringing)
    roles = {one["role"] for one in (await the_call(desk, call))["legs"]}
    assert "supervisor" in roles
    rules = {"visible": False, "announced": False, "modes": ["listen"]}
    admin = as_(ANNA, Role.ADMINISTRATOR)
    kept = await desk.put("/voice/supervision", json=rules, headers=admin)
    assert kept.json() == rules
    assert (await desk.get("/voice/supervision", headers=ABOVE)).json() == rules
    roles = {one["role"] for one in (await the_call(desk, call))["legs"]}
    assert roles == {"customer", "agent"}
    roles = {one["role"] for one in (await the_call(desk, call, **ABOVE))["legs"]}
    assert "supervisor" in roles
    whisper = await desk.post(url, json={"mode": "whisper"}, headers=ABOVE)
    assert (whisper.status_code, whisper.json()["code"]) == (409, "not_allowed")
    taken = await desk.post(
        f"/interactions/{call.interaction}/take-over", json={"id": "t"}, headers=ABOVE
    )
    assert taken.json()["code"] == "not_allowed"


async def test_a_supervisor_of_others_stays_out_of_the_call(
    office: Office, desk: httpx.AsyncClient
) -> None:
    shop = TeamId("shop")
    await office.house.give(c.DefineTeam(id=new(), by=SYSTEM, team=Team(id=shop, name="Shop")))
    spec = office.house.engine.center().agents[ANNA].spec
    agent = replace(spec, team=shop)
    await office.house.give(c.DefineAgent(id=new(), by=SYSTEM, agent=agent))
    call = await office.talks()
    url = f"/interactions/{call.interaction}"
    strange, own = {**ABOVE, "x-team": "press"}, {**ABOVE, "x-team": "shop"}
    deeds_: tuple[tuple[str, dict[str, str]], ...] = (
        ("call/supervision", {"mode": "listen"}),
        ("take-over", {"id": "t1"}),
        ("call/digits", {"digits": "1"}),
        ("call/recording", {"do": "pause"}),
    )
    for path, body in deeds_:
        answer = await desk.post(f"{url}/{path}", json=body, headers=strange)
        assert (answer.status_code, answer.json()["code"]) == (409, "out_of_scope"), path
    assert await deeds(office) == [], "nothing was done that could be on record"
    assert (await desk.get(f"{url}/call", headers=strange)).status_code == 404
    assert (await the_call(desk, call, **own))["live"]
    listened = await desk.post(f"{url}/call/supervision", json={"mode": "listen"}, headers=own)
    assert listened.status_code == 204, listened.text
    await office.house.comes(BORIS)
    for _ in range(2):
        taken = await desk.post(f"{url}/take-over", json={"id": "t2"}, headers=own)
        assert taken.status_code == 204, taken.text
    assert office.house.open(call.interaction).agent == BORIS


async def test_where_the_site_wants_it_both_are_told_before_a_supervisor_hears_them(
    office: Office, desk: httpx.AsyncClient
) -> None:
    admin = as_(ANNA, Role.ADMINISTRATOR)
    rules = {"visible": True, "announced": True, "modes": ["listen", "barge"]}
    assert (await desk.put("/voice/supervision", json=rules, headers=admin)).json() == rules
    call = await office.talks()
    anna, boris = office.net.device(ANNA), office.net.device(BORIS)
    await office.gives(c.Hold, call)
    await office.hears(call.phone, "music")
    url = f"/interactions/{call.interaction}/call/supervision"
    assert (await desk.post(url, json={"mode": "listen"}, headers=ABOVE)).status_code == 204
    await until("the ring", boris.is_ringing)
    boris.answer()
    voice = office.house.voice.calls.get(call.interaction)
    assert voice is not None
    await until("the supervisor's phone", lambda: voice.of_supervisor(BORIS).talks())  # type: ignore[union-attr]
    assert boris.hears() == frozenset(), "the customer could not be told yet"
    await office.gives(c.Resume, call)
    await office.hears(call.phone, "supervised")
    await office.hears(anna, "supervised")
    await office.hears(boris, ANNA, call.phone.name)
    await office.hear_each_other(call)
    assert list(voice.announced.values()) == [True]
    await desk.post(url, json={"mode": "barge"}, headers=ABOVE)
    await office.hears(call.phone, ANNA, BORIS)
    assert len(voice.announced) == 1, "said once"


async def test_nobody_comes_in_of_whom_nobody_can_be_told(
    office: Office, desk: httpx.AsyncClient
) -> None:
    admin = as_(ANNA, Role.ADMINISTRATOR)
    rules = {"visible": True, "announced": True, "modes": ["listen"]}
    await desk.put("/voice/supervision", json=rules, headers=admin)
    call = await office.talks()
    url = f"/interactions/{call.interaction}/call/supervision"
    can = office.net.abilities
    office.net.abilities = can - {Ability.PLAY}
    refused = await desk.post(url, json={"mode": "listen"}, headers=ABOVE)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_possible")
    office.net.abilities = can
    assert (await desk.post(url, json={"mode": "listen"}, headers=ABOVE)).status_code == 204
