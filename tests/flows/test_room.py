"""The room of flows over HTTP: texts kept and published, drawn, changed in one place, tried."""

from collections.abc import AsyncIterator, Collection, Mapping
from pathlib import Path

import httpx
import pytest

from tests.conversations.house import PEOPLE, SITE, House, asking, running_house
from warmline.core.words import CustomerId, Medium, UserId
from warmline.flows.model import Doors
from warmline.flows.pins import PAUSE_MS, TRIES, Pins
from warmline.flows.routes import Room, flow_routes
from warmline.flows.versions import Versions
from warmline.security.audit import Audit
from warmline.security.passwords import Passwords

TEXT = """\
# The desk's own.
flow: desk
media: [chat]
inboxes: [door]
start: what
fallback: end   # where it goes in the end
steps:
  what:
    menu: {en: One or two?}
    choices:
      1: {next: end}
      2: {next: what}
    otherwise: end
  end:
    queue: by reason
"""
SCRIPT = """\
tries:
  one: {does: ["1"], ends: end}
  lost: {does: ["7"], ends: elsewhere}
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path / "data") as house:
        yield house


@pytest.fixture
def pins(house: House) -> Pins:
    return Pins(
        database=house.database,
        site=SITE,
        clock=house.clock,
        hashing=Passwords(),
        audit=Audit(house.database, SITE, house.clock).setting,
    )


@pytest.fixture
async def ada(house: House, pins: Pins) -> AsyncIterator[httpx.AsyncClient]:
    doors = Doors(queues={"help"}, inboxes={"door": Medium.CHAT}, languages=("en",))
    versions = Versions(
        database=house.database,
        site=SITE,
        clock=house.clock,
        audit=Audit(house.database, SITE, house.clock).setting,
        doors=lambda: doors,
    )

    async def users(ids: Collection[UserId]) -> Mapping[UserId, str]:
        return dict.fromkeys(ids, "Ada")

    room = Room(clock=house.clock, state=house.engine, needs=asking, versions=versions,
                pins=pins, users=users)  # fmt: skip
    house.app.include_router(flow_routes(room), prefix="/api/v1")
    async with house.browser("ada") as ada:
        yield ada


async def drafted(ada: httpx.AsyncClient, id_: str = "desk", text: str = TEXT) -> dict:
    made = (await ada.post("/flows", json={"id": id_, "name": 'The "desk"'})).json()
    tag = {"If-Match": made["tag"]}
    saved = await ada.put(f"/flows/versions/{made['id']}", json={"text": text}, headers=tag)
    assert saved.status_code == 200, saved.text
    return saved.json()


async def published(ada: httpx.AsyncClient, version: dict) -> httpx.Response:
    tag = {"If-Match": version["tag"]}
    return await ada.post(f"/flows/versions/{version['id']}/publish", json={}, headers=tag)


async def test_a_new_flow_begins_with_a_text_that_could_be_published(ada: httpx.AsyncClient):
    made = await ada.post("/flows", json={"id": "fresh", "name": 'A "new" one: #1'})
    assert (made.status_code, made.json()["problems"]) == (201, [])
    again = await ada.post("/flows", json={"id": "fresh"})
    assert (again.status_code, again.json()["code"]) == (409, "flow_exists")


async def test_a_flow_is_written_published_and_stopped(ada: httpx.AsyncClient):
    version = await drafted(ada)
    assert (await published(ada, version)).json()["number"] == 1
    [listed] = (await ada.get("/flows")).json()["flows"]
    assert (listed["in_force"], listed["inboxes"]) == (1, ["door"])
    late = await ada.put(f"/flows/versions/{version['id']}", json={"text": "x"},
                         headers={"If-Match": "1"})  # fmt: skip
    assert late.json()["code"] == "not_a_draft"
    copy = (await ada.post("/flows/desk/versions", json={})).json()
    assert copy["text"] == TEXT
    assert (await published(ada, copy)).json()["number"] == 2
    states = [one["state"] for one in (await ada.get("/flows/desk/versions")).json()["versions"]]
    assert sorted(states) == ["past", "published"]
    assert (await ada.delete("/flows/desk/running")).status_code == 204
    assert (await ada.get("/flows")).json()["flows"][0]["in_force"] is None


async def test_one_inbox_has_one_flow(ada: httpx.AsyncClient):
    await published(ada, await drafted(ada))
    other = await drafted(ada, "other", TEXT.replace("flow: desk", "flow: other"))
    refused = await published(ada, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "inbox_taken")


async def test_a_text_with_mistakes_is_kept_but_not_published(ada: httpx.AsyncClient):
    version = await drafted(ada, text=TEXT.replace("2: {next: what}", "2: {next: nowhere}"))
    refused = await published(ada, version)
    assert refused.status_code == 400
    [problem] = refused.json()["problems"]
    assert (problem["code"], problem["line"]) == ("unknown_step", 12)


async def test_the_drawing_follows_the_text_also_with_mistakes(ada: httpx.AsyncClient):
    body = {"text": TEXT.replace("2: {next: what}", "2: {next: nowhere}")}
    drawing = (await ada.post("/flows/check", json=body)).json()["drawing"]
    what = drawing["steps"][0]
    assert (what["kind"], what["wrong"], what["words"]) == ("menu", True, {"en": "One or two?"})
    assert [(one["way"], one["to"]) for one in what["ways"]] == [
        ("1", "end"), ("2", "nowhere"), ("otherwise", "end"),
    ]  # fmt: skip
    assert (await ada.post("/flows/check", json={"text": "- x"})).json()["drawing"] is None


async def test_a_value_is_changed_in_its_place_and_comments_stay(ada: httpx.AsyncClient):
    drawing = (await ada.post("/flows/check", json={"text": TEXT})).json()["drawing"]
    what = drawing["steps"][0]
    text = TEXT
    for path, value in (
        (what["ways"][1]["path"], "end"),
        ([*what["words_path"], "en"], 'One: "yes" or #2?'),
    ):
        body = {"text": text, "path": path, "value": value}
        text = (await ada.post("/flows/edit", json=body)).json()["text"]
    expected = TEXT.replace("2: {next: what}", "2: {next: end}").replace(
        "One or two?", '"One: \\"yes\\" or #2?"'
    )
    assert text == expected
    wrong = {"text": TEXT, "path": ["steps", "none"], "value": "x"}
    assert (await ada.post("/flows/edit", json=wrong)).status_code == 400


async def test_a_dry_run_says_how_it_went_and_what_was_never_gone(ada: httpx.AsyncClient):
    answer = await ada.post("/flows/rehearsal", json={"text": TEXT, "script": SCRIPT})
    result = answer.json()["result"]
    assert [one["faults"] for one in result["tries"]] == [
        [], ["It ended at end, not at elsewhere."],
    ]  # fmt: skip
    times = {one["way"]: one["times"] for one in result["coverage"]["ways"]}
    assert times == {"1": 1, "2": 0, "otherwise": 1}
    assert result["coverage"]["share_pct"] == 66
    wrong = await ada.post("/flows/rehearsal", json={"text": TEXT, "script": "tries: {a: {x: 1}}"})
    assert wrong.json()["result"] is None
    assert wrong.json()["script_problems"][0]["code"] == "unknown_key"


async def test_supervisors_read_and_try_but_do_not_write(ada: httpx.AsyncClient, house: House):
    version = await drafted(ada)
    async with house.browser("sue") as sue:
        assert (await sue.get(f"/flows/versions/{version['id']}")).status_code == 200
        body = {"text": TEXT, "script": SCRIPT}
        assert (await sue.post("/flows/rehearsal", json=body)).status_code == 200
        assert (await sue.post("/flows", json={"id": "hers"})).status_code == 403
        assert (await published(sue, version)).status_code == 403


async def test_a_pin_closes_after_too_many_wrong_ones_and_opens_again(pins: Pins, house: House):
    who = CustomerId("c-1")
    assert not await pins.is_right(who, "4711")
    await pins.put(PEOPLE["sue"], who, "4711")
    assert await pins.is_right(who, "4711")
    for _ in range(TRIES):
        assert not await pins.is_right(who, "0000")
    assert not await pins.is_right(who, "4711")
    house.clock.on(PAUSE_MS)
    assert await pins.is_right(who, "4711")
    await pins.remove(PEOPLE["sue"], who)
    assert not await pins.is_right(who, "4711")
