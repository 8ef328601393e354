"""The automatic acknowledgement: once per thread and day, a few per sender, never to a machine."""

from collections.abc import Mapping
from typing import Any

import structlog

from warmline.channels.email import tables
from warmline.channels.email.compose import reply_subject
from warmline.channels.email.mailboxes import Mailbox, Mailboxes
from warmline.channels.email.receive import Outcome, Taken
from warmline.channels.queue_words import told
from warmline.conversations import queries, writes
from warmline.conversations.model import Author, Envelope, MessageState, Said
from warmline.core import queueing, ruleset
from warmline.core.commands import Send
from warmline.core.settings import Situation
from warmline.core.words import (
    CHANNEL,
    DAY,
    CommandId,
    InteractionId,
    MessageId,
    Rejected,
    SiteId,
)
from warmline.ports import Busy, Clock, State, Submit, Unavailable, Write, WriteRefused
from warmline.storage.database import Database
from warmline.storage.rows import Row, row

log = structlog.get_logger()

PER_SENDER_AND_DAY = 5


class Acknowledging:
    """Acknowledges mails that began a conversation, where the mailbox has a text for it."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        state: State,
        clock: Clock,
        submit: Submit,
        mailboxes: Mailboxes,
    ) -> None:
        self._site = site
        self._database = database
        self._state = state
        self._clock = clock
        self._submit = submit
        self._mailboxes = mailboxes

    async def consider(self, mailbox: Mailbox, taken: Taken) -> None:
        """Acknowledge a mail that was taken, if that is wanted and harmless."""
        if taken.outcome is not Outcome.ARRIVED or not mailbox.auto_reply:
            return
        assert taken.interaction is not None, "what arrived is an interaction"
        assert taken.message is not None, "and has a message"
        async with self._database.read() as connection:
            head = await row(connection, queries.header(self._site, taken.interaction))
            given = await row(connection, queries.message_by_id(self._site, taken.message))
        if head is None or given is None or given["email"] is None:
            return
        email: dict[str, Any] = given["email"]
        to = next(iter(email["reply_to"] or [email["from"]]), "")
        bare = to.rpartition("<")[2].rstrip(">")
        language = head["language"] or mailbox.language
        closed = self._closed_words(taken.interaction, language)
        text = closed or chosen(mailbox.auto_reply, language)
        if "@" not in bare or self._mailboxes.ours(bare) is not None or not text:
            return
        await self._send(head, email, mailbox=mailbox, to=to, bare=bare, text=text)

    def _closed_words(self, interaction: InteractionId, language: str | None) -> str | None:
        """What the queue says while it is closed; None when it is open or has no words for it."""
        center = self._state.center()
        found = center.interactions.get(interaction)
        if found is None or found.queue is None:
            return None
        queue = ruleset.queue_of(center, found)
        tried = ruleset.tried_for(center, found)
        if queueing.open_now(center, queue, self._clock.now(), tried):
            return None
        return told(queue, Situation.CLOSED, language)

    async def _send(
        self, head: Row, email: dict[str, Any], *, mailbox: Mailbox, to: str, bare: str, text: str
    ) -> None:
        interaction = InteractionId(head["interaction"])
        now = self._clock.now()
        sender = self._mailboxes.keys.pseudonym(bare)
        query = tables.acknowledgements(
            self._site, root=head["root"], sender=sender, since=now - DAY
        )
        async with self._database.read() as connection:
            before = await row(connection, query)
        if before is not None and (before["thread"] or before["sender"] >= PER_SENDER_AND_DAY):
            return
        message = MessageId(f"ack-{interaction}")
        answered = email["message_id"]
        said = Said(
            id=message,
            interaction=interaction,
            at=now,
            author=Author.SYSTEM,
            text=text,
            state=MessageState.QUEUED,
            email=Envelope(
                sender=mailbox.address,
                to=(to,),
                subject=reply_subject(email["subject"]),
                in_reply_to=answered,
                references=(*email["references"], answered) if answered else (),
                automatic=True,
            ),
        )
        kept = tables.keep_acknowledgement(
            self._site, message, root=head["root"], sender=sender, at=now
        )
        command = Send(
            id=CommandId(f"ack:{interaction}"), by=CHANNEL, interaction=interaction, message=message
        )
        try:
            await self._submit(command, *writes.sent(self._site, said), Write(statement=kept))
        except (Rejected, Busy, Unavailable, WriteRefused) as error:
            # The mail itself is kept; an acknowledgement is a courtesy.
            log.warning("not_acknowledged", interaction=interaction, kind=type(error).__name__)


def chosen(texts: Mapping[str, str], language: str | None) -> str:
    """The text in a language, else in English, else any."""
    tag = (language or "en").split("-")[0].lower()
    return texts.get(tag) or texts.get("en") or next(iter(texts.values()), "")
