"""Signing in and out: who gets in, for how long, and how often one may guess."""

import sqlite3
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select

from tests.web.center import PASSWORD, Center, running_center
from warmline.core.words import HOUR, MINUTE, Malformed, Role
from warmline.security import tables
from warmline.security.passwords import WORST, Passwords, check_password
from warmline.security.sessions import IDLE_MS, hash_of

SESSION = "/api/v1/session"


async def test_a_user_signs_in_looks_and_signs_out(center: Center):
    browser = await center.signed_in("ann")
    answer = (await browser.get(SESSION)).json()
    assert answer["user"] == {
        "id": "u-ann",
        "name": "Ann",
        "login": "ann",
        "email": None,
        "roles": ["agent"],
        "agent": "a-ann",
        "locale": "en",
        "theme": "system",
        "teams": [],
        "queues": [],
    }
    assert (answer["demo"], answer["site"], answer["zone"]) == (False, "main", "UTC")
    assert (await browser.delete(SESSION)).status_code == 204
    assert "warmline_session" not in browser.cookies
    gone = await browser.get(SESSION)
    assert (gone.status_code, gone.json()["code"]) == (401, "signed_out")


async def test_the_login_may_be_written_in_capitals_and_with_spaces(center: Center):
    browser = center.browser()
    answer = await browser.post(SESSION, json={"login": " ANN ", "password": PASSWORD})
    assert answer.status_code == 200


async def test_an_old_cookie_says_nothing_after_sign_out(center: Center):
    browser = await center.signed_in("ann")
    cookies = dict(browser.cookies)
    await browser.delete(SESSION)
    thief = center.browser()
    thief.cookies.update(cookies)
    assert (await thief.get(SESSION)).status_code == 401


async def test_the_cookie_is_for_the_server_alone_and_its_token_is_kept_nowhere(center: Center):
    browser = center.browser()
    answer = await browser.post(SESSION, json={"login": "ann", "password": PASSWORD})
    own, page = sorted(answer.headers.get_list("set-cookie"), reverse=True)
    assert own.startswith("warmline_session=")
    assert "HttpOnly" in own
    assert "SameSite=lax" in own
    assert page.startswith("warmline_csrf=")
    assert "HttpOnly" not in page
    token = browser.cookies["warmline_session"]
    async with center.database.read() as connection:
        kept = (await connection.execute(select(tables.session))).mappings().all()
    assert [row["id"] for row in kept] == [hash_of(token)]
    assert token not in str(kept)


async def test_behind_https_the_cookies_travel_by_https_only(tmp_path: Path):
    async with running_center(tmp_path / "data", public_url="https://desk.example") as center:
        await center.user("ann", Role.AGENT)
        browser = center.browser()
        answer = await browser.post(SESSION, json={"login": "ann", "password": PASSWORD})
        assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))


async def test_unknown_login_wrong_password_and_locked_out_get_the_same_answer(center: Center):
    await center.user("bob", Role.AGENT)
    ada = await center.signed_in("ada")
    bob = (await ada.get("/api/v1/users/u-bob")).json()
    body = {name: bob[name] for name in ("name", "login", "roles", "agent")}
    assert (await ada.put("/api/v1/users/u-bob", json={**body, "active": False})).status_code == 200
    browser = center.browser()
    answers = [
        await browser.post(SESSION, json={"login": login, "password": password})
        for login, password in (("nobody", PASSWORD), ("ann", "not the one"), ("bob", PASSWORD))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


async def test_someone_without_a_password_cannot_sign_in_by_password(center: Center):
    await center.user("guest", Role.AGENT, password=None)
    answer = await center.browser().post(SESSION, json={"login": "guest", "password": ""})
    assert answer.status_code == 401


async def test_the_eleventh_try_for_one_login_has_to_wait(center: Center):
    browser = center.browser()
    wrong = {"login": "ann", "password": "not the one"}
    assert {(await browser.post(SESSION, json=wrong)).status_code for _ in range(10)} == {401}
    right = {"login": "ann", "password": PASSWORD}
    refused = await browser.post(SESSION, json=right)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
    center.clock.ahead_ms += 15 * MINUTE
    assert (await browser.post(SESSION, json=right)).status_code == 200


async def test_the_thirty_first_failure_from_one_address_has_to_wait_others_do_not(center: Center):
    guesser = center.browser(address="192.0.2.7")
    for number in range(30):
        wrong = {"login": f"somebody{number}", "password": "not the one"}
        assert (await guesser.post(SESSION, json=wrong)).status_code == 401
    right = {"login": "ann", "password": PASSWORD}
    assert (await guesser.post(SESSION, json=right)).status_code == 429
    assert (await center.browser(address="192.0.2.8").post(SESSION, json=right)).status_code == 200


async def test_a_whole_office_behind_one_address_may_sign_in(center: Center):
    for _ in range(35):
        await center.signed_in("ann")


async def test_signing_in_again_ends_the_session_of_this_browser(center: Center):
    browser = await center.signed_in("ann")
    first = browser.cookies["warmline_session"]
    await browser.post(SESSION, json={"login": "ann", "password": PASSWORD})
    assert browser.cookies["warmline_session"] != first
    assert await center.security.sessions.find(first) is None


async def test_a_session_ends_after_idleness(center: Center):
    browser = await center.signed_in("ann")
    center.clock.ahead_ms += IDLE_MS - MINUTE
    assert (await browser.get(SESSION)).status_code == 200
    center.clock.ahead_ms += IDLE_MS - MINUTE
    assert (await browser.get(SESSION)).status_code == 200
    center.clock.ahead_ms += IDLE_MS
    assert (await browser.get(SESSION)).status_code == 401


async def test_a_session_ends_however_busy_it_is(center: Center):
    browser = await center.signed_in("ann")
    for _ in range(11):
        center.clock.ahead_ms += HOUR
        assert (await browser.get(SESSION)).status_code == 200
    center.clock.ahead_ms += HOUR
    assert (await browser.get(SESSION)).status_code == 401


async def test_a_session_lives_through_a_restart(tmp_path: Path):
    async with running_center(tmp_path / "data") as center:
        await center.user("ann", Role.AGENT)
        cookies = dict((await center.signed_in("ann")).cookies)
    async with running_center(tmp_path / "data") as center:
        browser = center.browser()
        browser.cookies.update(cookies)
        assert (await browser.get(SESSION)).status_code == 200


async def test_the_twenty_first_session_of_a_user_ends_the_oldest(center: Center):
    browsers = []
    for _ in range(21):
        browsers.append(await center.signed_in("ann"))
        center.clock.ahead_ms += 1
    assert (await browsers[0].get(SESSION)).status_code == 401
    assert (await browsers[1].get(SESSION)).status_code == 200


async def test_who_listens_is_told_which_session_ended(center: Center):
    ended: list[str] = []
    stop = center.security.sessions.listen(ended.append)
    browser = await center.signed_in("ann")
    token = browser.cookies["warmline_session"]
    await browser.delete(SESSION)
    assert ended == [hash_of(token)]
    stop()


async def test_a_password_is_hashed_anew_when_the_parameters_change(center: Center):
    async def kept() -> str:
        found = await center.security.users.password_hash(center.users["ann"].id)
        assert found is not None
        return found

    before = await kept()
    center.security.sign_in._passwords = Passwords(
        PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    )
    await center.signed_in("ann")
    assert "t=2" in await kept()
    assert "t=1" in before
    await center.signed_in("ann")


async def test_a_database_that_cannot_write_says_so_and_signs_nobody_in(center: Center):
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    engine = center.database.engine.sync_engine
    browser = center.browser()
    event.listen(engine, "before_cursor_execute", full)
    answer = await browser.post(SESSION, json={"login": "ann", "password": PASSWORD})
    event.remove(engine, "before_cursor_execute", full)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "set-cookie" not in answer.headers
    again = await browser.post(SESSION, json={"login": "ann", "password": PASSWORD})
    assert again.status_code == 200


@pytest.mark.parametrize(
    "password",
    ["short", "123456789", *sorted(WORST)[:5], "aaaaaaaaaaaa", "abcabcabcabc", "Qwertyuiop"],
)
def test_a_password_that_is_guessed_first_is_refused(password: str):
    with pytest.raises(Malformed) as refusal:
        check_password(password)
    assert refusal.value.field == "password"


def test_a_password_that_is_the_login_is_refused():
    with pytest.raises(Malformed):
        check_password("anna.kowalska", login="anna.kowalska")


def test_a_sentence_is_a_good_password():
    check_password("Ёжик в тумане 1975")
