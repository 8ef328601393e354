"""The check of contradictions with the texts of the rooms and channels that it reads."""

from collections.abc import Sequence

from warmline.channels.email.mailboxes import Mailboxes
from warmline.core.events import QueueDefined, Removed
from warmline.core.words import SiteId
from warmline.desk.tables import all_replies
from warmline.engine.engine import Engine
from warmline.knowledge.facts.check import Check
from warmline.knowledge.facts.model import Source, StoredText
from warmline.knowledge.search import Articles
from warmline.knowledge.tables import published
from warmline.ports import Clock, Recorded, State
from warmline.storage.database import Database
from warmline.storage.rows import rows


class ArticleTexts:
    """What is published."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def all(self) -> Sequence[StoredText]:
        """Every article in every language."""
        async with self._database.read() as connection:
            found = await rows(connection, published(self._site))
        return [
            StoredText(
                source=Source.ARTICLE,
                id=one["article"],
                language=one["language"],
                title=one["title"],
                text=one["body"],
            )
            for one in found
        ]


class CannedTexts:
    """Canned replies."""

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def all(self) -> Sequence[StoredText]:
        """Every reply."""
        async with self._database.read() as connection:
            found = await rows(connection, all_replies(self._site))
        names = ("id", "language", "title", "text")
        return [
            StoredText(source=Source.CANNED, **{name: one[name] for name in names}) for one in found
        ]


class MailTexts:
    """What mailboxes answer by themselves."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    async def all(self) -> Sequence[StoredText]:
        """Every acknowledgement in every language."""
        return [
            StoredText(source=Source.MAIL, id=one.id, language=tag, title=one.name, text=text)
            for one in await self._mailboxes.all()
            for tag, text in one.auto_reply.items()
        ]


class QueueTexts:
    """What queues tell those who wait or come too late."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def all(self) -> Sequence[StoredText]:
        """Every situation in every language; those of one queue and language are one text."""
        said: dict[tuple[str, str, str], list[str]] = {}
        for queue in self._state.center().queues.values():
            for words in queue.words.values():
                for tag, text in words.items():
                    said.setdefault((queue.id, tag, queue.name), []).append(text)
        return [
            StoredText(
                source=Source.QUEUE, id=id_, language=tag, title=name, text="\n\n".join(texts)
            )
            for (id_, tag, name), texts in said.items()
        ]


def open_check(
    *, database: Database, site: SiteId, clock: Clock, state: State, articles: Articles
) -> Check:
    """The check over articles, canned replies and queues."""
    check = Check(
        database=database,
        site=site,
        clock=clock,
        texts=(ArticleTexts(database, site), CannedTexts(database, site), QueueTexts(state)),
    )
    articles.listen(check.changed)
    return check


def attend(check: Check, mailboxes: Mailboxes, engine: Engine) -> None:
    """Read the texts of mailboxes too, and hear of changed queues and mailboxes."""
    check.attend(MailTexts(mailboxes))
    mailboxes.listen(check.changed)

    def heard(batch: Sequence[Recorded]) -> None:
        if any(isinstance(one.event, QueueDefined | Removed) for one in batch):
            check.changed()

    engine.subscribe(heard)
