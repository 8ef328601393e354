"""The doors to explanations: the API in three languages, the command line, places on the floor."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from tests.contracts.stores import journal_of
from tests.conversations.house import House
from tests.insight.histories import a_day
from warmline.__main__ import app
from warmline.config import Settings
from warmline.core import events as e
from warmline.insight.reactions import InsightReaction
from warmline.ports import Batch, Recorded
from warmline.storage.database import open_database
from warmline.storage.schema import metadata


async def test_a_decision_is_told_in_the_language_that_is_asked_for(house: House):
    await house.available("bob")
    await house.available("ann")
    interaction = await house.arrive()
    await house.settled()
    said: dict[str, str] = {}
    async with house.browser("sue") as sue:
        url = f"/interactions/{interaction}/decisions"
        plain = (await sue.get(url)).json()["decisions"][0]
        for locale in ("en", "ru", "pl"):
            (decision,) = (await sue.get(url, params={"locale": locale})).json()["decisions"]
            told = decision.pop("words")
            assert decision == plain
            said[locale] = told["headline"]
            assert told["headline"].startswith(("Ann,", "Bob,"))
            assert {line["about"] for line in told["lines"]} >= {"waited", "score", "policy"}
            assert {flip["what"] for flip in told["flips"]} >= {"idle"}
            assert told["note"] is None
        assert (await sue.get(url, params={"locale": "xx"})).status_code == 400
    assert len(set(said.values())) == 3


async def test_who_waits_has_a_place_in_the_rows_of_the_floor(house: House):
    first = await house.arrive()
    second = await house.arrive()
    async with house.browser("sue") as sue:
        told = (await sue.get("/floor/rows", params={"measure": "waiting"})).json()
        floor = (await sue.get("/floor")).json()
    places = {row["interaction"]: (row["position"], row["expected"]) for row in told["rows"]}
    assert places == {first: (1, None), second: (2, None)}
    assert all(queue["expected"] is None for queue in floor["queues"])


# The command line


@pytest.fixture
def folder(tmp_path):
    """A data folder with a day in it, and that day's log."""
    world = a_day(4)

    async def fill() -> None:
        database = open_database(Settings(data=tmp_path))
        await database.create(metadata)
        journal = journal_of(database)
        recorded = [Recorded(position=n, event=one) for n, one in enumerate(world.log, start=1)]
        await journal.append(Batch(events=recorded), after=0)
        await InsightReaction(database, journal._site).rebuild(journal)
        await database.close()

    asyncio.run(fill())
    return tmp_path, world.log


def explain(*arguments: str):
    return CliRunner().invoke(app, ["explain", *arguments])


def test_the_command_line_tells_the_same_without_a_running_center(folder):
    data, log = folder
    offered = next(
        one for one in log if isinstance(one, e.Offered) and len(one.decision.runners_up) == 2
    )
    found = explain(offered.interaction, "--data", str(data), "--locale", "pl")
    assert found.exit_code == 0, found.output
    assert f"{offered.agent}, bo " in found.output
    assert "Co zmieniłoby decyzję:" in found.output
    as_json = explain(offered.interaction, "--data", str(data), "--json")
    decision = json.loads(as_json.output)["decisions"][0]
    assert decision["agent"] == decision["winner"]["agent"]
    assert decision["words"]["flips"]


def test_the_command_line_says_what_is_wrong(folder, tmp_path_factory):
    data, _ = folder
    never = explain("nobody", "--data", str(data))
    assert (never.exit_code, "never offered" in never.output) == (1, True)
    nowhere = explain("i1", "--data", str(tmp_path_factory.mktemp("empty")))
    assert (nowhere.exit_code, "There is no center" in nowhere.output) == (1, True)
    assert "--locale is one of" in explain("i1", "--data", str(data), "--locale", "xx").output
