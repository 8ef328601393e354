"""The first administrator comes in by a link that works once."""

import asyncio
from pathlib import Path
from typing import Any

from tests.web.center import HERE, PASSWORD, Center, running_center

FIRST = "/api/v1/first-admin"


async def token_of(center: Center) -> str:
    link = await center.security.first_admin_link()
    assert link is not None
    assert link.startswith(f"{HERE}/welcome?token=")
    return link.partition("token=")[2]


def first(token: str, **other: Any) -> dict[str, Any]:
    return {"token": token, "name": "Ada", "login": "ada", "password": PASSWORD, **other}


async def test_the_link_makes_an_administrator_who_is_signed_in(tmp_path: Path):
    async with running_center(tmp_path / "data") as center:
        browser = center.browser()
        answer = await browser.post(FIRST, json=first(await token_of(center)))
        assert answer.status_code == 201, answer.text
        assert answer.json()["user"]["roles"] == ["administrator", "supervisor"]
        assert (await browser.get("/api/v1/users")).status_code == 200


async def test_the_link_works_once(tmp_path: Path):
    async with running_center(tmp_path / "data") as center:
        token = await token_of(center)
        tries = [first(token, login=f"ada{number}") for number in range(5)]
        answers = await asyncio.gather(*(center.browser().post(FIRST, json=one) for one in tries))
        assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404, 404]
        assert await center.security.first_admin_link() is None


async def test_a_newer_link_voids_the_older(tmp_path: Path):
    async with running_center(tmp_path / "data") as center:
        older, newer = await token_of(center), await token_of(center)
        browser = center.browser()
        refused = await browser.post(FIRST, json=first(older))
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_link")
        assert (await browser.post(FIRST, json=first(newer))).status_code == 201


async def test_a_bad_password_does_not_spend_the_link(tmp_path: Path):
    async with running_center(tmp_path / "data") as center:
        token = await token_of(center)
        browser = center.browser()
        assert (await browser.post(FIRST, json=first(token, password="short"))).status_code == 400
        assert (await browser.post(FIRST, json=first(token))).status_code == 201


async def test_tokens_are_not_guessed_for_long(tmp_path: Path):
    async with running_center(tmp_path / "data") as center:
        browser = center.browser()
        answers = [await browser.post(FIRST, json=first("guess")) for _ in range(31)]
        assert [answer.status_code for answer in answers] == [404] * 30 + [429]


async def test_a_center_with_users_gives_no_link(center: Center):
    assert await center.security.first_admin_link() is None
