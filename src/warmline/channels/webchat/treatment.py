"""The menu of a chat: a flow's words are messages of ours, the customer's are its answers."""

from collections.abc import Collection
from functools import partial

from warmline.channels.queue_words import why_refused
from warmline.channels.webchat.deeds import derived
from warmline.channels.webchat.errands import Errands
from warmline.conversations import queries, writes
from warmline.conversations.model import Author, Said
from warmline.core import events as e
from warmline.core import flow_acts as a
from warmline.core.commands import Admit, HangUp, Send
from warmline.core.flow_steps import HangUp as Over
from warmline.core.flow_steps import ToQueue
from warmline.core.interaction import Interaction
from warmline.core.words import (
    CHANNEL,
    MINUTE,
    CommandId,
    InboxId,
    InteractionId,
    Medium,
    MessageId,
    Millis,
    Phase,
    Rejected,
    SiteId,
)
from warmline.flows.rehearsal import asked
from warmline.flows.runs import Runs, Turned
from warmline.ports import Clock, State, Submit
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import row

LEAST_WAIT_MS: Millis = 2 * MINUTE
"""Whoever writes is given at least so long, whatever a caller is given."""
CLOSED = frozenset({"closed", "unstaffed"})


class ChatTreatment:
    """Takes customers of chats through flows before they wait for somebody."""

    def __init__(
        self,
        *,
        site: SiteId,
        database: Database,
        state: State,
        clock: Clock,
        submit: Submit,
        errands: Errands,
        runs: Runs,
    ) -> None:
        self._site = site
        self._database = database
        self._state = state
        self._clock = clock
        self._submit = submit
        self._errands = errands
        self._runs = runs
        self._in: set[InteractionId] = set()
        """Whose flow is not over, as far as this run of the server knows."""

    async def stands_at(self, inbox: InboxId) -> bool:
        """Whether customers of an inbox meet a flow first."""
        return await self._runs.stands_at(inbox, Medium.CHAT)

    def follow(self, event: e.InteractionEvent) -> None:
        """Do in the background what an event asks of a flow; twice does no harm."""
        id_ = event.interaction
        match event:
            case e.Arrived(medium=Medium.CHAT) if self._treated(id_) is not None:
                self._errands.soon(f"flow:{id_}", partial(self._begin, id_))
            case e.MessageReceived() if self._treated(id_) is not None:
                if event.message != derived(id_, "first"):
                    self._errands.soon(f"flow:{event.message}", partial(self._answer, event))
            case e.Abandoned() if id_ in self._in:
                self._in.discard(id_)
                self._errands.soon(f"flow:{id_}", partial(self._runs.leave, id_))
            case _:
                return

    def reconcile(self, open_interactions: Collection[InteractionId]) -> None:
        """After a restart everybody is asked again where they stood; nobody reads it twice."""
        for id_ in open_interactions:
            found = self._treated(id_)
            if found is not None and found.medium is Medium.CHAT:
                self._errands.soon(f"flow:{id_}", partial(self._again, id_))

    def _treated(self, interaction: InteractionId) -> Interaction | None:
        found = self._state.center().interactions.get(interaction)
        return found if found is not None and found.phase is Phase.TREATING else None

    async def _begin(self, interaction: InteractionId) -> None:
        found = self._treated(interaction)
        if found is None:
            return
        given = {"medium": found.medium.value, "language": found.language or "en"}
        known = {"reason": found.reason, "segment": found.segment}
        attributes = {**given, **{name: value for name, value in known.items() if value}}
        turned = await self._runs.begin(interaction, inbox=found.inbox, attributes=attributes)
        if turned is not None:
            await self._do(interaction, turned)
        elif await self._runs.get(interaction) is None:
            await self._admit(interaction, None)  # the flow was stopped just now

    async def _again(self, interaction: InteractionId) -> None:
        if await self._runs.get(interaction) is None:
            await self._begin(interaction)
        else:
            await self._do(interaction, await self._runs.again(interaction))

    async def _answer(self, event: e.MessageReceived) -> None:
        run = await self._runs.get(event.interaction)
        # An answer comes after its question; what was written before is there for the agent.
        if run is None or event.at < run.moved_at:
            return
        with storage_errors():
            async with self._database.read() as connection:
                found = await row(connection, queries.message_by_id(self._site, event.message))
        text = str(found["text"] or "") if found is not None else ""
        given = a.Answered(text=text[:1000])
        turned = await self._runs.advance(event.interaction, given, id_=event.message)
        await self._do(event.interaction, turned)

    async def _silent(self, interaction: InteractionId, mark: str) -> None:
        run = await self._runs.get(interaction)
        if run is not None and run.mark == mark and self._treated(interaction) is not None:
            await self._do(interaction, await self._runs.advance(interaction, a.Silent()))

    async def _do(self, interaction: InteractionId, turned: Turned) -> None:
        """Say all words at once; then wait, or go where the flow ended."""
        self._in.add(interaction)
        said: list[str] = []
        for act in turned.acts:
            match act:
                case a.Tell() if act.words:
                    said.append(act.words)
                case a.Ask():
                    said.append(asked(act))
                    matter = f"silent:{interaction}:{turned.mark}"
                    errand = partial(self._silent, interaction, turned.mark)
                    self._errands.later(matter, errand, max(act.wait_ms, LEAST_WAIT_MS))
                case _:
                    continue
        if said:
            await self._say(interaction, turned.mark, "\n\n".join(said))
        done = a.ends_of(turned.acts)
        if done is not None:
            await self._finish(interaction, done)

    async def _finish(self, interaction: InteractionId, done: a.Finish) -> None:
        self._in.discard(interaction)
        if isinstance(done.end, Over):
            await self._hang_up(interaction, "flow")
        else:
            await self._admit(interaction, done.end if isinstance(done.end, ToQueue) else None)

    async def _admit(self, interaction: InteractionId, end: ToQueue | None) -> None:
        queues = self._state.center().queues
        queue = end.queue if end is not None and end.queue in queues else None
        command = Admit(
            id=CommandId(f"admit:{interaction}:{self._clock.now()}"),
            by=CHANNEL,
            interaction=interaction,
            queue=queue,
            reason=end.reason if end is not None else None,
        )
        try:
            await self._submit(command)
        except Rejected as refusal:
            if refusal.code not in CLOSED:
                raise
            found = self._treated(interaction)
            center = self._state.center()
            words = why_refused(center, refusal, found.language if found is not None else None)
            if words:
                await self._say(interaction, refusal.code, words)
            await self._hang_up(interaction, refusal.code)

    async def _say(self, interaction: InteractionId, mark: str, text: str) -> None:
        message = MessageId(derived(interaction, "flow", mark))
        said = Said(id=message, interaction=interaction, at=self._clock.now(),
                    author=Author.SYSTEM, text=text)  # fmt: skip
        command = Send(id=CommandId(f"flow:{message}"), by=CHANNEL, interaction=interaction,
                       message=message)  # fmt: skip
        await self._submit(command, *writes.sent(self._site, said))

    async def _hang_up(self, interaction: InteractionId, cause: str) -> None:
        id_ = CommandId(f"flow-over:{interaction}")
        await self._submit(HangUp(id=id_, by=CHANNEL, interaction=interaction, cause=cause))
