"""E-mail as a channel: in by SMTP and IMAP, out through the relay, in order after a crash."""

import asyncio
from collections.abc import Collection
from contextlib import suppress

import structlog

from warmline.channels.email.acknowledge import Acknowledging
from warmline.channels.email.ignored import Ignored
from warmline.channels.email.imap_in import Fetching, Pace
from warmline.channels.email.keys import Keys, open_keys
from warmline.channels.email.mail import Limits
from warmline.channels.email.mailboxes import Mailbox, Mailboxes
from warmline.channels.email.outbox import FIRST_RETRY_MS, Outbox
from warmline.channels.email.reading import Delivery
from warmline.channels.email.receive import STARTS_PER_HOUR, Receiving, Taken
from warmline.channels.email.rules import LetterRules
from warmline.channels.email.settle import Settling
from warmline.channels.email.smtp_in import SmtpDoor
from warmline.channels.email.smtp_out import Relay
from warmline.config import Settings
from warmline.core import events as e
from warmline.core.commands import Command
from warmline.core.words import InteractionId, Medium, Millis, SiteId
from warmline.customers.directory import Directory
from warmline.flows.runs import Runs
from warmline.ports import (
    Answer,
    Blobs,
    Busy,
    Capabilities,
    Clock,
    Recorded,
    Stakes,
    State,
    Submit,
    Write,
)
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors

log = structlog.get_logger()

OPEN_AGAIN_S = 15.0
AFTER_FAILURE_S = 30.0


class EmailChannel:
    """The e-mail channel of one site; also the `Mailer` of other channels."""

    name = "email"

    def __init__(
        self,
        *,
        site: SiteId,
        settings: Settings,
        database: Database,
        blobs: Blobs,
        state: State,
        clock: Clock,
        customers: Directory,
        keys: Keys | None = None,
        pace: Pace | None = None,
        first_retry_ms: Millis = FIRST_RETRY_MS,
        starts_per_hour: int = STARTS_PER_HOUR,
        stakes: Stakes | None = None,
    ) -> None:
        self.capabilities = Capabilities(
            medium=Medium.EMAIL,
            live=False,
            receipts=True,
            files=True,
            rich_text=True,
            unsend_ms=settings.undo_send_ms,
        )
        self.site = site
        self._settings = settings
        self._state = state
        self._clock = clock
        self._pace = pace or Pace()
        self._limits = Limits(mail_bytes=settings.mail_limit_bytes)
        self._submit: Submit | None = None
        self.ca_file = settings.tls_ca_file
        self.relay = Relay(settings)
        self.mailboxes = Mailboxes(
            site=site, database=database, keys=keys or open_keys(settings.data), clock=clock
        )
        self._receiving = Receiving(
            site=site,
            database=database,
            blobs=blobs,
            state=state,
            clock=clock,
            submit=self.submit,
            customers=customers,
            stakes=stakes,
            mailboxes=self.mailboxes,
            limits=self._limits,
            starts_per_hour=starts_per_hour,
        )
        self.ignored = Ignored(site=site, database=database, blobs=blobs, mailboxes=self.mailboxes)
        self._acknowledging = Acknowledging(
            site=site,
            database=database,
            state=state,
            clock=clock,
            submit=self.submit,
            mailboxes=self.mailboxes,
        )
        self.outbox = Outbox(
            site=site,
            database=database,
            blobs=blobs,
            clock=clock,
            relay=self.relay,
            mailboxes=self.mailboxes,
            settling=Settling(site=site, database=database, submit=self.submit),
            first_retry_ms=first_retry_ms,
        )
        self._door = self._door_of(settings)

    def _door_of(self, settings: Settings) -> SmtpDoor | None:
        """The receiver of mail, where one is wanted."""
        if settings.smtp_in_port is None:
            return None
        return SmtpDoor(
            self,
            host=settings.smtp_in_host,
            port=settings.smtp_in_port,
            limits=self._limits,
            clock=self._clock,
        )

    def rule(self, runs: Runs) -> None:
        """Let flows say where new letters go; told once the rooms are there."""
        self._receiving.rules = LetterRules(runs, self._state)

    # The port

    async def listen(self, submit: Submit) -> None:
        """Take mail and send it until cancelled."""
        self._submit = submit
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.outbox.run())
                group.create_task(self._fetch())
                if self._door is not None:
                    group.create_task(self._stand_at(self._door))
        finally:
            self._submit = None

    async def react(self, recorded: Recorded) -> None:
        """Our messages go to the outbox, those taken back leave it."""
        event = recorded.event
        match event:
            case e.MessageSent() if self._may_be_mail(event.interaction):
                await self.outbox.add(event.interaction, event.message)
            case e.MessageUnsent() if self._may_be_mail(event.interaction):
                await self.outbox.take_back(event.message)
            case _:
                return

    async def reconcile(self, open_interactions: Collection[InteractionId]) -> None:  # noqa: ARG002 - what is to be sent is in the database, whether open or not
        """After a restart mails that were on their way go on, and those without a row get one."""
        await self.mailboxes.load()
        await self.outbox.recover()

    # The Mailer

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        """A mail of the center to somebody; durable when this returns."""
        await self.outbox.send(to, subject, text, html, language)

    # What stands behind the doors

    @property
    def smtp_port(self) -> int | None:
        """The port of the SMTP door, None while it is shut."""
        return self._door.port if self._door else None

    async def submit(self, command: Command, *writes: Write) -> Answer:
        """Ask the center, when somebody listens."""
        if self._submit is None:
            raise Busy(1)
        return await self._submit(command, *writes)

    async def mailboxes_of(self, address: str) -> Mailbox | None:
        """The mailbox that mail to an address belongs to."""
        with storage_errors():
            await self.mailboxes.all()
        return self.mailboxes.ours(address)

    async def take(self, mailbox: Mailbox, delivery: Delivery) -> Taken:
        """Deal with one mail; durable when it returns."""
        if self._submit is None:
            raise Busy(1)
        with storage_errors():
            taken = await self._receiving.take(mailbox, delivery)
            await self._acknowledging.consider(mailbox, taken)
        return taken

    # Inside

    def _may_be_mail(self, interaction: InteractionId) -> bool:
        """False when it is surely another medium; a closed talk is looked up later."""
        found = self._state.center().interactions.get(interaction)
        return found is None or found.medium is Medium.EMAIL

    async def _stand_at(self, door: SmtpDoor) -> None:
        """Keep the SMTP door open; a port that is taken is tried again."""
        try:
            while door.port is None:
                try:
                    await door.open()
                except OSError as error:
                    port = self._settings.smtp_in_port
                    log.error("smtp_in_shut", port=port, cause=error.strerror or "unknown")  # noqa: TRY400 - a taken port is no bug
                    await asyncio.sleep(OPEN_AGAIN_S)
            await asyncio.Event().wait()
        finally:
            await door.close()

    async def _fetch(self) -> None:
        """One task for each mailbox with IMAP; a changed mailbox begins anew."""
        news = asyncio.Event()
        stop = self.mailboxes.listen(news.set)
        running: dict[str, tuple[Mailbox, asyncio.Task[None]]] = {}
        try:
            while True:
                news.clear()
                wanted = {one.id: one for one in await self._fetched()}
                for id_, (mailbox, task) in list(running.items()):
                    if wanted.get(id_) != mailbox or task.done():
                        await _end(task)
                        del running[id_]
                for id_, mailbox in wanted.items():
                    if id_ not in running:
                        running[id_] = (mailbox, self._following(mailbox, news))
                await news.wait()
        finally:
            stop()
            for _, task in running.values():
                await _end(task)

    async def _fetched(self) -> list[Mailbox]:
        await self.mailboxes.all()
        return [one for one in self.mailboxes.active() if one.imap is not None]

    def _following(self, mailbox: Mailbox, news: asyncio.Event) -> asyncio.Task[None]:
        fetching = Fetching(
            mailbox,
            mailboxes=self.mailboxes,
            take=self.take,
            limits=self._limits,
            clock=self._clock,
            pace=self._pace,
            ca_file=self.ca_file,
        )
        loop = asyncio.get_running_loop()

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                # Something nobody expected: say where, and begin anew, not at once.
                log.error("imap_ended", mailbox=mailbox.id, exc_info=error)
                loop.call_later(AFTER_FAILURE_S, news.set)

        task = asyncio.create_task(fetching.run(), name=f"imap-{mailbox.id}")
        task.add_done_callback(ended)
        return task


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(task, return_exceptions=True)
