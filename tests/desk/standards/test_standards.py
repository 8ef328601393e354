"""Scripts in versions, the checklist of a conversation, and what was kept when it is over."""

import pytest
from sqlalchemy import select

from tests.desk.standards.conftest import SCRIPT, Desk
from warmline.desk.standards import tables
from warmline.storage.rows import rows


async def test_a_script_is_written_anew_and_every_version_stays(desk: Desk):
    await desk.ask("sue", "PUT", "/standards/shop", SCRIPT)
    again = {**SCRIPT, "name": "Shop, calmer", "seen": 1}
    changed = await desk.ask("sue", "PUT", "/standards/shop", again)
    assert (changed["version"], changed["name"]) == (2, "Shop, calmer")
    late = await desk.ask("ada", "PUT", "/standards/shop", again, fits=409)
    assert late["code"] == "overtaken"
    (one,) = (await desk.ask("ann", "GET", "/standards"))["scripts"]
    assert [step["id"] for step in one["steps"]] == ["greet", "name", "law", "done", "bye"]
    await desk.ask("sue", "DELETE", "/standards/shop", fits=204)
    await desk.ask("sue", "DELETE", "/standards/shop", fits=404)
    assert (await desk.ask("ann", "GET", "/standards"))["scripts"] == []
    back = await desk.ask("sue", "PUT", "/standards/shop", SCRIPT)
    assert back["version"] == 3
    async with desk.house.database.read() as connection:
        kept = await rows(connection, select(tables.script.c.version))
    assert sorted(one["version"] for one in kept) == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"queue": "moon"}, "queue"),
        ({"steps": []}, "steps"),
        ({"steps": [{"kind": "dance"}]}, "steps.0.kind"),
        ({"steps": [{"kind": "wording", "words": {"en": " "}}]}, "steps.0.words"),
        ({"steps": [{"kind": "wording", "words": {"de": "Ja"}}]}, "steps.0.words"),
        ({"steps": [{"kind": "wording", "words": {"en": "x" * 601}}]}, "steps.0.words"),
        ({"steps": [{"id": "a", "kind": "name"}, {"id": "a", "kind": "name"}]}, "steps"),
        ({"steps": [{"kind": "name"}] * 13}, "steps"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_script_that_cannot_be_used_is_refused(desk: Desk, change, field):
    answer = await desk.ask("sue", "PUT", "/standards/shop", {**SCRIPT, **change}, fits=400)
    assert answer["errors"][0]["field"] == field


async def test_agents_read_scripts_and_do_not_write_them(desk: Desk):
    await desk.ask("ann", "PUT", "/standards/shop", SCRIPT, fits=403)
    await desk.ask("ann", "DELETE", "/standards/shop", fits=403)
    await desk.ask("ann", "GET", "/standards-kept", fits=403)


async def test_steps_tick_themselves_while_the_agent_writes(desk: Desk):
    await desk.ask("sue", "PUT", "/standards/shop", SCRIPT)
    talk = await desk.talk()
    assert set((await desk.kept(talk)).values()) == {None}
    await desk.says(talk, "Hello, let me look.")
    assert await desk.kept(talk) == {
        "greet": True, "name": False, "law": False, "done": None, "bye": False,
    }  # fmt: skip
    draft = {"text": "You may withdraw. Have a nice day, Anna."}
    steps = (await desk.ask("ann", "POST", f"/interactions/{talk}/standards", draft))["steps"]
    assert {one["id"]: one["kept"] for one in steps if one["kept"]} == {
        "greet": True, "name": True, "law": True, "bye": True,
    }  # fmt: skip
    assert (await desk.kept(talk))["law"] is False


async def test_what_a_person_ticks_counts_more_than_what_is_read(desk: Desk):
    await desk.ask("sue", "PUT", "/standards/shop", SCRIPT)
    talk = await desk.talk()
    path = f"/interactions/{talk}/standards"
    await desk.ask("ann", "PUT", f"{path}/done", {"kept": True})
    await desk.ask("ann", "PUT", f"{path}/greet", {"kept": False})
    await desk.says(talk, "Hello!")
    kept = await desk.kept(talk)
    assert (kept["done"], kept["greet"]) == (True, False)
    await desk.ask("ann", "PUT", f"{path}/greet", {"kept": None})
    assert (await desk.kept(talk))["greet"] is True
    await desk.ask("ann", "PUT", f"{path}/dance", {"kept": True}, fits=404)
    await desk.ask("bob", "GET", path, fits=404)
    await desk.ask("bob", "PUT", f"{path}/done", {"kept": True}, fits=404)


async def test_what_was_kept_is_counted_once_when_the_conversation_is_over(desk: Desk):
    await desk.ask("sue", "PUT", "/standards/shop", SCRIPT)
    talk = await desk.talk()
    await desk.says(talk, "Hello Anna, all is done.")
    await desk.finish(talk)
    found = (await desk.ask("sue", "GET", "/standards-kept"))["kinds"]
    assert {one["kind"]: (one["kept"], one["steps"]) for one in found} == {
        "greeting": (1, 1), "name": (1, 1), "wording": (0, 1), "farewell": (0, 1),
    }  # fmt: skip
    behind = await desk.ask("sue", "GET", "/standards-kept/rows?kind=farewell&kept=false")
    assert [(one["interaction"], one["agent_name"]) for one in behind["rows"]] == [(talk, "Ann")]
    assert (await desk.ask("sue", "GET", "/standards-kept?from=0&to=1"))["kinds"] == []


async def test_without_a_script_there_is_no_checklist_and_nothing_is_counted(desk: Desk):
    await desk.ask("sue", "PUT", "/standards/other", {**SCRIPT, "queue": "repairs"})
    talk = await desk.talk()
    assert await desk.kept(talk) == {}
    await desk.finish(talk)
    assert (await desk.ask("sue", "GET", "/standards-kept"))["kinds"] == []
