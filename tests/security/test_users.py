"""Users: made, changed and removed by administrators, with their agents, and all of it audited."""

import asyncio
from typing import Any

from tests.web.center import PASSWORD, Center
from warmline.core.words import AgentId, Presence, Role

USERS = "/api/v1/users"
SESSION = "/api/v1/session"


def a_user(**other: Any) -> dict[str, Any]:
    return {"name": "Bo Li", "login": "bo.li", "roles": ["agent"], "password": PASSWORD, **other}


async def test_a_new_user_can_sign_in_and_is_an_agent_on_the_floor(center: Center):
    ada = await center.signed_in("ada")
    answer = await ada.post(USERS, json=a_user(email="bo@center.test", locale="pl"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["agent"] == made["id"]
    assert AgentId(made["agent"]) in center.engine.center().agents
    assert "password" not in made
    me = (await (await center.signed_in("bo.li")).get(SESSION)).json()["user"]
    assert (me["name"], me["locale"], me["roles"]) == ("Bo Li", "pl", ["agent"])
    assert (await ada.get(f"{USERS}/{made['id']}")).json() == made


async def test_who_answers_nobody_is_no_agent(center: Center):
    ada = await center.signed_in("ada")
    made = (await ada.post(USERS, json=a_user(roles=["supervisor"], agent="a-bo"))).json()
    assert made["agent"] is None
    assert AgentId("a-bo") not in center.engine.center().agents


async def test_a_login_is_taken_whatever_its_case(center: Center):
    ada = await center.signed_in("ada")
    answer = await ada.post(USERS, json=a_user(login="ANN"))
    assert (answer.status_code, answer.json()["code"]) == (409, "login_taken")


async def test_two_users_are_never_one_agent(center: Center):
    ada = await center.signed_in("ada")
    answer = await ada.post(USERS, json=a_user(agent="a-ann"))
    assert (answer.status_code, answer.json()["code"]) == (409, "agent_taken")


async def test_a_bad_password_names_the_field(center: Center):
    ada = await center.signed_in("ada")
    answer = await ada.post(USERS, json=a_user(password="password123"))
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == ["password"]
    assert len((await ada.get(USERS)).json()["users"]) == 3


async def test_new_roles_end_the_sessions(center: Center):
    ada, ann = await center.signed_in("ada"), await center.signed_in("ann")
    body = {"name": "Ann", "login": "ann", "roles": ["agent", "supervisor"], "agent": "a-ann"}
    assert (await ada.put(f"{USERS}/u-ann", json=body)).status_code == 200
    assert (await ann.get(SESSION)).status_code == 401


async def test_a_new_name_does_not_end_the_session_and_shows_at_once(center: Center):
    ada, ann = await center.signed_in("ada"), await center.signed_in("ann")
    await ann.get(SESSION)
    body = {"name": "Anna", "login": "ann", "roles": ["agent"], "agent": "a-ann"}
    assert (await ada.put(f"{USERS}/u-ann", json=body)).status_code == 200
    assert (await ann.get(SESSION)).json()["user"]["name"] == "Anna"


async def test_a_password_set_by_the_administrator_ends_the_sessions(center: Center):
    ada, ann = await center.signed_in("ada"), await center.signed_in("ann")
    body = a_user(name="Ann", login="ann", agent="a-ann", password="nine yellow tractors")
    assert (await ada.put(f"{USERS}/u-ann", json=body)).status_code == 200
    assert (await ann.get(SESSION)).status_code == 401
    await center.signed_in("ann", "nine yellow tractors")


async def test_a_deactivated_agent_is_signed_out_and_goes_offline(center: Center):
    ada, ann = await center.signed_in("ada"), await center.signed_in("ann")
    come = {"agent": "a-ann", "presence": "break"}
    assert (await ann.post("/api/v1/commands/SetPresence", json=come)).status_code == 200
    agent = AgentId("a-ann")
    assert center.engine.center().agents[agent].presence is Presence.BREAK
    body = {"name": "Ann", "login": "ann", "roles": ["agent"], "agent": "a-ann", "active": False}
    assert (await ada.put(f"{USERS}/u-ann", json=body)).status_code == 200
    assert center.engine.center().agents[agent].presence is Presence.OFFLINE
    assert (await ann.get(SESSION)).status_code == 401


async def test_the_last_administrator_stays(center: Center):
    ada = await center.signed_in("ada")
    for body in ({"roles": ["supervisor"]}, {"roles": ["administrator"], "active": False}):
        answer = await ada.put(f"{USERS}/u-ada", json={"name": "Ada", "login": "ada", **body})
        assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    answer = await ada.delete(f"{USERS}/u-ada")
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    await center.user("eve", Role.ADMINISTRATOR)
    assert (await ada.delete(f"{USERS}/u-eve")).status_code == 204


async def test_a_removed_user_is_gone_with_the_agent(center: Center):
    ada, ann = await center.signed_in("ada"), await center.signed_in("ann")
    assert (await ada.delete(f"{USERS}/u-ann")).status_code == 204
    assert AgentId("a-ann") not in center.engine.center().agents
    assert (await ann.get(SESSION)).status_code == 401
    gone = await ada.get(f"{USERS}/u-ann")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_user")


async def test_own_settings_change_only_what_is_given(center: Center):
    ann = await center.signed_in("ann")
    answer = await ann.put("/api/v1/me", json={"locale": "ru", "theme": "dark"})
    assert (answer.json()["locale"], answer.json()["theme"], answer.json()["name"]) == (
        "ru",
        "dark",
        "Ann",
    )
    assert (await ann.get(SESSION)).json()["user"]["locale"] == "ru"
    assert (await ann.put("/api/v1/me", json={"roles": ["administrator"]})).status_code == 400


async def test_an_own_new_password_ends_the_other_sessions_only(center: Center):
    here, there = await center.signed_in("ann"), await center.signed_in("ann")
    new = "nine yellow tractors"
    wrong = await here.put("/api/v1/me/password", json={"current": "not it", "password": new})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_password")
    old = here.cookies["warmline_session"]
    answer = await here.put("/api/v1/me/password", json={"current": PASSWORD, "password": new})
    assert answer.status_code == 204
    assert here.cookies["warmline_session"] != old
    assert (await here.get(SESSION)).status_code == 200
    assert (await there.get(SESSION)).status_code == 401
    await center.signed_in("ann", new)


async def test_a_user_whose_agent_cannot_be_made_is_not_made(center: Center):
    ada = await center.signed_in("ada")
    await center.engine.stop()
    answer = await ada.post(USERS, json=a_user())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    logins = {user["login"] for user in (await ada.get(USERS)).json()["users"]}
    assert logins == {"ann", "sue", "ada"}


async def test_two_who_ask_for_one_login_at_once_do_not_both_get_it(center: Center):
    ada = await center.signed_in("ada")
    answers = await asyncio.gather(*(ada.post(USERS, json=a_user()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_the_audit_tells_which_fields_of_a_user_changed_and_never_their_values(
    center: Center,
):
    ada = await center.signed_in("ada")
    made = (await ada.post(USERS, json=a_user(email="bo@center.test"))).json()
    changed = a_user(name="Bo Chen", roles=["agent", "supervisor"])
    del changed["password"]
    await ada.put(f"{USERS}/{made['id']}", json=changed)
    answer = await ada.get("/api/v1/audit", params={"kind": "user", "item": made["id"]})
    newest, first = answer.json()["rows"]
    assert (newest["action"], newest["user"]) == ("changed", "u-ada")
    assert newest["fields"] == ["email", "name", "roles"]
    assert (first["action"], newest["before"], newest["after"]) == ("created", None, None)
    for word in ("Bo Chen", "bo@center.test", "bo.li", PASSWORD):
        assert word not in answer.text


async def test_the_audit_is_read_page_by_page_newest_first(center: Center):
    for _ in range(4):
        await center.signed_in("ann")
        center.clock.ahead_ms += 5
    ada = await center.signed_in("ada")
    filters = {"kind": "session", "action": "signed_in", "user": "u-ann"}
    first = (await ada.get("/api/v1/audit", params={**filters, "limit": 3})).json()
    rest = (
        await ada.get("/api/v1/audit", params={**filters, "limit": 3, "before": first["next"]})
    ).json()
    times = [row["at"] for row in first["rows"] + rest["rows"]]
    assert (len(first["rows"]), len(rest["rows"]), rest["next"]) == (3, 1, None)
    assert times == sorted(times, reverse=True)


async def test_a_supervisor_is_limited_to_teams_and_queues_and_it_is_on_record(center: Center):
    ada = await center.signed_in("ada")
    for path, name in (("team/shop", "Shop"), ("queue/vip", "VIP")):
        setting = await ada.put(f"/api/v1/config/{path}", json={"name": name})
        assert setting.status_code == 200, setting.text
    body = a_user(roles=["supervisor"], teams=["shop"], queues=["vip"])
    made = (await ada.post(USERS, json=body)).json()
    assert (made["teams"], made["queues"]) == (["shop"], ["vip"])
    bo = await center.signed_in("bo.li")
    me = (await bo.get(SESSION)).json()["user"]
    assert (me["teams"], me["queues"]) == (["shop"], ["vip"])
    url = f"{USERS}/{made['id']}"
    unknown = await ada.put(url, json={**body, "teams": ["shop", "moon"]})
    assert unknown.status_code == 400
    [fault] = unknown.json()["errors"]
    assert (fault["field"], fault["code"], fault["facts"]) == ("teams", "no_such", {"item": "moon"})
    both = await ada.put(url, json={**body, "password": None, "queues": [], "teams": ["shop"]})
    assert both.json()["queues"] == [], both.text
    me = (await bo.get(SESSION)).json()["user"]
    assert me["queues"] == [], "from now on, without signing in anew"
    [changed, *_] = (await ada.get(f"/api/v1/audit?kind=user&item={made['id']}")).json()["rows"]
    assert (changed["action"], changed["fields"]) == ("changed", ["queues"])


async def test_who_administers_as_well_supervises_all(center: Center):
    ada = await center.signed_in("ada")
    await ada.put("/api/v1/config/team/shop", json={"name": "Shop"})
    body = a_user(roles=["supervisor", "administrator"], teams=["shop"])
    assert (await ada.post(USERS, json=body)).json()["teams"] == ["shop"]
    me = (await (await center.signed_in("bo.li")).get(SESSION)).json()["user"]
    assert me["teams"] == [], "nothing limits them"
