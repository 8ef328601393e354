"""A house with the room of articles in it, and texts in three languages."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conversations.house import PEOPLE, SITE, House, asking, running_house
from warmline.conversations.turns import Turns
from warmline.core.words import UserId
from warmline.knowledge.help_door import help_door
from warmline.knowledge.model import Surroundings
from warmline.knowledge.room import knowledge_routes
from warmline.knowledge.search import Articles
from warmline.security.audit import Audit
from warmline.wiring.channels import SearchPace

HELP = "http://center.test/help"
RETURNS = {
    "en": ("Returning goods", "You may return goods within 30 days.\n\n## How\n\nAsk for a label."),
    "ru": (
        "Возврат товара",
        "Вернуть товар можно в течение 30 дней.\n\n## Как\n\nПопросите ярлык.",
    ),
    "pl": ("Zwrot towaru", "Towar można zwrócić w ciągu 30 dni.\n\n## Jak\n\nProszę o etykietę."),
}
BULBS = {
    "en": ("Which bulb fits the lamp", "An E27 bulb up to 60 W fits every floor lamp."),
    "ru": ("Какая лампочка подходит", "К торшеру подходит любая лампочка E27 до 60 Вт."),
    "pl": ("Jaka żarówka pasuje do lampy", "Do każdej lampy stojącej pasuje żarówka E27 do 60 W."),
}


@dataclass
class Library:
    house: House
    around: Surroundings
    articles: Articles

    def browser(self, who: str) -> httpx.AsyncClient:
        return self.house.browser(who)

    def anybody(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.house.app)
        return httpx.AsyncClient(transport=transport, base_url="http://center.test")

    async def send(
        self, who: str, method: str, path: str, body: object = None, *, fits: int = 200
    ) -> Any:
        async with self.browser(who) as browser:
            answer = await browser.request(method, path, json=body)
        assert answer.status_code == fits, answer.text
        return answer.json() if answer.content else None

    async def publish(
        self, id_: str, texts: dict[str, tuple[str, str]], *, audience: str = "customer", **more
    ) -> None:
        """An article with its texts, written by Sue and published by Ada."""
        (first, text), *others = texts.items()
        given = {"language": first, "title": text[0], "body": text[1]}
        head = {"id": id_, "audience": audience, "text": given, **more}
        await self.send("sue", "POST", "/articles", head, fits=201)
        for language, (title, body) in others:
            given = {"language": language, "title": title, "body": body}
            await self.send("sue", "POST", f"/articles/{id_}/versions", given, fits=201)
        for language in texts:
            await self.move("ada", id_, language, "published")

    async def move(
        self, who: str, id_: str, language: str, state: str, *, number: int = 1, fits: int = 200
    ) -> Any:
        path = f"/articles/{id_}/versions/{language}/{number}/state"
        return await self.send(who, "POST", path, {"state": state}, fits=fits)

    async def found(self, q: str, *, who: str = "ann", **query) -> list[str]:
        async with self.browser(who) as browser:
            answer = await browser.get("/knowledge/search", params={"q": q, **query})
        assert answer.status_code == 200, answer.text
        return [one["title"] for one in answer.json()["found"]]

    async def page(self, path: str, *, fits: int = 200, **headers: str) -> str:
        async with self.anybody() as browser:
            answer = await browser.get(path, headers=headers)
        assert answer.status_code == fits, answer.text
        return answer.text


async def writers() -> dict[UserId, str]:
    return {PEOPLE[who].user: who.title() for who in ("sue", "ada")}  # pyright: ignore[reportReturnType]


@pytest.fixture
async def library(tmp_path: Path) -> AsyncGenerator[Library]:
    async with running_house(tmp_path / "data") as house:
        articles = Articles(house.database, SITE)
        called = await _called()
        around = Surroundings(
            database=house.database,
            state=house.engine,
            needs=asking,
            clock=house.clock,
            site=SITE,
            sight=house.sight,
            users=called,
            writers=writers,
            audit=Audit(house.database, SITE, house.clock).setting,
            turns=Turns(house.database, SITE, house.clock),
            help_url=HELP,
        )
        for router in knowledge_routes(around, articles):
            house.app.include_router(router, prefix="/api/v1")
        house.app.include_router(help_door(articles, SearchPace(house.clock, lambda _: False)))
        yield Library(house, around, articles)


async def _called():
    async def names(ids):
        return {one: str(one).removeprefix("u-").title() for one in ids if str(one) != "u-nobody"}

    return names
