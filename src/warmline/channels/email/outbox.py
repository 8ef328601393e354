"""The outbox: every mail of ours waits here until a relay has taken it, over restarts and outages.

A mail is marked as on its way before it is handed over and as gone afterwards, both durably. Only a
crash between the relay's answer and the second mark sends it again, under the same Message-ID.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import uuid4

import structlog

from warmline.channels.email import tables
from warmline.channels.email.compose import Mode, Outgoing, compose, message_id
from warmline.channels.email.mail import Address
from warmline.channels.email.mailboxes import Mailboxes
from warmline.channels.email.outgoing import Drafting, Unsendable, bare
from warmline.channels.email.settle import Settling
from warmline.channels.email.smtp_out import Handed, Later, Never, Relay
from warmline.conversations import queries, writes
from warmline.conversations.model import MessageState
from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    Millis,
    Rejected,
    SiteId,
)
from warmline.ports import Blobs, Busy, Clock, Unavailable
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, row, rows

log = structlog.get_logger()

GRACE_MS: Millis = 300
"""A command to take the mail back may be under way when its time is over."""
FIRST_RETRY_MS: Millis = MINUTE
LONGEST_RETRY_MS: Millis = HOUR
GIVE_UP_MS: Millis = 48 * HOUR
AT_ONCE = 4
"""Mails handed over at the same time."""
BATCH = 20
SHOWN = 200
LONGEST_SLEEP_S = 30.0
AFTER_FAILURE_S = 1.0
LAST_WORDS_S = 5.0


class Outbox:
    """The mails of one site that have not left."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        blobs: Blobs,
        clock: Clock,
        relay: Relay,
        mailboxes: Mailboxes,
        settling: Settling,
        first_retry_ms: Millis = FIRST_RETRY_MS,
    ) -> None:
        self._site = site
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._relay = relay
        self._mailboxes = mailboxes
        self._settling = settling
        self._first_retry_ms = first_retry_ms
        self._drafting = Drafting(site=site, database=database, blobs=blobs, mailboxes=mailboxes)
        self._news = asyncio.Event()
        self._unsettled = True
        self._interrupted = False
        self._settling_turn = asyncio.Lock()

    # What others ask

    def wake(self) -> None:
        """Look at once what is due."""
        self._news.set()

    async def add(self, interaction: InteractionId, message: MessageId) -> None:
        """A message of a mail conversation is to leave; twice is once, one taken back never."""
        async with self._database.read() as connection:
            head = await row(connection, queries.header(self._site, interaction))
            given = await row(connection, queries.message_by_id(self._site, message))
        if head is None or given is None or head["medium"] != Medium.EMAIL.value:
            return
        if given["state"] != MessageState.QUEUED.value:
            return
        now = self._clock.now()
        mailbox = await self._mailboxes.of_inbox(head["inbox"])
        wanted = given["send_after"]
        values: Mapping[str, object] = {
            "id": message,
            "interaction": interaction,
            "since": now,
            "next_at": max(now, wanted + GRACE_MS) if wanted else now,
        }
        async with self._database.write() as connection:
            await connection.execute(tables.enqueue(self._site, values))
            if mailbox is not None and given["email"] is not None:
                own = message_id(message, mailbox.domain)
                envelope = {**given["email"], "message_id": own}
                await connection.execute(tables.with_envelope(self._site, message, envelope))
        self.wake()

    async def take_back(self, message: MessageId) -> None:
        """The message was taken back before it left."""
        async with self._database.write() as connection:
            await connection.execute(tables.drop_outbox(self._site, message, state="waiting"))

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        """A mail of the center about no message (a transcript); durable when this returns."""
        mailbox = next((one for one in await self._mailboxes.all() if one.active), None)
        if mailbox is None:
            raise Rejected("no_mailbox", "There is no mailbox that could send this.")
        id_ = uuid4().hex
        now = self._clock.now()
        mail = Outgoing(
            message=id_,
            domain=mailbox.domain,
            loop=self._mailboxes.keys.loop,
            mode=Mode.NEW,
            sender=Address(name=mailbox.name, address=mailbox.address),
            to=(Address(name="", address=to),),
            subject=subject,
            text=text,
            html=html,
            locale=language,
            date=now,
            automatic=True,
        )
        raw = await self._blobs.put(await asyncio.to_thread(lambda: compose(mail).as_bytes()))
        values: Mapping[str, object] = {
            "id": id_,
            "since": now,
            "next_at": now,
            "sender": "",
            "recipients": [to],
            "raw": raw,
        }
        async with self._database.write() as connection:
            await connection.execute(tables.enqueue(self._site, values))
        self.wake()

    async def retry(self, id_: str) -> bool:
        """Try a waiting or failed mail at once; False when there is none."""
        now = self._clock.now()
        async with self._database.write() as connection:
            found = await row(connection, tables.outbox_row(self._site, id_))
            if found is None or found["state"] not in {"waiting", "failed"}:
                return False
            values: dict[str, object] = {"next_at": now}
            if found["state"] == "failed":
                values |= {"state": "waiting", "attempts": 0, "since": now, "code": None}
                values |= {"some_refused": False}
                await connection.execute(
                    tables.message_state(
                        self._site,
                        MessageId(id_),
                        to=MessageState.QUEUED,
                        among=[MessageState.FAILED],
                    )
                )
            await connection.execute(tables.change_outbox(self._site, id_, values))
        self.wake()
        return True

    async def shown(self) -> dict[str, object]:
        """What waits and what failed, the longest waiting first."""
        async with self._database.read() as connection:
            found = await rows(
                connection,
                tables.in_outbox(
                    self._site, ["waiting", "sending", "failing", "failed"], limit=SHOWN
                ),
            )
            counts = await rows(connection, tables.outbox_counts(self._site))
        fields = ("id", "interaction", "state", "attempts", "since", "next_at", "error", "code")
        return {
            "relay": self._relay.configured,
            "counts": {one["state"]: one["count"] for one in counts},
            "mails": [{field: one[field] for field in fields} for one in found],
        }

    # Its own life

    async def recover(self) -> None:
        """After a restart: what was on its way goes again, what lost its row gets one."""
        await self._release()
        async with self._database.read() as connection:
            found = await rows(connection, tables.queued_mails(self._site))
        for one in found:
            await self.add(InteractionId(one["interaction"]), MessageId(one["id"]))
        self._unsettled = True
        self.wake()

    async def run(self) -> None:
        """Send what is due, until cancelled; sleeps until the next is."""
        self._interrupted = True
        while True:
            self._news.clear()
            try:
                with storage_errors():
                    if self._interrupted:
                        await self._release()
                    if self._unsettled:
                        await self._settle()
                    if self._relay.configured and await self._send_due():
                        continue
                    pause_s = await self._pause_s()
            except (Unavailable, Busy) as failure:
                log.warning("outbox_waits", cause=type(failure).__name__)
                self._interrupted = True
                pause_s = AFTER_FAILURE_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), pause_s)

    async def _release(self) -> None:
        async with self._database.write() as connection:
            await connection.execute(tables.release(self._site, self._clock.now()))
        self._interrupted = False

    async def _pause_s(self) -> float:
        if not self._relay.configured:
            return LONGEST_SLEEP_S
        if self._unsettled:
            return AFTER_FAILURE_S
        async with self._database.read() as connection:
            next_at: Instant | None = await connection.scalar(tables.next_due(self._site))
        if next_at is None:
            return LONGEST_SLEEP_S
        return min(LONGEST_SLEEP_S, max(0.0, (next_at - self._clock.now()) / SECOND))

    async def _send_due(self) -> bool:
        """Send what is due; False when nothing was."""
        async with self._database.read() as connection:
            query = tables.due(self._site, self._clock.now(), limit=BATCH)
            found = await rows(connection, query)
        room = asyncio.Semaphore(AT_ONCE)
        talks: dict[str, list[Row]] = {}
        for mail in found:
            talks.setdefault(mail["interaction"] or mail["id"], []).append(mail)

        async def one(talk: list[Row]) -> None:
            async with room:
                for mail in talk:  # what was said first leaves first
                    await self._send(mail)

        await self._all(one(talk) for talk in talks.values())
        return bool(found)

    async def _all(self, deeds: Iterable[Coroutine[None, None, None]]) -> None:
        """Do them all, and only then tell the failure of one: nothing is on its way any more.

        Who stops the server waits a little for mails that are being handed over.
        """
        together = asyncio.gather(*deeds, return_exceptions=True)
        try:
            outcomes = await asyncio.shield(together)
        except asyncio.CancelledError:
            await asyncio.wait([together], timeout=LAST_WORDS_S)
            together.cancel()
            raise
        for failure in outcomes:
            if failure is not None:
                raise failure

    async def _send(self, mail: Row) -> None:
        if not await self._claim(mail):
            return
        attempt = mail["attempts"] + 1
        try:
            with storage_errors():
                sender, recipients, content = await self._built(mail)
            handed = await self._relay.hand_over(sender, recipients, content)
        except Never as refusal:
            await self._fails(mail, refusal.code, refusal.detail)
        except Later as delay:
            await self._waits(mail, attempt, delay.code, delay.detail)
        except Unsendable as error:
            await self._fails(mail, error.code, str(error))
        except Unavailable:
            await self._waits(mail, attempt, "unavailable", "our own storage does not answer")
        else:
            await self._handed(mail, attempt, handed)

    async def _claim(self, mail: Row) -> bool:
        """Mark the mail as on its way; False when it was taken back meanwhile."""
        marked = {"state": "sending", "attempts": mail["attempts"] + 1}
        async with self._database.write() as connection:
            claimed = await connection.execute(
                tables.change_outbox(self._site, mail["id"], marked, state="waiting")
            )
            if claimed.rowcount != 1:
                return False
            if mail["raw"] is not None:
                return True
            gone = await connection.execute(writes.handed_over(self._site, mail["id"]))
            if gone.rowcount == 1 or mail["attempts"] > 0:
                return True
            await connection.execute(tables.drop_outbox(self._site, mail["id"], state="sending"))
            return False

    async def _built(self, mail: Row) -> tuple[str, Sequence[str], bytes]:
        """Sender and recipients of the envelope, and the mail itself."""
        if mail["raw"] is not None:
            try:
                content = await self._blobs.get(mail["raw"])
            except KeyError:
                raise Unsendable("mail_gone", "the mail is gone") from None
            return mail["sender"] or "", mail["recipients"], content
        async with self._database.read() as connection:
            message = await row(connection, queries.message_by_id(self._site, mail["id"]))
            head = await row(
                connection, queries.header(self._site, InteractionId(mail["interaction"]))
            )
        assert message is not None and head is not None, "a mail without its message"  # noqa: PT018
        mailbox = await self._mailboxes.of_inbox(head["inbox"])
        if mailbox is None:
            raise Later("no_mailbox", "the inbox has no active mailbox to send from")
        outgoing = await self._drafting.outgoing(message, head, mailbox)
        try:
            content = await asyncio.to_thread(lambda: compose(outgoing).as_bytes())
        except (ValueError, TypeError, LookupError) as error:
            # One mail that cannot be built must not hold up the others.
            raise Unsendable("not_composable", str(error)) from error
        recipients = mail["recipients"] or bare([*outgoing.to, *outgoing.cc])
        # RFC 3834: an automatic answer has an empty sender, so that nothing answers it.
        return "" if outgoing.automatic else mailbox.address, recipients, content

    # What came of it

    async def _handed(self, mail: Row, attempt: int, handed: Handed) -> None:
        some_refused = mail["some_refused"] or bool(handed.never)
        if handed.later:
            await self._waits(
                mail,
                attempt,
                "not_now",
                next(iter(handed.later.values())),
                recipients=list(handed.later),
                some_refused=some_refused,
            )
        elif some_refused:
            words = next(iter(handed.never.values()), "a recipient was refused before")
            await self._fails(mail, "some_refused", words)
        else:
            await self._change(mail, {"state": "sent", "error": None})
            log.info("mail_sent", mail=mail["id"], attempt=attempt)
            await self._settle()

    async def _waits(
        self,
        mail: Row,
        attempt: int,
        code: str,
        words: str,
        *,
        recipients: list[str] | None = None,
        some_refused: bool = False,
    ) -> None:
        """Try again later; after two days it has failed."""
        now = self._clock.now()
        if now - mail["since"] >= GIVE_UP_MS:
            await self._fails(mail, "gave_up", words)
            return
        delay_ms = min(LONGEST_RETRY_MS, self._first_retry_ms * 2 ** min(attempt - 1, 20))
        values: dict[str, object] = {
            "state": "waiting",
            "next_at": now + delay_ms,
            "error": words,
            "code": code,
        }
        if recipients is not None:
            values |= {"recipients": recipients, "some_refused": some_refused}
        await self._change(mail, values, back_to_queue=True)
        log.warning("mail_waits", mail=mail["id"], attempt=attempt, code=code)

    async def _fails(self, mail: Row, code: str, words: str) -> None:
        await self._change(mail, {"state": "failing", "error": words[:200], "code": code})
        log.warning("mail_failed", mail=mail["id"], code=code)
        await self._settle()

    async def _change(
        self, mail: Row, values: Mapping[str, object], *, back_to_queue: bool = False
    ) -> None:
        async with self._database.write() as connection:
            await connection.execute(tables.change_outbox(self._site, mail["id"], values))
            if back_to_queue and mail["raw"] is None:
                await connection.execute(
                    tables.message_state(
                        self._site,
                        MessageId(mail["id"]),
                        to=MessageState.QUEUED,
                        among=[MessageState.SENT],
                    )
                )

    async def _settle(self) -> None:
        """Tell the center what left and what failed; what it cannot hear now, it hears later."""
        self._unsettled = True
        async with self._settling_turn:
            async with self._database.read() as connection:
                query = tables.in_outbox(self._site, ["sent", "failing"], limit=SHOWN)
                found = await rows(connection, query)
            for mail in found:
                await self._settle_one(mail)
            self._unsettled = len(found) == SHOWN

    async def _settle_one(self, mail: Row) -> None:
        failed = mail["state"] == "failing"
        if mail["raw"] is None:
            interaction, message = InteractionId(mail["interaction"]), MessageId(mail["id"])
            if failed:
                cause = f"{mail['since']}-{mail['attempts']}"
                await self._settling.failed(
                    interaction, message, code=mail["code"] or "failed", cause=cause
                )
            else:
                await self._settling.delivered(interaction, message, try_=mail["attempts"])
        elif not failed:
            await self._blobs.remove(mail["raw"])
        async with self._database.write() as connection:
            await connection.execute(
                tables.change_outbox(self._site, mail["id"], {"state": "failed"}, state="failing")
                if failed
                else tables.drop_outbox(self._site, mail["id"], state="sent")
            )
