import asyncio
import json
import time
from dataclasses import replace

import pytest

from tests.policies.conftest import work
from warmline.config import Settings
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy
from warmline.policies.worker import Inputs, RunFailed, Staff, Trying, Worker
from warmline.policies.writing import in_force
from warmline.sim.what_if import WhatIf

A = {"live": True}
B = {"live": True, "changes": {"fair_to_best_ms": 900_000}, "agents": [{"team": "t", "add": 2}]}


async def ask(browser, word: str):
    answer = await browser.post("/what-if/runs", json={"day": f"own:{word}", "a": A, "b": B})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def over(browser, run, *, until=lambda run: run["state"] not in {"waiting", "running"}):
    async with asyncio.timeout(60):
        while not until(run):
            address = f"/what-if/runs/{run['id']}?wait=20&seen={run['step']}"
            run = (await browser.get(address)).json()
    return run


async def test_a_day_runs_under_both_policies_and_is_kept_with_its_inputs(house):
    async with house.browser("sue") as sue:
        run = await ask(sue, "good")
        assert run["state"] in {"waiting", "running"}
        assert run["by"] == {"id": "u-sue", "name": "Sue"}
        run = await over(sue, run)
        assert run["state"] == "done", run["detail"]
        assert run["progress"] == 1.0
        worth = [run["result"]["policies"][one]["all"]["worth_ms"]["mean"] for one in "ab"]
        assert worth == [600_000, 900_000]
        assert run["result"]["notes"] == ["seeds 5", "staff 1"]
        assert "fair_to_best: 900 s" in run["inputs"]["b"]["text"]
        listed = (await sue.get("/what-if/runs")).json()["runs"]
        assert [one["state"] for one in listed] == ["done"]
        assert "result" not in listed[0]


async def test_a_run_that_fails_says_why_and_the_next_one_runs(house):
    async with house.browser("sue") as sue:
        wrong, dies, good = [await ask(sue, word) for word in ("wrong", "dies", "good")]
        assert (await over(sue, wrong))["detail"] == "day: nothing happened on it"
        dead = await over(sue, dies)
        assert (dead["state"], dead["detail"]) == (
            "failed",
            "The process that computes it ended without a result.",
        )
        assert (await over(sue, good))["state"] == "done"


async def test_cancelling_ends_a_run_that_does_not_listen_and_what_it_started(house, monkeypatch):
    monkeypatch.setattr("warmline.policies.worker.GRACE_S", 0.2)
    async with house.browser("sue") as sue:
        slow, waiting = await ask(sue, "slow"), await ask(sue, "good")
        slow = await over(sue, slow, until=lambda run: run["progress"] == 0.25)
        assert slow["state"] == "running"
        answer = await sue.post(f"/what-if/runs/{waiting['id']}/cancel")
        assert answer.json()["state"] == "cancelled"
        await sue.post(f"/what-if/runs/{slow['id']}/cancel")
        assert (await over(sue, slow))["state"] == "cancelled"
        assert (await sue.delete(f"/what-if/runs/{slow['id']}")).status_code == 204
        assert (await sue.get(f"/what-if/runs/{slow['id']}")).status_code == 404


async def test_only_ten_wait(house):
    async with house.browser("sue") as sue:
        first = await ask(sue, "slow")
        for _ in range(9):
            await ask(sue, "good")
        full = await sue.post("/what-if/runs", json={"day": "own:good", "a": A, "b": B})
        assert (full.status_code, full.json()["code"]) == (409, "queue_full")
        assert (await sue.delete(f"/what-if/runs/{first['id']}")).status_code == 204


async def test_what_a_restart_interrupts_says_so(house):
    async with house.browser("sue") as sue:
        run = await over(sue, await ask(sue, "slow"), until=lambda run: run["progress"] > 0)
        await house.runs.stop()
        await house.runs.start()
        assert (await sue.get(f"/what-if/runs/{run['id']}")).json()["state"] == "stopped"


async def test_what_makes_no_sense_is_refused_before_it_runs(house):
    async with house.browser("sue") as sue, house.browser("ann") as ann:

        async def refused(**given):
            body = {"day": "own:good", "a": A, "b": B, **given}
            answer = await sue.post("/what-if/runs", json=body)
            return answer.status_code, answer.json().get("errors", [{}])[0].get("field")

        assert await refused(day="own:1812-09-07") == (404, None)
        assert await refused(b={}) == (400, "b")
        assert await refused(b={"text": "rule: dice"}) == (400, "b.text")
        assert await refused(b={"version": "nobody"}) == (400, "b.version")
        assert await refused(b={"live": True, "agents": [{"add": 1, "remove": 1}]}) == (
            400,
            "b.agents.0",
        )
        assert await refused(b={"live": True, "changes": {"head_starts": {"tin": 1}}}) == (
            400,
            "changes",
        )
        assert await refused(seeds=41) == (400, "seeds")
        body = {"day": "own:good", "a": A, "b": B}
        assert (await ann.post("/what-if/runs", json=body)).status_code == 403


async def test_the_simulator_does_the_work_on_a_day_of_the_log(house, tmp_path):
    """The real work, over the log that this center has written."""
    await house.available("ann")
    for _ in range(6):
        got = await house.arrive()
        house.clock.on(4_000)
        await house.accept(got)
        house.clock.on(90_000)
        await house.finish(got)
    rules = in_force(house.engine.center())
    quick = replace(rules, policy=replace(rules.policy, worth_ms=0))
    inputs = Inputs(
        kind="replay_own",
        day="own:2026-06-09",
        a=Trying(ruleset=rules),
        b=Trying(ruleset=quick, staff=(Staff(skills={}, like="ann", add=1),)),
        seeds=2,
    )
    told: list[float] = []
    worker = Worker(WhatIf(Settings(data=tmp_path / "data")), inputs)
    result = json.loads(await worker.run(told.append))
    assert told == sorted(told)
    assert result["same"]["identical"] is True
    assert result["policies"]["a"]["all"]["answered"]["mean"] == 6
    assert set(result["policies"]["a"]["series"][0]) >= {"at", "arrivals", "served", "waiting_max"}
    assert [(one["of"], one["from"]) for one in result["differences"]] == [("b", "a")]


@pytest.fixture
def slow(monkeypatch):
    """A run that does not end by itself, on a machine where processes take their time to begin."""
    same = Trying(ruleset=Ruleset(policy=Policy(version=1)))
    worker = Worker(work(), Inputs(kind="replay_own", day="own:slow", a=same, b=same))
    process = type(worker._process)
    start = process.start

    def late(self):
        time.sleep(0.3)
        start(self)

    monkeypatch.setattr(process, "start", late)
    monkeypatch.setattr("warmline.policies.worker.GRACE_S", 0.05)
    return worker


async def test_a_run_cancelled_before_its_process_has_begun_ends_all_the_same(slow):
    running = asyncio.create_task(slow.run(lambda _: None))
    await asyncio.sleep(0)
    slow.cancel()
    async with asyncio.timeout(30):
        with pytest.raises(RunFailed, match="ended without a result"):
            await running
    assert slow._process.exitcode is not None


async def test_a_center_that_stops_while_a_process_begins_leaves_none_behind(slow):
    running = asyncio.create_task(slow.run(lambda _: None))
    await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert slow._process.exitcode is not None
