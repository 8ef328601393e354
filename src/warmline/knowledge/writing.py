"""How articles come to be: drafts, a look by another, publishing, replacing, retiring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fastapi import HTTPException
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.permissions import Right, has
from warmline.core.words import DAY, Actor, Instant, Malformed, Rejected, UserId
from warmline.knowledge.model import (
    ARTICLE_ID,
    ARTICLES_LIMIT,
    DRAFTS_LIMIT,
    OPEN,
    VERSIONS_LIMIT,
    WAYS,
    Audience,
    Rules,
    Surroundings,
    TextState,
    Words,
    check_review,
    tags_of,
)
from warmline.knowledge.search import Entry, put_in, take_out
from warmline.knowledge.tables import article, article_version, rules
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert


def leads(actor: Actor) -> bool:
    """Whether the actor writes and approves; others propose."""
    return has(actor, Right.SUPERVISE) or has(actor, Right.CONFIGURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is said of an article as a whole."""

    audience: Audience
    owner: str | None = None
    review_at: Instant | None = None
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One version of a text."""

    article: str
    language: str
    number: int


class Shelf:
    """Changes articles, each change in one transaction with its row of the audit."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    async def create(
        self, connection: AsyncConnection, actor: Actor, head: Head, id_: str | None = None
    ) -> str:
        """A new article without any text yet; returns its id."""
        around = self._around
        new = uuid4().hex[:12] if id_ is None else id_
        if not ARTICLE_ID.fullmatch(new):
            raise Malformed("id", "must be small letters, digits and -, 1 to 64", "wrong_form")
        if await self._head(connection, new) is not None:
            raise Rejected("article_taken", f"There is an article {new} already.")
        many = select(func.count()).select_from(article).where(article.c.site == around.site)
        if (await connection.scalar(many) or 0) >= ARTICLES_LIMIT:
            raise Rejected("too_many_articles", f"{ARTICLES_LIMIT} articles are enough.")
        now = around.clock.now()
        values = await self._head_values(head, now)
        made = {"site": around.site, "id": new, "created_at": now, "created_by": actor.user}
        await connection.execute(insert(article).values(**made, **values))
        await self._tell(connection, actor, "created", new, None, values)
        return new

    async def change(self, connection: AsyncConnection, actor: Actor, id_: str, head: Head) -> None:
        """Say anew for whom it is, whose, and when it is read again."""
        around = self._around
        before = await self.head(connection, id_)
        after = await self._head_values(head, around.clock.now())
        this = (article.c.site == around.site, article.c.id == id_)
        await connection.execute(update(article).where(*this).values(**after))
        old = {name: before[name] for name in after}
        await self._tell(connection, actor, "changed", id_, old, after)
        shown = select(article_version).where(
            article_version.c.site == around.site,
            article_version.c.article == id_,
            article_version.c.state == TextState.PUBLISHED.value,
        )
        for one in await rows(connection, shown):
            await put_in(connection, around.site, _entry(one, {**before, **after}))

    async def head(self, connection: AsyncConnection, id_: str) -> Row:
        """What is said of an article, else 404."""
        found = await self._head(connection, id_)
        if found is None:
            raise HTTPException(404, f"there is no article {id_}")
        return found

    async def version(self, connection: AsyncConnection, place: Place) -> Row:
        """One version, else 404."""
        found = await row(connection, select(article_version).where(*self._this(place)))
        if found is None:
            raise HTTPException(404, f"there is no such version of {place.article}")
        return found

    async def write(
        self, connection: AsyncConnection, actor: Actor, id_: str, words: Words
    ) -> Place:
        """A new draft of a text."""
        words.check()
        await self.head(connection, id_)
        around = self._around
        of_text = (
            article_version.c.site == around.site,
            article_version.c.article == id_,
            article_version.c.language == words.language,
        )
        counted = select(
            func.max(article_version.c.number),
            func.count().filter(article_version.c.state.in_([one.value for one in OPEN])),
        ).where(*of_text)
        last, open_ = (await connection.execute(counted)).one()
        if (last or 0) >= VERSIONS_LIMIT or open_ >= DRAFTS_LIMIT:
            raise Rejected("too_many_versions", "Publish or remove a draft of this text first.")
        place = Place(id_, words.language, (last or 0) + 1)
        await connection.execute(
            insert(article_version).values(
                site=around.site,
                article=id_,
                language=words.language,
                number=place.number,
                state=TextState.DRAFT.value,
                title=words.title.strip(),
                body=words.body.strip() + "\n",
                note=words.note,
                author=actor.user,
                at=around.clock.now(),
            )
        )
        return place

    async def rewrite(
        self, connection: AsyncConnection, actor: Actor, place: Place, words: Words, seen: Instant
    ) -> None:
        """Change a draft; refused when somebody else changed it since it was `seen`."""
        words.check()
        before = await self.version(connection, place)
        if TextState(before["state"]) is not TextState.DRAFT:
            raise Rejected("no_draft", "Only a draft can be changed: write a new version.")
        self._check_hand(actor, before)
        if before["at"] != seen:
            raise Rejected("overtaken", "Somebody changed this draft meanwhile.")
        now = max(self._around.clock.now(), before["at"] + 1)
        values = {"title": words.title.strip(), "body": words.body.strip() + "\n"}
        await connection.execute(
            update(article_version)
            .where(*self._this(place))
            .values(**values, note=words.note, author=actor.user, at=now)
        )

    async def remove(self, connection: AsyncConnection, actor: Actor, place: Place) -> None:
        """Throw a draft away."""
        before = await self.version(connection, place)
        if TextState(before["state"]) not in OPEN:
            raise Rejected("no_draft", "Only a draft can be removed: retire what was published.")
        self._check_hand(actor, before)
        await connection.execute(article_version.delete().where(*self._this(place)))

    async def move(
        self, connection: AsyncConnection, actor: Actor, place: Place, to: TextState
    ) -> None:
        """Take a version one step on its way."""
        before = await self.version(connection, place)
        state = TextState(before["state"])
        if to not in WAYS[state] or to is TextState.REPLACED:
            raise Rejected("no_way", f"A version that is {state} cannot become {to}.")
        if to is TextState.REVIEW:
            self._check_hand(actor, before)
        elif not leads(actor) and not (to is TextState.DRAFT and before["author"] == actor.user):
            raise Rejected("forbidden", "A supervisor or an administrator decides about it.")
        if to is TextState.PUBLISHED:
            await self._publish(connection, actor, place, before)
        else:
            await self._set_state(connection, place, to)
            if state is TextState.PUBLISHED:
                await take_out(connection, self._around.site, place.article, place.language)
        told = {"language": place.language, "version": place.number}
        await self._tell(
            connection, actor, "changed", place.article,
            {**told, "state": state.value}, {**told, "state": to.value},
        )  # fmt: skip

    async def _publish(
        self, connection: AsyncConnection, actor: Actor, place: Place, version: Row
    ) -> None:
        around = self._around
        rules_ = await read_rules(connection, around)
        if rules_.other_approves and version["author"] == actor.user:
            raise Rejected("own_text", "Another person than the author must approve this text.")
        now = around.clock.now()
        await connection.execute(
            update(article_version)
            .where(
                article_version.c.site == around.site,
                article_version.c.article == place.article,
                article_version.c.language == place.language,
                article_version.c.state == TextState.PUBLISHED.value,
            )
            .values(state=TextState.REPLACED.value)
        )
        await self._set_state(
            connection, place, TextState.PUBLISHED, approved_by=actor.user, approved_at=now
        )
        head = await self.head(connection, place.article)
        if head["review_at"] is None or head["review_at"] <= now:
            this = (article.c.site == around.site, article.c.id == place.article)
            again = now + rules_.review_days * DAY
            await connection.execute(update(article).where(*this).values(review_at=again))
        await put_in(connection, around.site, _entry(version, head))

    async def _set_state(
        self, connection: AsyncConnection, place: Place, to: TextState, **more: object
    ) -> None:
        await connection.execute(
            update(article_version).where(*self._this(place)).values(state=to.value, **more)
        )

    def _check_hand(self, actor: Actor, version: Row) -> None:
        if not leads(actor) and version["author"] != actor.user:
            raise Rejected("forbidden", "This is somebody else's draft.")

    def _this(self, place: Place) -> tuple[Any, ...]:
        return (
            article_version.c.site == self._around.site,
            article_version.c.article == place.article,
            article_version.c.language == place.language,
            article_version.c.number == place.number,
        )

    async def _head(self, connection: AsyncConnection, id_: str) -> Row | None:
        this = (article.c.site == self._around.site, article.c.id == id_)
        return await row(connection, select(article).where(*this))

    async def _head_values(self, head: Head, now: Instant) -> dict[str, Any]:
        check_review(head.review_at, now)
        if head.owner is not None and not await self._around.users({UserId(head.owner)}):
            raise Malformed("owner", f"there is no user {head.owner}", "no_such", item=head.owner)
        return {
            "audience": head.audience.value,
            "owner": head.owner,
            "review_at": head.review_at,
            "tags": tags_of(head.tags),
        }

    async def _tell(
        self,
        connection: AsyncConnection,
        actor: Actor,
        action: str,
        id_: str,
        before: dict[str, Any] | None,
        after: dict[str, Any],
    ) -> None:
        told = self._around.audit(actor, action, "article", id_, before=before, after=after)
        await connection.execute(told.statement)


def _entry(version: Row, head: Row) -> Entry:
    return Entry(
        article=version["article"],
        language=version["language"],
        audience=Audience(head["audience"]),
        title=version["title"],
        body=version["body"],
        tags=head["tags"],
    )


async def read_rules(connection: AsyncConnection, around: Surroundings) -> Rules:
    """What the site asks; the usual when nobody said."""
    found = await row(connection, select(rules).where(rules.c.site == around.site))
    if found is None:
        return Rules()
    return Rules(other_approves=found["other_approves"], review_days=found["review_days"])


async def keep_rules(
    connection: AsyncConnection, around: Surroundings, actor: Actor, given: Rules
) -> None:
    """Say what the site asks."""
    before = await read_rules(connection, around)
    new = {"other_approves": given.other_approves, "review_days": given.review_days}
    await connection.execute(upsert(rules, {"site": around.site, **new}, keys=("site",)))
    old = {"other_approves": before.other_approves, "review_days": before.review_days}
    told = around.audit(actor, "changed", "knowledge_rules", "main", before=old, after=new)
    await connection.execute(told.statement)
