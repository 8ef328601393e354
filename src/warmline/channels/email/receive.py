"""One mail comes in: it goes on with a conversation, begins one, or starts nothing; never twice."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import uuid4

import structlog

from warmline.channels.email import tables
from warmline.channels.email.classify import Kind
from warmline.channels.email.mail import Limits, Mail
from warmline.channels.email.mailboxes import Mailbox, Mailboxes
from warmline.channels.email.matching import Matching
from warmline.channels.email.reading import (
    Delivery,
    Read,
    Words,
    envelope,
    interaction_id,
    mail_id,
    read,
    words,
)
from warmline.channels.email.rules import Letter, LetterRules, Ruled
from warmline.channels.email.settle import Settling
from warmline.channels.preference import preference
from warmline.channels.stake import at_stake
from warmline.conversations import queries, writes
from warmline.conversations.model import Author, File, Opening, Original, Said
from warmline.core.commands import Arrive
from warmline.core.commands import Receive as ReceiveCommand
from warmline.core.words import (
    CHANNEL,
    HOUR,
    CommandId,
    CustomerId,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    MessageId,
    Phase,
    Rejected,
    SiteId,
    Verification,
)
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.ports import (
    Blobs,
    Clock,
    Stakes,
    State,
    Submit,
    Unavailable,
    Write,
    WriteRefused,
)
from warmline.storage.database import Database
from warmline.storage.rows import Row, row

log = structlog.get_logger()

STARTS_PER_HOUR = 20
"""After so many mails of one sender in an hour the next ones begin nothing new."""
SOURCE = "email"
FILE_NAME_CHARS, MEDIA_TYPE_CHARS = 255, 127


class Outcome(StrEnum):
    """What became of a mail."""

    ARRIVED = "arrived"
    RECEIVED = "received"
    STORED = "stored"
    IGNORED = "ignored"
    REPEATED = "repeated"


class Postponed(Exception):
    """Not now: the center is closed or cannot store; the same mail may be brought again."""

    def __init__(self, code: str) -> None:
        super().__init__(f"cannot take the mail now: {code}")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail was dealt with; `begun` is the interaction that it began."""

    outcome: Outcome
    interaction: InteractionId | None = None
    message: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail on its way in, with what is known about it so far."""

    id: str
    mailbox: Mailbox
    delivery: Delivery
    mail: Mail
    kind: Kind
    sender: str

    @property
    def message(self) -> MessageId:
        """The message that it becomes."""
        return MessageId(self.id)


class Receiving:
    """Takes mails for the mailboxes of one site."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        blobs: Blobs,
        state: State,
        clock: Clock,
        submit: Submit,
        customers: Directory,
        mailboxes: Mailboxes,
        limits: Limits,
        starts_per_hour: int = STARTS_PER_HOUR,
        stakes: Stakes | None = None,
    ) -> None:
        self._site = site
        self._database = database
        self._blobs = blobs
        self._state = state
        self._clock = clock
        self._submit = submit
        self._customers = customers
        self._mailboxes = mailboxes
        self._limits = limits
        self._starts_per_hour = starts_per_hour
        self._stakes = stakes
        self.rules: LetterRules | None = None
        """Where new letters go by their words; told once the rooms are there."""
        self._matching = Matching(site=site, database=database, mailboxes=mailboxes)
        self._settling = Settling(site=site, database=database, submit=submit)

    async def take(self, mailbox: Mailbox, delivery: Delivery) -> Taken:
        """Deal with a mail; durable when this returns.

        Raises `mail.Refused` for one that will never be taken, `Postponed` for one that may be
        brought again later, `Busy` and `Unavailable` likewise.
        """
        found: Read = await asyncio.to_thread(
            read, delivery, limits=self._limits, loop=self._mailboxes.keys.loop
        )
        mail = found.mail
        id_ = mail_id(self._site, mailbox.id, mail, delivery.raw)
        async with self._database.read() as connection:
            known = await row(connection, tables.receipt_of(self._site, id_))
        if known is not None:
            before = known["interaction"]
            return Taken(
                outcome=Outcome.REPEATED,
                interaction=InteractionId(before) if before else None,
                message=MessageId(id_),
            )
        incoming = Incoming(
            id=id_,
            mailbox=mailbox,
            delivery=delivery,
            mail=mail,
            kind=found.verdict.kind,
            sender=self._mailboxes.keys.pseudonym(mail.sender.address),
        )
        taken = await self._decide(incoming, found)
        log.info(
            "mail_taken", mail=id_, mailbox=mailbox.id, kind=incoming.kind, outcome=taken.outcome
        )
        return taken

    async def _decide(self, incoming: Incoming, found: Read) -> Taken:
        try:
            match incoming.kind:
                case Kind.PERSON:
                    return await self._person(incoming)
                case Kind.BOUNCE:
                    return await self._bounce(incoming, found)
                case Kind.OWN_LOOP:
                    return await self._ignore(incoming)
                case _:
                    return await self._automatic(incoming)
        except WriteRefused as error:
            raise Unavailable("the rows of the mail were refused") from error

    # Mails of people

    async def _person(self, incoming: Incoming) -> Taken:
        who = await self._resolve(incoming)
        known = who.customer if who else None
        same = await self._customers.same(known) if known else ()
        now = self._clock.now()
        match = await self._matching.of(incoming.mail, customers=same, now=now)
        newest = await self._matching.newest(match.interaction) if match.interaction else None
        if newest is None and await self._too_many(incoming):
            newest = await self._last_of(incoming.sender)
            if newest is not None:
                return await self._goes_on(incoming, newest) or await self._store(incoming, newest)
        if newest is not None:
            if await self._is_told(incoming, newest):
                return Taken(outcome=Outcome.REPEATED, interaction=newest["interaction"])
            taken = await self._goes_on(incoming, newest)
            if taken is not None:
                return taken
            if await self._too_many(incoming):
                return await self._store(incoming, newest)
        return await self._begin(incoming, who, newest, same)

    async def _goes_on(self, incoming: Incoming, newest: Row) -> Taken | None:
        """One more message of an open conversation; None when it is over."""
        interaction = InteractionId(newest["interaction"])
        talk = self._state.center().interactions.get(interaction)
        if talk is None or talk.medium is not Medium.EMAIL or talk.phase is Phase.WRAPPING:
            return None
        said, _ = await self._said(incoming, interaction, root=newest["root"])
        command = ReceiveCommand(
            id=CommandId(f"receive:{incoming.id}"),
            by=CHANNEL,
            interaction=interaction,
            message=said.id,
        )
        try:
            await self._submit(
                command,
                *writes.received(self._site, said),
                self._receipt(incoming, Outcome.RECEIVED, interaction),
            )
        except Rejected:
            return None  # it ended just now
        return Taken(outcome=Outcome.RECEIVED, interaction=interaction, message=said.id)

    async def _begin(
        self,
        incoming: Incoming,
        who: Resolved | None,
        before: Row | None,
        same: Collection[CustomerId],
    ) -> Taken:
        interaction = InteractionId(interaction_id(incoming.id))
        said, found = await self._said(
            incoming, interaction, root=before["root"] if before else None
        )
        language = found.language or (who.language if who else None) or incoming.mailbox.language
        last = before["agent"] if before else None
        if last is None and same:
            last = await self._matching.agent_of_last_time(same)
        owner = who.owner if who else None
        preferred = preference(self._state.center(), owner=owner, last=last)
        follows = InteractionId(before["interaction"]) if before else None
        ruled = await self._ruled(incoming, interaction, said.text, who, language)
        verification = who.verification if who else Verification.UNKNOWN
        opening = Opening(
            interaction=interaction,
            medium=Medium.EMAIL,
            inbox=incoming.mailbox.inbox,
            at=said.at,
            customer=who.customer if who else None,
            verification=verification,
            segment=who.segment if who else None,
            subject=incoming.mail.subject,
            language=language,
            reason=ruled.reason,
            follows=follows,
        )
        command = Arrive(
            id=CommandId(f"arrive:{uuid4()}"),
            by=CHANNEL,
            interaction=interaction,
            inbox=InboxId(incoming.mailbox.inbox),
            customer=who.customer if who else None,
            verification=verification,
            segment=who.segment if who else None,
            language=language,
            reason=ruled.reason,
            queue=ruled.queue,
            message=said.id,
            follows=follows,
            preferred=preferred.agent,
            preferred_why=preferred.why,
            stake=await at_stake(
                self._stakes,
                who,
                medium=Medium.EMAIL,
                inbox=InboxId(incoming.mailbox.inbox),
                text=f"{incoming.mail.subject or ''}\n{said.text}",
            ),
        )
        try:
            await self._submit(
                command,
                writes.opening(self._site, opening),
                *writes.received(self._site, said),
                self._receipt(incoming, Outcome.ARRIVED, interaction),
                *(self._customers.undecided(interaction, who, source=SOURCE) if who else ()),
            )
        except Rejected as refusal:
            if refusal.code != "known_interaction":
                raise Postponed(refusal.code) from refusal
            return Taken(outcome=Outcome.REPEATED, interaction=interaction, message=said.id)
        return Taken(outcome=Outcome.ARRIVED, interaction=interaction, message=said.id)

    async def _ruled(
        self,
        incoming: Incoming,
        interaction: InteractionId,
        text: str,
        who: Resolved | None,
        language: str | None,
    ) -> Ruled:
        """Where the rules of the inbox send it; without rules, nowhere else."""
        if self.rules is None:
            return Ruled()
        letter = Letter(
            inbox=InboxId(incoming.mailbox.inbox),
            interaction=interaction,
            sender=incoming.mail.sender.address,
            subject=incoming.mail.subject or "",
            text=text,
            language=language,
            who=who,
        )
        return await self.rules(letter)

    async def _resolve(self, incoming: Incoming) -> Resolved | None:
        sender = incoming.mail.sender
        claim = Claim(
            kind=IdentifierKind.EMAIL, value=sender.address, verification=Verification.MATCHED
        )
        try:
            return await self._customers.resolve([claim], source=SOURCE, name=sender.name or None)
        except Malformed:
            return None  # no address that anybody could have; the words still count

    async def _too_many(self, incoming: Incoming) -> bool:
        """Whether the sender wrote so much within an hour that it may be a loop."""
        since = self._clock.now() - HOUR
        query = tables.mails_since(self._site, incoming.sender, since)
        async with self._database.read() as connection:
            count = await connection.scalar(query)
        return (count or 0) >= self._starts_per_hour

    async def _last_of(self, sender: str) -> Row | None:
        async with self._database.read() as connection:
            found = await row(connection, tables.last_interaction_of(self._site, sender))
        return await self._matching.newest(found["interaction"]) if found else None

    async def _is_told(self, incoming: Incoming, head: Row) -> bool:
        """Whether this conversation holds the mail already, through another mailbox of ours."""
        own = incoming.mail.message_id
        if own is None:
            return False
        async with self._database.read() as connection:
            same = await row(connection, tables.message_of_mail(self._site, [own]))
        if same is None:
            return False
        there = await self._matching.head(same["interaction"])
        return there is not None and there["root"] == head["root"]

    # Mails of machines

    async def _automatic(self, incoming: Incoming) -> Taken:
        """Kept with its conversation when there is one; nobody is asked to work."""
        match = await self._matching.of(incoming.mail, customers=(), now=self._clock.now())
        newest = await self._matching.newest(match.interaction) if match.interaction else None
        return await self._store(incoming, newest) if newest else await self._ignore(incoming)

    async def _bounce(self, incoming: Incoming, found: Read) -> Taken:
        bounce = found.verdict.bounce
        sent = (
            bounce and bounce.original_message_id and await self._ours(bounce.original_message_id)
        )
        if not bounce or not sent:
            return await self._automatic(incoming)
        head = await self._matching.head(sent["interaction"])
        assert head is not None, "a message without its conversation"
        if bounce.permanent:
            await self._settling.failed(
                InteractionId(sent["interaction"]),
                MessageId(sent["id"]),
                code="bounced",
                cause=incoming.id,
            )
        return await self._store(incoming, head)

    async def _ours(self, message_id: str) -> Row | None:
        async with self._database.read() as connection:
            found = await row(connection, tables.message_of_mail(self._site, [message_id]))
        if found is None or found["author"] == Author.CUSTOMER.value:
            return None
        return found

    async def _store(self, incoming: Incoming, head: Row) -> Taken:
        interaction = InteractionId(head["interaction"])
        said, _ = await self._said(incoming, interaction, root=head["root"])
        receipt = self._receipt(incoming, Outcome.STORED, interaction)
        async with self._database.write() as connection:
            known = await row(connection, queries.message_by_id(self._site, said.id))
            if known is None:
                await tables.write(connection, *writes.received(self._site, said), receipt)
        return Taken(outcome=Outcome.STORED, interaction=interaction, message=said.id)

    async def _ignore(self, incoming: Incoming) -> Taken:
        raw = await self._blobs.put(incoming.delivery.raw)
        receipt = self._receipt(incoming, Outcome.IGNORED, None, raw=raw)
        async with self._database.write() as connection:
            await tables.write(connection, receipt)
        return Taken(outcome=Outcome.IGNORED)

    # What is written

    async def _said(
        self, incoming: Incoming, interaction: InteractionId, *, root: str | None
    ) -> tuple[Said, Words]:
        mail, mailbox = incoming.mail, incoming.mailbox
        sent = tuple(await self._matching.sent(root)) if root else ()
        found = await asyncio.to_thread(words, mail, sent=sent, default=mailbox.language)
        now = self._clock.now()
        files = [await self._file(incoming, number) for number in range(len(mail.attachments))]
        said = Said(
            id=incoming.message,
            interaction=interaction,
            at=now,
            author=Author.CUSTOMER,
            text=found.text,
            html=found.html,
            email=envelope(mail, mailbox, self._mailboxes, kind=incoming.kind, said=found),
            original=Original(
                text=found.whole_text,
                html=found.whole_html,
                blob=await self._blobs.put(incoming.delivery.raw),
            ),
            files=tuple(replace(one, at=now) for one in files),
        )
        return said, found

    async def _file(self, incoming: Incoming, number: int) -> File:
        attachment = incoming.mail.attachments[number]
        return File(
            id=f"{incoming.id}-{number}",
            name=attachment.filename[:FILE_NAME_CHARS],
            media_type=attachment.media_type[:MEDIA_TYPE_CHARS],
            size=len(attachment.content),
            blob=await self._blobs.put(attachment.content),
            at=0,
            content_id=attachment.content_id[:FILE_NAME_CHARS] if attachment.content_id else None,
        )

    def _receipt(
        self,
        incoming: Incoming,
        outcome: Outcome,
        interaction: InteractionId | None,
        *,
        raw: str | None = None,
    ) -> Write:
        values: Mapping[str, object] = {
            "id": incoming.id,
            "mailbox": incoming.mailbox.id,
            "at": self._clock.now(),
            "kind": incoming.kind.value,
            "outcome": outcome.value,
            "sender": incoming.sender,
            "interaction": interaction,
            "raw": raw,
        }
        return Write(statement=tables.keep_receipt(self._site, values))
