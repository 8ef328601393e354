"""Bad input gets a clear problem document, and nothing that was sent comes back in it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError

from tests.web.center import Center, running_center
from warmline.ports import Busy, Unavailable

SESSION = "/api/v1/session"


def problem_of(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= body.keys()
    assert body["status"] == answer.status_code
    return body


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b"", 400, "malformed"),
        (b"[]", 400, "malformed"),
        (b"null", 400, "malformed"),
        (b'{"login": "ann"}', 400, "malformed"),
        (b'{"login": 5, "password": "x"}', 400, "malformed"),
        (b'{"login": "ann", "password": NaN}', 400, "malformed"),
        (b'{"login": "ann", "password": "\\ud800"}', 400, "malformed"),
        (b'{"login": "ann", "password": "x", "remember": true}', 400, "malformed"),
        (b'{"login": "ann", "password": "' + b"x" * 300 + b'"}', 400, "malformed"),
        (b'{"login": "\xff\xfe"}', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b"9" * 10_000, 400, "malformed"),
    ],
)
async def test_malformed_json_says_so(center: Center, body: bytes, status: int, code: str):
    answer = await center.browser().post(
        SESSION, content=body, headers={"content-type": "application/json"}
    )
    problem = problem_of(answer)
    assert (answer.status_code, problem["code"]) == (status, code)


async def test_an_unknown_field_is_named(center: Center):
    answer = await center.browser().post(
        SESSION, json={"login": "ann", "password": "secret-words", "remember": True}
    )
    assert [fault["field"] for fault in answer.json()["errors"]] == ["remember"]
    assert "secret-words" not in answer.text


@pytest.mark.parametrize(
    ("place", "body", "field", "code", "facts"),
    [
        ("users", {"name": "x"}, "login", "missing", None),
        ("users", {"name": "x", "login": "x" * 300, "roles": []}, "login", "too_long", "max"),
        (
            "users",
            {"name": "x", "login": "x", "roles": ["king"]},
            "roles.0",
            "not_one_of",
            "allowed",
        ),
        ("users", {"name": "x", "login": 7, "roles": []}, "login", "wrong_type", "expected"),
        ("users", {"name": "x", "login": "x", "crown": 1}, "crown", "unknown_field", None),
        (
            "users",
            {"name": "x" * 300, "login": "x", "roles": ["supervisor"]},
            "name",
            "too_long",
            "max",
        ),
    ],
)
async def test_a_fault_has_a_code_and_facts(
    center: Center, place: str, body: dict[str, object], field: str, code: str, facts: str | None
):
    ada = await center.signed_in("ada")
    answer = await ada.post(f"/api/v1/{place}", json=body)
    assert answer.status_code == 400, answer.text
    faults = {fault["field"]: fault for fault in answer.json()["errors"]}
    assert faults[field]["code"] == code
    assert faults[field]["detail"]
    assert list(faults[field].get("facts", {})) == ([facts] if facts else [])


async def test_what_the_core_finds_has_a_code_too(center: Center):
    ada = await center.signed_in("ada")
    hours = {"id": "h", "name": "Hours", "zone": "Mars/Olympus"}
    [zone] = (await ada.put("/api/v1/config/calendar/h", json=hours)).json()["errors"]
    assert (zone["field"], zone["code"]) == ("zone", "no_zone")
    easy = {"name": "Bo", "login": "bo", "roles": ["supervisor"], "password": "password123"}
    [guessed] = (await ada.post("/api/v1/users", json=easy)).json()["errors"]
    assert (guessed["field"], guessed["code"]) == ("password", "easily_guessed")
    away = await ada.put("/api/v1/config/calendar/other", json={**hours, "zone": "Europe/Warsaw"})
    assert away.json()["errors"][0]["code"] == "differs"


async def test_another_charset_is_refused(center: Center):
    answer = await center.browser().post(
        SESSION,
        content='{"login": "анна", "password": "x"}'.encode("koi8-r"),
        headers={"content-type": "application/json; charset=koi8-r"},
    )
    assert (answer.status_code, problem_of(answer)["code"]) == (415, "charset")


async def test_another_type_than_json_is_refused(center: Center):
    answer = await center.browser().post(
        SESSION,
        content=b'{"login": "ann", "password": "x"}',
        headers={"content-type": "text/plain"},
    )
    assert (answer.status_code, problem_of(answer)["code"]) == (400, "malformed")


async def test_a_body_that_says_it_is_too_large_is_not_read(center: Center):
    answer = await center.browser().post(SESSION, content=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, problem_of(answer)["code"]) == (413, "too_large")


async def test_a_body_that_turns_out_too_large_is_cut_off(center: Center):
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b" " * 65536

    answer = await center.browser().post(
        SESSION, content=endless(), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, problem_of(answer)["code"]) == (413, "too_large")
    assert sent < 2 * 1024 * 1024


async def test_no_such_address_and_no_such_method(center: Center):
    browser = center.browser()
    missing = await browser.get("/api/v1/nothing")
    assert (missing.status_code, problem_of(missing)["code"]) == (404, "not_found")
    method = await browser.put(SESSION, json={})
    assert (method.status_code, problem_of(method)["code"]) == (405, "method_not_allowed")
    assert "POST" in method.headers["allow"]
    posted = await browser.post("/desk", json={})
    assert (posted.status_code, problem_of(posted)["code"]) == (404, "not_found")


async def test_what_goes_wrong_on_our_side(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("anna@customer.test")

    @routes.get("/busy")
    async def busy() -> None:
        raise Busy(7)

    @routes.get("/unavailable")
    async def unavailable() -> None:
        raise Unavailable("disk")

    @routes.get("/full")
    async def full() -> None:
        raise OperationalError("insert …", {}, OSError("disk full"))

    async with running_center(tmp_path / "data", doors=[routes]) as center:
        browser = center.browser()
        answer = await browser.get("/api/v1/broken")
        problem = problem_of(answer)
        assert (answer.status_code, problem["code"]) == (500, "unexpected")
        logged = capsys.readouterr().out + capsys.readouterr().err + caplog.text
        assert str(problem["id"]) in logged
        for text in (answer.text,):
            assert "anna@customer.test" not in text
            assert "ZeroDivision" not in text
        for path, wait in (("busy", "7"), ("unavailable", "1"), ("full", "1")):
            refused = await browser.get(f"/api/v1/{path}")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, wait)
            problem_of(refused)


async def test_every_answer_carries_the_careful_headers(center: Center):
    browser = center.browser()
    for path in ("/api/v1/session", "/healthz", "/nothing.png", "/openapi.json"):
        headers = (await browser.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "referrer-policy" in headers
    assert (await browser.get("/api/v1/session")).headers["cache-control"] == "no-store"


async def test_a_change_without_the_second_cookies_word_is_refused(center: Center):
    ann, other = await center.signed_in("ann"), await center.signed_in("sue")
    for header in ("", "wrong", "x" * 5000, other.cookies["warmline_csrf"]):
        answer = await ann.put(
            "/api/v1/me", json={"locale": "ru"}, headers={"X-CSRF-Token": header}
        )
        assert (answer.status_code, problem_of(answer)["code"]) == (403, "forbidden")
    stolen = other.cookies["warmline_csrf"]
    ann.cookies.delete("warmline_csrf")
    ann.cookies.set("warmline_csrf", stolen)
    answer = await ann.put("/api/v1/me", json={"locale": "ru"}, headers={"X-CSRF-Token": stolen})
    assert answer.status_code == 403
    assert (await ann.get(SESSION)).json()["user"]["locale"] == "en"


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "\x7f", "йцукен"])
async def test_a_cookie_that_is_no_token_is_nobody(center: Center, cookie: str):
    answer = await center.browser().get(
        SESSION, headers=[(b"cookie", f"warmline_session={cookie}".encode())]
    )
    assert answer.status_code == 401


async def test_the_description_names_every_route_and_its_problems(center: Center):
    description = (await center.browser().get("/openapi.json")).json()
    assert json.dumps(description).count("ProblemDocument") > 10
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert operation.get("summary"), path
            assert "422" not in operation["responses"], path
    for address in ("/docs", "/redoc"):
        assert (await center.browser().get(address)).status_code == 404
