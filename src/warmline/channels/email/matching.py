"""Finds the conversation of a mail in the database: what `thread` asks, fetched before it asks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from warmline.channels.email import tables
from warmline.channels.email.mail import Mail
from warmline.channels.email.mailboxes import Mailboxes
from warmline.channels.email.thread import (
    SUBJECT_WINDOW_MS,
    Match,
    keys,
    match,
    normal_subject,
    read_token,
)
from warmline.conversations import queries
from warmline.core.words import AgentId, CustomerId, Instant, InteractionId, Medium, SiteId
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows

TALKS_READ = 50
SENT_READ = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the database holds about the keys of one mail (a `ThreadLookup`)."""

    tokens: Mapping[str, str] = field(default_factory=dict[str, str])
    ids: Mapping[str, str] = field(default_factory=dict[str, str])
    subjects: Sequence[tuple[str, str]] = ()

    def by_token(self, token: str) -> str | None:
        """The interaction of a token whose signature is ours."""
        return self.tokens.get(token)

    def by_message_id(self, message_id: str) -> str | None:
        """The interaction that holds the mail of this id."""
        return self.ids.get(message_id)

    def by_subject_and_customer(self, subject: str, customer: str, since_ms: int) -> str | None:  # noqa: ARG002 - fetched for this customer and time
        """The latest interaction of the customer with this subject."""
        return next((talk for known, talk in self.subjects if known == subject), None)


class Matching:
    """Finds conversations of one site."""

    def __init__(self, *, site: SiteId, database: Database, mailboxes: Mailboxes) -> None:
        self._site = site
        self._database = database
        self._mailboxes = mailboxes

    async def of(self, mail: Mail, *, customers: Collection[CustomerId], now: Instant) -> Match:
        """The conversation of a mail; without `customers` nothing is joined by subject."""
        wanted = keys(mail)
        secret = [self._mailboxes.keys.token]
        signed = {token: read_token(token, secret) for token in wanted.tokens}
        async with self._database.read() as connection:
            tokens: dict[str, str] = {}
            for token, interaction in signed.items():
                if interaction is None:
                    continue
                head = queries.header(self._site, InteractionId(interaction))
                if await row(connection, head) is not None:
                    tokens[token] = interaction
            known: Sequence[Row] = ()
            talks: Sequence[Row] = ()
            if wanted.message_ids:
                query = tables.message_of_mail(self._site, wanted.message_ids)
                known = await rows(connection, query)
            if customers and wanted.subject:
                since = now - SUBJECT_WINDOW_MS
                query = tables.talks_of(self._site, customers, since=since, limit=TALKS_READ)
                talks = await rows(connection, query)
        found = Found(
            tokens=tokens,
            ids={one["email_message_id"]: one["interaction"] for one in known},
            subjects=[(normal_subject(one["subject"] or ""), one["interaction"]) for one in talks],
        )
        return match(mail, found, now_ms=now)

    async def head(self, interaction: InteractionId | str) -> Row | None:
        """The header of an interaction."""
        async with self._database.read() as connection:
            return await row(connection, queries.header(self._site, InteractionId(interaction)))

    async def newest(self, interaction: str) -> Row | None:
        """The newest mail conversation of the thread that an interaction belongs to."""
        head = await self.head(interaction)
        if head is None:
            return None
        async with self._database.read() as connection:
            thread = await rows(
                connection, queries.newest_of_thread(self._site, InteractionId(head["root"]))
            )
        mails = [one for one in thread if one["medium"] == Medium.EMAIL.value]
        return next(iter(mails), head)

    async def sent(self, root: str) -> Sequence[str]:
        """What we wrote in a thread, so that it can be recognised in a quote; the oldest first."""
        query = tables.texts_of_ours(self._site, InteractionId(root), limit=SENT_READ)
        async with self._database.read() as connection:
            found = await rows(connection, query)
        return [one["text"] for one in reversed(found)]

    async def agent_of_last_time(self, customers: Collection[CustomerId]) -> AgentId | None:
        """Who held the customer's newest interaction."""
        async with self._database.read() as connection:
            found = await row(connection, queries.agent_of_last_time(self._site, customers))
        return None if found is None else AgentId(found["agent"])

    async def customers(self, address: str) -> str | None:
        """The customer who alone has an address, without making one."""
        async with self._database.read() as connection:
            found = await rows(connection, tables.customers_of(self._site, address.casefold()))
        return found[0]["customer"] if len(found) == 1 else None
