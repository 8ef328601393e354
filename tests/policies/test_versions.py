import pytest

from warmline.core import commands as c
from warmline.core.settings import Queue, Segment, Target
from warmline.core.words import AgentId, CustomerId, QueueId, SegmentId


async def draft(browser, **given):
    answer = await browser.post("/policies", json={"from": "live", **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def publish(browser, version):
    tag = {"If-Match": f'"{version["tag"]}"'}
    return await browser.post(f"/policies/{version['id']}/publish", headers=tag)


async def test_a_draft_is_saved_checked_and_published_and_the_center_follows(house):
    async with house.browser("sue") as sue:
        made = await draft(sue, name="Autumn")
        assert (made["state"], made["tag"], made["problems"]) == ("draft", "1", [])
        text = made["text"].replace("fair_to_best: 600 s", "fair_to_best: 900 s # calmer")
        saved = await sue.put(
            f"/policies/{made['id']}",
            json={"name": "Autumn", "text": text},
            headers={"If-Match": '"1"'},
        )
        assert saved.headers["ETag"] == '"2"'
        assert (await sue.get(f"/policies/{made['id']}")).json()["text"] == text
        done = (await publish(sue, saved.json())).json()
        center = house.engine.center()
        assert (done["state"], done["number"]) == ("published", center.policy.version)
        assert center.policy.worth_ms == 900_000
        assert done["published_by"] == {"id": "u-sue", "name": "Sue"}
        listed = (await sue.get("/policies")).json()
        assert listed["in_force"]["id"] == made["id"]
        assert listed["in_force"]["changed_outside"] is False
    async with house.database.read() as connection:
        told = (
            await connection.exec_driver_sql("SELECT action, before FROM audit ORDER BY action")
        ).all()
    assert [row[0] for row in told] == ["changed", "created", "published"]
    assert '"slider.fair_to_best":"600 s"' in told[2][1].replace(": ", ":")


async def test_two_editors_do_not_overwrite_each_other(house):
    async with house.browser("sue") as sue, house.browser("ada") as ada:
        made = await draft(sue)
        address, mine = f"/policies/{made['id']}", {"name": "", "text": made["text"] + "# sue\n"}
        assert (await sue.put(address, json=mine)).status_code == 428
        assert (await sue.put(address, json=mine, headers={"If-Match": '"1"'})).status_code == 200
        late = await ada.put(address, json={**mine, "name": "Ada's"}, headers={"If-Match": '"1"'})
        assert late.status_code == 412
        assert late.headers["content-type"] == "application/problem+json"
        told = late.json()
        assert (told["code"], told["tag"]) == ("changed_meanwhile", "2")
        assert told["updated_by"] == {"id": "u-sue", "name": "Sue"}
        assert (await publish(ada, made)).status_code == 412
        assert (await ada.post(f"{address}/publish")).status_code == 428


async def test_what_decided_once_never_changes_and_comes_back_under_a_new_number(house):
    async with house.browser("sue") as sue:
        first = (await publish(sue, await draft(sue, name="One"))).json()
        changed = await draft(sue, name="Two", changes={"fair_to_best_ms": 60_000})
        second = (await publish(sue, changed)).json()
        assert second["number"] == first["number"] + 1
        body = {"name": "x", "text": "rule: random"}
        kept = await sue.put(
            f"/policies/{first['id']}", json=body, headers={"If-Match": f'"{first["tag"]}"'}
        )
        assert (kept.status_code, kept.json()["code"]) == (409, "not_a_draft")
        assert (await sue.delete(f"/policies/{first['id']}")).status_code == 409
        again = await sue.post(f"/policies/{second['id']}/publish")
        assert (again.status_code, again.json()["code"]) == (409, "in_force")
        back = (await sue.post(f"/policies/{first['id']}/publish")).json()
        assert back["number"] == second["number"] + 1
        assert back["based_on"] == first["id"] != back["id"]
        assert house.engine.center().policy.worth_ms == 600_000
        states = {
            one["id"]: one["state"] for one in (await sue.get("/policies")).json()["versions"]
        }
        assert states == {first["id"]: "past", second["id"]: "past", back["id"]: "published"}


async def test_a_text_with_mistakes_is_kept_as_a_draft_and_not_published(house):
    async with house.browser("sue") as sue:
        text = "queues:\n  shop:\n    name: Shop\n    plan:\n      - needs: [polish >= 3, pl]\n"
        made = await draft(sue, text=text)
        answer = await publish(sue, made)
        assert answer.status_code == 400
        found = answer.json()["problems"]
        assert found == made["problems"]
        assert [(one["line"], one["column"], one["code"], one["fix"]) for one in found] == [
            (5, 17, "unknown_skill", "Use one of: pl.")
        ]
        assert (await sue.delete(f"/policies/{made['id']}")).status_code == 204
        assert (await sue.get(f"/policies/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("text", "line", "path", "code"),
    [
        ("slider:\n  fair_to_best: 29 d", 2, "slider.fair_to_best", "out_of_range"),
        (
            "queues:\n  shop:\n    name: S\n    when_closed: overflow",
            3,
            "queues.shop.overflow.to",
            "missing",
        ),
        (
            "queues:\n  shop:\n    name: S\n    overflow:\n      to: shop\n",
            5,
            "queues.shop.overflow.to",
            "malformed",
        ),
        (
            "queues:\n  shop:\n    name: S\n    hours: nights",
            4,
            "queues.shop.hours",
            "unknown_calendar",
        ),
        ("hours:\n  h:\n    name: H\n    zone: Mars/Base\n", 4, "hours.h.zone", "no_zone"),
        ("time_outs:\n  declined: 1 s\n  consult: 9 d\n", 3, "time_outs.consult", "out_of_range"),
        (
            "affinities:\n  - trait: age\n    bonus: 5 s\n    reason: so\n",
            4,
            "affinities.0.reason",
            "malformed",
        ),
        (
            "modes:\n  m:\n    name: M\n    when: waiting >= 5\n    until: waiting <= 5\n",
            4,
            "modes.m.when",
            "malformed",
        ),
        ("dedicated:\n  gold: night", 2, "dedicated.gold", "unknown_team"),
        (
            "capacity:\n  teams:\n    t:\n      total: 99\n",
            4,
            "capacity.teams.t.total",
            "out_of_range",
        ),
    ],
)
async def test_what_the_center_refuses_is_told_where_it_stands(house, text, line, path, code):
    async with house.browser("sue") as sue:
        found = (await sue.post("/policies/validate", json={"text": text})).json()
    assert found["valid"] is False
    first = found["problems"][0]
    assert (first["line"], first["path"], first["code"]) == (line, path, code)
    if code == "out_of_range" and path != "capacity.teams.t.total":
        assert first["fix"] in {"It may be 0 s to 24 h.", "It may be 1 s to 24 h."}


async def test_what_was_changed_with_the_forms_is_told(house):
    async with house.browser("sue") as sue:
        await publish(sue, await draft(sue))
        shop = Queue(
            id=QueueId("shop"), name="Shop", target=Target(within_ms=30_000), preferred_ms=0
        )
        await house.do(c.DefineQueue, queue=shop)
        await house.do(c.DefineSegment, segment=Segment(id=SegmentId("tin"), name="Tin"))
        now = (await sue.get("/policies")).json()["in_force"]
        assert now["changed_outside"] is True
        assert now["outside"] == [
            {"path": "queues.shop.target", "before": "80 % in 20 s", "after": "80 % in 30 s"}
        ]
        assert now["not_named"] == ["segments.tin"]
        await publish(sue, await draft(sue))
        now = (await sue.get("/policies")).json()["in_force"]
        assert (now["changed_outside"], now["not_named"]) == (False, [])


async def test_a_version_that_was_changed_outside_can_be_put_in_force_again(house):
    async with house.browser("sue") as sue:
        first = (await publish(sue, await draft(sue))).json()
        await house.do(c.DefineQueue, queue=Queue(id=QueueId("shop"), name="Shop, by form"))
        again = await sue.post(f"/policies/{first['id']}/publish")
        assert again.status_code == 200, again.text
        assert house.engine.center().queues[QueueId("shop")].name == "Shop"


async def test_differences_are_told_in_lines_and_in_meanings(house):
    async with house.browser("sue") as sue:
        made = await draft(sue, changes={"head_starts": {"gold": 600_000}})
        found = await sue.post(
            "/policies/diff", json={"before": {"live": True}, "after": {"version": made["id"]}}
        )
        assert found.json()["changes"] == [
            {"path": "segments.gold.head_start", "before": "0 s", "after": "10 min"}
        ]
        lines = found.json()["unified"].splitlines()
        changed = [one for one in lines if one[0] in "+-" and one[:3] not in {"+++", "---"}]
        assert changed == ["-    head_start: 0 s", "+    head_start: 10 min"]
        broken = {"before": {"live": True}, "after": {"text": "rule: dice"}}
        assert (await sue.post("/policies/diff", json=broken)).json()["changes"] is None


async def test_the_rights_are_those_of_the_policy(house):
    async with house.browser("ann") as ann, house.browser("ada") as ada:
        for method, address in (
            ("GET", "/policies"),
            ("GET", "/policies/schema"),
            ("POST", "/policies/validate"),
            ("POST", "/policies"),
            ("DELETE", "/policies/trial"),
            ("GET", "/what-if/runs"),
        ):
            answer = await ann.request(method, address, json={} if method == "POST" else None)
            assert answer.status_code == 403, (method, address)
        assert (await ada.get("/policies/schema")).json()["title"] == "Warmline policy"
        assert (await publish(ada, await draft(ada))).status_code == 200


async def test_a_trial_decides_for_its_share_and_its_effect_is_told_by_arm(house):
    async with house.browser("sue") as sue:
        made = await draft(sue, changes={"rule": "longest-idle"})
        tag = {"If-Match": '"1"'}
        started = await sue.post(
            f"/policies/{made['id']}/trial", json={"share_pct": 50}, headers=tag
        )
        assert (started.status_code, started.json()["state"]) == (200, "trial"), started.text
        running = (await sue.get("/policies")).json()["trial"]
        assert (running["version"], running["share_pct"]) == (made["id"], 50)
        second = await sue.post(
            f"/policies/{(await draft(sue))['id']}/trial", json={"share_pct": 20}, headers=tag
        )
        assert (second.status_code, second.json()["code"]) == (409, "trial_runs")
        for n in range(8):
            await house.available("ann")
            got = await house.arrive(customer=CustomerId(f"customer-{n // 2}"))
            house.clock.on(5_000)
            await house.accept(got)
            house.clock.on(60_000 + n * 1000)
            await house.finish(got)
        await house.settled()
        found = (await sue.get(f"/policies/trials/{running['id']}/effect")).json()
        assert sum(found["arms"][arm]["contacts"] for arm in "ab") == 8
        assert sum(found["arms"][arm]["customers"] for arm in "ab") == 4
        assert {one["key"] for one in found["measures"]} == {
            "service_level_pct", "abandoned_pct", "answer_ms", "rating", "handle_ms",
        }  # fmt: skip
        handle = next(one for one in found["measures"] if one["key"] == "handle_ms")
        sums = [handle[arm]["n"] * (handle[arm]["value"] or 0) for arm in "ab"]
        assert sum(sums) == pytest.approx(sum(60_000 + n * 1000 for n in range(8)), abs=8)
        assert handle["verdict"] == "too_early"
        assert (await sue.delete("/policies/trial")).status_code == 204
        assert (await sue.get(f"/policies/{made['id']}")).json()["state"] == "past"
        assert (await sue.delete("/policies/trial")).status_code == 409


async def test_publishing_ends_a_trial_and_its_version_is_past(house):
    async with house.browser("sue") as sue:
        made = await draft(sue, name="Tried")
        await sue.post(
            f"/policies/{made['id']}/trial", json={"share_pct": 10}, headers={"If-Match": '"1"'}
        )
        done = (await sue.post(f"/policies/{made['id']}/publish")).json()
        await house.policy_reactions.caught_up(house.engine.position())
        tried = (await sue.get(f"/policies/{made['id']}")).json()
        assert (tried["state"], done["state"]) == ("past", "published")
        assert tried["trials"][0]["ended_at"] is not None
        assert done["number"] == tried["number"] + 1
        assert house.engine.center().trial is None


async def test_contacts_remember_the_version_that_decided(house):
    await house.available("ann")
    await house.arrive()
    await house.settled()
    async with house.database.read() as connection:
        found = (await connection.exec_driver_sql("SELECT trial, arm, policy FROM contact")).all()
    assert found == [(None, None, house.engine.center().policy.version)]
    assert house.engine.center().agents[AgentId("ann")].offer is not None
