"""What the sample shop knows: articles beside this file, and what became of them at the desk."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.tables import conversation
from warmline.core.words import DAY, Instant, SiteId
from warmline.demo import shop
from warmline.knowledge.importing import File, Parsed, Usual, parse
from warmline.knowledge.model import Audience, Gesture, TextState
from warmline.knowledge.search import Entry, put_in
from warmline.knowledge.tables import article, article_use, article_version
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

ARTICLES = Path(__file__).parent / "articles"
TALKS = 12_000
"""So many of the newest conversations are looked at."""
SHOWN_EVERY = 3
"""In so many of them one had an article beside the composer."""
SEED = 20_260_612
OWNERS = (shop.SUPERVISOR, shop.ADMINISTRATOR)
WRITTEN_BEFORE_MS = 160 * DAY
OF_QUEUE: Mapping[str, Sequence[str]] = {
    shop.ORDERS: ("where", "address"),
    shop.RETURNS: ("damaged", "returns"),
    shop.PAYMENTS: ("refunds", "invoice"),
    shop.ADVICE: ("lamps",),
    shop.WORKSHOP: ("repairs",),
    shop.MAIL: ("where", "returns"),
}
"""Which articles fit what is asked where."""


async def know(database: Database, site: SiteId, now: Instant) -> None:
    """Publish the articles, one of them due to be read anew, and count their use."""
    read = [
        parse(
            File(name=path.name, text=path.read_text(encoding="utf-8")),
            Usual(language="en", audience=Audience.CUSTOMER),
        )
        for path in sorted(ARTICLES.glob("*.md"))
    ]
    async with database.write() as connection:
        for place, id_ in enumerate(sorted({one.id for one in read})):
            texts = [one for one in read if one.id == id_]
            await _publish(connection, site, now, place, texts)
        used = await _used(connection, site, chance=random.Random(SEED))
        if used:
            await connection.execute(insert(article_use), used)


async def _publish(
    connection: AsyncConnection, site: SiteId, now: Instant, place: int, texts: Sequence[Parsed]
) -> None:
    owner, other = OWNERS[place % 2], OWNERS[(place + 1) % 2]
    written = now - WRITTEN_BEFORE_MS + place * DAY
    tags = sorted({tag for one in texts for tag in one.tags})
    head = {
        "id": texts[0].id,
        "audience": texts[0].audience.value,
        "owner": owner.id,
        # One is late to be read anew, the next soon, the others later.
        "review_at": now + (place * 25 - 20) * DAY,
        "tags": tags,
    }
    await connection.execute(
        insert(article).values(site=site, created_at=written, created_by=owner.id, **head)
    )
    for one in texts:
        words = one.words
        await connection.execute(
            insert(article_version).values(
                site=site,
                article=one.id,
                language=words.language,
                number=1,
                state=TextState.PUBLISHED.value,
                title=words.title,
                body=words.body.strip() + "\n",
                author=owner.id,
                at=written,
                approved_by=other.id,
                approved_at=written + DAY,
            )
        )
        entry = Entry(
            article=one.id,
            language=words.language,
            audience=one.audience,
            title=words.title,
            body=words.body,
            tags=tags,
        )
        await put_in(connection, site, entry)


async def _used(
    connection: AsyncConnection, site: SiteId, *, chance: random.Random
) -> list[dict[str, object]]:
    """Shown in most of the newest conversations, given in some, of no help in a few."""
    query = (
        select(conversation)
        .where(
            conversation.c.site == site,
            conversation.c.queue.in_(sorted(OF_QUEUE)),
            conversation.c.agent.is_not(None),
            conversation.c.closed_at.is_not(None),
        )
        .order_by(conversation.c.arrived_at.desc(), conversation.c.interaction)
        .limit(TALKS)
    )
    found = (await rows(connection, query))[::SHOWN_EVERY]
    return [use for one in found for use in _uses(site, one, chance=chance)]


def _uses(site: SiteId, talk: Row, *, chance: random.Random) -> list[dict[str, object]]:
    kinds = [Gesture.SHOWN]
    luck = chance.random()
    if luck < 0.32:  # noqa: PLR2004 - invented shares of an invented past
        kinds.append(Gesture.INSERTED)
    elif luck < 0.45:  # noqa: PLR2004
        kinds.append(Gesture.LINKED)
    elif luck > 0.96:  # noqa: PLR2004
        kinds.append(Gesture.NOT_HELPFUL)
    one = chance.choice(OF_QUEUE[talk["queue"]])
    return [
        {
            "site": site,
            "interaction": talk["interaction"],
            "article": one,
            "kind": kind.value,
            "language": talk["language"] or "en",
            "agent": talk["agent"],
            "at": talk["arrived_at"],
        }
        for kind in kinds
    ]
