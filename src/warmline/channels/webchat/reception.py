"""How a chat begins, what a page must know before that, and the form outside business hours."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import update

from warmline.channels import files
from warmline.channels.preference import NONE, Preference, preference
from warmline.channels.queue_words import why_refused
from warmline.channels.stake import at_stake
from warmline.channels.webchat import tables
from warmline.channels.webchat.chats import Chats
from warmline.channels.webchat.deeds import arrived, client_id, derived
from warmline.channels.webchat.identity import Vouched, vouched
from warmline.channels.webchat.limits import (
    EMAIL_LIMIT_CHARS,
    NAME_LIMIT_CHARS,
    Limits,
)
from warmline.channels.webchat.tokens import new_token, token_hash
from warmline.channels.webchat.visitor import Visitor, Visitors
from warmline.conversations import writes
from warmline.conversations.model import Author, Envelope, Opening, Said
from warmline.conversations.tables import conversation
from warmline.core import queueing
from warmline.core.commands import Arrive, Identify
from warmline.core.settings import Inbox
from warmline.core.words import (
    CHANNEL,
    MINUTE,
    AgentId,
    CommandId,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    MessageId,
    Millis,
    Rejected,
    SiteId,
)
from warmline.customers.directory import Directory
from warmline.ports import Clock, Stakes, State, Submit
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors

REPEATABLE_MS: Millis = 10 * MINUTE
"""How long the same start id still opens the chat that it began."""
LOCALES = ("en", "ru", "pl")
SUBJECT_CHARS = 80
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]+")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_SHOWN = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the customer says at the beginning; `id` makes a repetition recognisable."""

    inbox: InboxId
    id: str | None = None
    name: str | None = None
    email: str | None = None
    reason: str | None = None
    text: str | None = None
    language: str | None = None
    identity: str | None = None
    agent: AgentId | None = None
    """Whom they wish to talk to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The chat that has begun; the token is shown this once."""

    interaction: InteractionId
    token: str


class Reception:
    """Lets customers in through the chat inboxes of one site."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        limits: Limits,
        chats: Chats,
        state: State,
        clock: Clock,
        submit: Submit,
        customers: Directory,
        stakes: Stakes | None = None,
    ) -> None:
        self._site = site
        self._database = database
        self._limits = limits
        self._chats = chats
        self._state = state
        self._clock = clock
        self._submit = submit
        self._visitors = Visitors(customers)
        self._stakes = stakes
        self.treats: Callable[[InboxId], Awaitable[bool]] | None = None
        """Whether a flow meets the customers of an inbox first."""

    def inbox(self, id_: InboxId) -> Inbox:
        """The chat inbox, else a refusal (`unknown_inbox`)."""
        found = self._state.center().inboxes.get(id_)
        if found is None or found.medium is not Medium.CHAT:
            raise Rejected("unknown_inbox", "there is no chat inbox of this name")
        return found

    def shown(self, id_: InboxId, language: str | None) -> dict[str, object]:
        """What the widget must know before a chat begins."""
        inbox = self.inbox(id_)
        center, now = self._state.center(), self._clock.now()
        tag = language_tag(language)
        queue = center.queue(queueing.queue_for(inbox, None, tag))
        is_open, words = True, None
        try:
            queueing.admit(center, queue.id, inbox.medium, tag, now)
        except Rejected as refusal:
            is_open, words = False, why_refused(center, refusal, tag)
        return {
            "open": is_open,
            "opens_at": None if is_open else queueing.opens_at(center, queue, now),
            "words": words,
            "online": queueing.staffed(center, queue, inbox.medium, tag),
            "name": inbox.name,
            "prechat": {"name": True, "email": True, "reason": _reasons(inbox, tag)},
            "offline_form": inbox.offline_inbox in center.inboxes,
            "file_limit_bytes": self._limits.file_bytes,
            "file_types": list(files.KINDS),
            "locales": list(LOCALES),
            "now": now,
        }

    async def begin(self, start: Start) -> Begun:
        """A chat begins; the same start id again opens the same chat, with a new token."""
        inbox = self.inbox(start.inbox)
        start_id = client_id(start.id) if start.id else str(uuid4())
        # The start id opens the chat again: agents see the interaction, so it must not show it.
        interaction = InteractionId(derived(self._site, inbox.id, start_id))
        token = new_token()
        if start.id and await self._begun_before(interaction, token):
            return Begun(interaction=interaction, token=token)
        visitor = await self._visitor(start)
        preferred = await self._preferred(start, visitor)
        language = language_tag(start.language)
        reason = reason_of(inbox, start.reason)
        text = self._limits.text(start.text) if start.text and start.text.strip() else None
        message = MessageId(derived(interaction, "first")) if text else None
        opening = Opening(
            interaction=interaction,
            medium=Medium.CHAT,
            inbox=inbox.id,
            at=self._clock.now(),
            customer=visitor.customer,
            verification=visitor.verification,
            segment=visitor.segment,
            language=language,
            reason=reason,
            token_hash=token_hash(token),
        )
        command = Arrive(
            id=CommandId(f"arrive:{uuid4()}"),
            by=CHANNEL,
            interaction=interaction,
            inbox=inbox.id,
            customer=visitor.customer,
            verification=visitor.verification,
            segment=visitor.segment,
            language=language,
            reason=reason,
            message=message,
            preferred=preferred.agent,
            preferred_why=preferred.why,
            stake=await at_stake(
                self._stakes, visitor, medium=Medium.CHAT, inbox=inbox.id, reason=reason, text=text
            ),
            treated=self.treats is not None and await self.treats(inbox.id),
        )
        rows = [writes.opening(self._site, opening), *self._visitors.rows(interaction, visitor)]
        if message is not None and text is not None:
            rows += writes.received(self._site, _said(interaction, message, text, self._clock))
        await arrived(self._state, self._submit, command, *rows)
        return Begun(interaction=interaction, token=token)

    async def identify(self, interaction: InteractionId, inbox: InboxId, identity: str) -> None:
        """The shop vouches for the customer of a chat that goes on."""
        visitor = await self._visitors.recognise(vouched=await self._vouched(inbox, identity))
        assert visitor.customer is not None, "a vouched login always has a customer"
        known = self._state.center().interactions.get(interaction)
        stake = await at_stake(
            self._stakes,
            visitor,
            medium=Medium.CHAT,
            inbox=inbox,
            reason=known.reason if known is not None else None,
        )
        command = Identify(
            id=CommandId(str(uuid4())),
            by=CHANNEL,
            interaction=interaction,
            customer=visitor.customer,
            verification=visitor.verification,
            segment=visitor.segment,
            stake=stake or (known.stake if known is not None else None),
        )
        await self._submit(command)

    async def leave_form(self, start: Start) -> InteractionId:
        """The form outside business hours: goes to the e-mail inbox, so that mail answers it."""
        inbox = self.inbox(start.inbox)
        target = self._state.center().inboxes.get(inbox.offline_inbox or InboxId(""))
        if target is None:
            raise Rejected("no_offline_form", "this chat takes no messages outside its hours")
        if not start.email:
            raise Malformed("email", "is needed for the answer", "missing")
        text = self._limits.text(start.text or "")
        visitor = await self._visitor(start)
        start_id = client_id(start.id) if start.id else str(uuid4())
        interaction = InteractionId(derived(self._site, "form", inbox.id, start_id))
        if await self._chats.exists(interaction) is not None:
            return interaction
        preferred = await self._preferred(start, visitor)
        language = language_tag(start.language)
        message = MessageId(derived(interaction, "first"))
        email = email_address(start.email)
        name = person_name(start.name)
        subject = _subject(text)
        envelope = Envelope(sender=f'"{name}" <{email}>' if name else email, subject=subject)
        opening = Opening(
            interaction=interaction,
            medium=target.medium,
            inbox=target.id,
            at=self._clock.now(),
            customer=visitor.customer,
            verification=visitor.verification,
            segment=visitor.segment,
            subject=subject,
            language=language,
        )
        command = Arrive(
            id=CommandId(f"arrive:{uuid4()}"),
            by=CHANNEL,
            interaction=interaction,
            inbox=target.id,
            customer=visitor.customer,
            verification=visitor.verification,
            segment=visitor.segment,
            language=language,
            message=message,
            preferred=preferred.agent,
            preferred_why=preferred.why,
            stake=await at_stake(
                self._stakes, visitor, medium=target.medium, inbox=target.id, text=text
            ),
        )
        said = _said(interaction, message, text, self._clock, envelope)
        await arrived(
            self._state,
            self._submit,
            command,
            writes.opening(self._site, opening),
            *writes.received(self._site, said),
            *self._visitors.rows(interaction, visitor),
        )
        return interaction

    async def secret(self, inbox: InboxId) -> str | None:
        """What identities of the inbox are signed with, None when there is none."""
        with storage_errors():
            async with self._database.read() as connection:
                return await tables.secret_of(connection, self._site, inbox)

    async def _begun_before(self, interaction: InteractionId, token: str) -> bool:
        """Whether the start was repeated; then the chat opens with the new token alone."""
        known = await self._chats.exists(interaction)
        if known is None:
            return False
        if self._clock.now() - known["arrived_at"] > REPEATABLE_MS:
            raise Rejected("begun_before", "this chat began some time ago; make a new start id")
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(
                    update(conversation)
                    .where(
                        conversation.c.site == self._site,
                        conversation.c.token_hash == known["token_hash"],
                    )
                    .values(token_hash=token_hash(token))
                )
        return True

    async def _preferred(self, start: Start, visitor: Visitor) -> Preference:
        """Who is asked first; of whoever only says who they are, nobody."""
        same = await self._visitors.known_as(visitor)
        if not same:
            return NONE
        chosen = start.agent
        if chosen is not None and not await self._chats.has_served(chosen, same):
            chosen = None
        last = await self._chats.agent_of_last_time(same)
        return preference(self._state.center(), chosen=chosen, owner=visitor.owner, last=last)

    async def _vouched(self, inbox: InboxId, identity: str) -> Vouched:
        return vouched(identity, secret=await self.secret(inbox), now=self._clock.now())

    async def _visitor(self, start: Start) -> Visitor:
        who = await self._vouched(start.inbox, start.identity) if start.identity else None
        return await self._visitors.recognise(
            vouched=who,
            name=person_name(start.name),
            email=email_address(start.email) if start.email else None,
            language=language_tag(start.language),
        )


def language_tag(text: str | None) -> str | None:
    """The language of a tag such as `ru-RU`, as our skills name it; refuses what is no tag."""
    if not text:
        return None
    found = _LANGUAGE.fullmatch(text)
    if found is None or len(text) > 35:  # noqa: PLR2004 - what RFC 5646 says is enough
        raise Malformed("language", "is no language tag", "no_language")
    return found.group(1).lower()


def email_address(text: str) -> str:
    """An address that mail could go to; refuses what cannot be one."""
    address = text.strip()
    if len(address) > EMAIL_LIMIT_CHARS or not _EMAIL.fullmatch(address):
        raise Malformed("email", "is no e-mail address", "no_email")
    return address


def person_name(text: str | None) -> str | None:
    """A name as it was given, without what nobody is called."""
    name = " ".join(_SHOWN.sub(" ", text or "").replace('"', "").split())
    if len(name) > NAME_LIMIT_CHARS:
        detail = f"is longer than {NAME_LIMIT_CHARS} characters"
        raise Malformed("name", detail, "too_long", max=NAME_LIMIT_CHARS)
    return name or None


def _reasons(inbox: Inbox, language: str | None) -> list[dict[str, str]]:
    """The reasons to choose from, in the visitor's language, else in English, else as they are."""
    shown: list[dict[str, str]] = []
    for reason in inbox.by_reason:
        labels = inbox.reason_labels.get(reason, {})
        label = labels.get(language or "en") or labels.get("en")
        shown.append({"id": reason, "label": label or reason[:1].upper() + reason[1:]})
    return sorted(shown, key=lambda one: one["label"].casefold())


def reason_of(inbox: Inbox, reason: str | None) -> str | None:
    """Events hold no words of people, so a reason is one that the inbox knows."""
    if reason and reason not in inbox.by_reason:
        raise Malformed("reason", "is none of this inbox's reasons", "no_such")
    return reason or None


def _subject(text: str) -> str:
    line = " ".join(text.splitlines()[0].split())
    return line if len(line) <= SUBJECT_CHARS else line[: SUBJECT_CHARS - 1].rstrip() + "…"


def _said(
    interaction: InteractionId,
    message: MessageId,
    text: str,
    clock: Clock,
    envelope: Envelope | None = None,
) -> Said:
    return Said(
        id=message,
        interaction=interaction,
        at=clock.now(),
        author=Author.CUSTOMER,
        text=text,
        email=envelope,
    )
