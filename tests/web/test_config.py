"""Settings over HTTP: strict, complete, audited together with the change."""

from typing import Any

import msgspec
import pytest

from tests.web.center import Center
from warmline.core import settings as s
from warmline.core.words import AgentId, DispositionId, QueueId, Role, SkillId
from warmline.web.config import DEFINITIONS
from warmline.web.shapes import shape_of, spec_of

CONFIG = "/api/v1/config"
VALID: dict[s.Kind, dict[str, Any]] = {
    s.Kind.SKILL: {"name": "Русский", "language": True},
    s.Kind.TEAM: {"name": "North"},
    s.Kind.CALENDAR: {
        "name": "Shop hours",
        "zone": "Europe/Warsaw",
        "week": {"monday": [{"opens": 480, "closes": 720}, {"opens": 780, "closes": 1080}]},
        "exceptions": {"2026-12-24": []},
    },
    s.Kind.DISPOSITION: {"name": "Solved"},
    s.Kind.REASON: {"name": "Lunch", "presence": "meal"},
    s.Kind.SEGMENT: {"name": "Platinum", "head_start_ms": 600_000, "value": 8},
    s.Kind.QUEUE: {"name": "Orders", "rings": [{"language_level": 0}], "wrap_up": {"mode": "none"}},
    s.Kind.INBOX: {"name": "Web", "medium": "chat", "queue": "x-queue"},
    s.Kind.AGENT: {"skills": {"x-skill": 3}, "capacity": {"slots": {"chat": 2}, "total": 2}},
}


async def test_every_kind_is_defined_read_and_removed(center: Center):
    ada = await center.signed_in("ada")
    await ada.put(f"{CONFIG}/disposition/not-coded", json={"name": "Not coded"})
    for kind, body in VALID.items():
        answer = await ada.put(f"{CONFIG}/{kind}/x-{kind}", json=body)
        assert answer.status_code == 200, (kind, answer.text)
        assert body.items() <= _as_given(answer.json(), body).items(), kind
        plural = "inboxes" if kind is s.Kind.INBOX else f"{kind}s"
        listed = (await ada.get(CONFIG)).json()[plural]
        assert [one["id"] for one in listed if one["id"] == f"x-{kind}"], kind
    for kind in reversed(VALID):
        answer = await ada.delete(f"{CONFIG}/{kind}/x-{kind}")
        assert answer.status_code == 204, (kind, answer.text)
    assert set(VALID) == set(DEFINITIONS)


def _as_given(answer: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The answer's fields, less the inner defaults that the body left out."""

    def cut(found: Any, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: cut(found[name], value) for name, value in given.items()}
        if isinstance(given, list):
            return [cut(one, other) for one, other in zip(found, given, strict=True)]
        return found

    return cut(answer, body)


async def test_agents_are_listed_with_their_names(center: Center):
    ann = await center.signed_in("ann")
    config = (await ann.get(CONFIG)).json()
    assert [(agent["id"], agent["name"]) for agent in config["agents"]] == [("a-ann", "Ann")]
    assert config["policy"]["version"] == 1


async def test_a_change_is_audited_with_both_values_of_what_changed(center: Center):
    ada = await center.signed_in("ada")
    await ada.put(f"{CONFIG}/segment/gold", json={"name": "Gold", "value": 5})
    await ada.put(f"{CONFIG}/segment/gold", json={"name": "Gold", "value": 7})
    await ada.delete(f"{CONFIG}/segment/gold")
    answer = await ada.get("/api/v1/audit", params={"kind": "segment", "item": "gold"})
    removed, changed, created = answer.json()["rows"]
    assert (changed["fields"], changed["before"], changed["after"]) == (
        ["value"],
        {"value": 5},
        {"value": 7},
    )
    assert (created["before"], created["after"]["name"]) == (None, "Gold")
    assert (removed["action"], removed["before"]["value"], removed["after"]) == ("removed", 7, None)
    assert {row["user"] for row in (removed, changed, created)} == {"u-ada"}


async def test_what_is_refused_leaves_no_audit(center: Center):
    ada = await center.signed_in("ada")
    missing = await ada.delete(f"{CONFIG}/queue/none")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_queue")
    inbox = {"name": "Web", "medium": "chat", "queue": "none"}
    refused = await ada.put(f"{CONFIG}/inbox/web", json=inbox)
    assert refused.status_code in {400, 404, 409}
    assert (await ada.get("/api/v1/audit", params={"kind": "inbox"})).json()["rows"] == []
    assert (await ada.get("/api/v1/audit", params={"kind": "queue"})).json()["rows"] == []


async def test_what_is_in_use_stays(center: Center):
    ada = await center.signed_in("ada")
    await ada.put(f"{CONFIG}/disposition/not-coded", json={"name": "Not coded"})
    await ada.put(f"{CONFIG}/queue/help", json={"name": "Help"})
    await ada.put(f"{CONFIG}/inbox/web", json={"name": "W", "medium": "chat", "queue": "help"})
    answer = await ada.delete(f"{CONFIG}/queue/help")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert answer.json()["used_by"] == "inbox web"


async def test_two_who_edit_the_policy_do_not_overwrite_each_other(center: Center):
    await center.user("eve", Role.ADMINISTRATOR)
    ada, eve = await center.signed_in("ada"), await center.signed_in("eve")
    policy = (await ada.get(CONFIG)).json()["policy"]
    mine = {**policy, "version": 2, "worth_ms": 900_000}
    assert (await ada.put(f"{CONFIG}/policy", json=mine)).status_code == 200
    late = await eve.put(f"{CONFIG}/policy", json={**policy, "version": 2})
    assert (late.status_code, late.json()["code"]) == (409, "policy_changed")
    assert center.engine.center().policy.worth_ms == 900_000


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("skill/a", {"name": "A", "colour": "red"}, "colour"),
        ("skill/a", {}, "name"),
        ("skill/a", {"name": ""}, "name"),
        ("skill/a", {"name": "   "}, "name"),
        ("skill/a", {"name": "a\x00b"}, "name"),
        ("skill/a", {"name": "x" * 121}, "name"),
        ("skill/a", {"name": "A", "language": "yes"}, "language"),
        ("skill/a", {"name": "A", "id": "b"}, "id"),
        ("skill/..%2Fa", {"name": "A"}, None),
        ("skill/%D0%B0", {"name": "A"}, "id"),
        ("segment/a", {"name": "A", "value": 11}, "value"),
        ("segment/a", {"name": "A", "value": "5"}, "value"),
        ("segment/a", {"name": "A", "value": True}, "value"),
        ("segment/a", {"name": "A", "value": 1e99}, "value"),
        ("segment/a", {"name": "A", "head_start_ms": -1}, "head_start_ms"),
        ("queue/a", {"name": "A", "rings": [{"level": 3}]}, "rings.0.level"),
        ("queue/a", {"name": "A", "rings": [{}] * 501}, "rings"),
        ("queue/a", {"name": "A", "when_closed": "explode"}, "when_closed"),
        ("calendar/a", {"name": "A", "week": {"0": []}}, "week.0.[key]"),
        ("agent/a", {"skills": {"ru": 9}}, "skills.ru"),
        ("agent/a", {"capacity": {"slots": {"smoke": 1}}}, "capacity.slots.smoke.[key]"),
        (
            "inbox/a",
            {"name": "A", "medium": "chat", "queue": "q", "origins": ["evil"]},
            "origins.0",
        ),
        ("reason/a", {"name": "A", "presence": "gone"}, "presence"),
    ],
)
async def test_a_bad_setting_is_refused_by_field(
    center: Center, address: str, body: dict[str, Any], field: str | None
):
    ada = await center.signed_in("ada")
    before = center.engine.position()
    answer = await ada.put(f"{CONFIG}/{address}", json=body)
    if field is None:
        assert answer.status_code == 404
    else:
        assert answer.status_code == 400, answer.text
        assert field in [fault["field"] for fault in answer.json()["errors"]]
    assert center.engine.position() == before


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", ""])
async def test_hours_need_a_zone_that_exists(center: Center, zone: str):
    ada = await center.signed_in("ada")
    answer = await ada.put(f"{CONFIG}/calendar/a", json={"name": "A", "zone": zone})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    "spec",
    [
        s.Queue(
            id=QueueId("help"),
            name="Help",
            rings=(s.Ring(needs=(s.Need(skill=SkillId("ru"), level=3),), after_ms=5000), s.Ring()),
            wrap_up=s.WrapUpRule(automatic=DispositionId("none")),
        ),
        s.Policy(),
        s.Agent(id=AgentId("a"), skills={SkillId("ru"): 5}),
    ],
)
def test_a_setting_comes_through_json_as_it_was(spec: Any):
    body = msgspec.to_builtins(spec, str_keys=True)
    assert spec_of(shape_of(type(spec)).model_validate(body)) == spec


@pytest.mark.parametrize(
    ("labels", "accepted"),
    [
        ({"orders": {"ru": "Мой заказ", "pt-BR": "Meu pedido"}}, True),
        ({}, True),
        ({"returns": {"en": "Returns"}}, False),
        ({"orders": {"Russian": "Мой заказ"}}, False),
        ({"orders": {"en": " "}}, False),
        ({"orders": {"en": "x" * 81}}, False),
        ({"orders": "My order"}, False),
    ],
)
async def test_labels_are_for_the_reasons_of_their_inbox(
    center: Center, labels: dict[str, Any], *, accepted: bool
):
    ada = await center.signed_in("ada")
    await ada.put(f"{CONFIG}/queue/q", json={"name": "Q"})
    inbox = {"name": "Web", "medium": "chat", "queue": "q", "by_reason": {"orders": "q"}}
    answer = await ada.put(f"{CONFIG}/inbox/web", json={**inbox, "reason_labels": labels})
    if accepted:
        assert answer.json()["reason_labels"] == labels
    else:
        assert answer.status_code == 400, answer.text
        faults = [fault["field"] for fault in answer.json()["errors"]]
        assert all(field.startswith("reason_labels") for field in faults)
