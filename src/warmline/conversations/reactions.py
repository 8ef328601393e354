"""What conversations do when something happened: headers, receipts, who took part."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.conversations.model import Author, MessageState
from warmline.conversations.tables import conversation, happening, message, part
from warmline.core import events as e
from warmline.core.words import (
    AgentId,
    InteractionId,
    MessageId,
    Party,
    Phase,
    SiteId,
)
from warmline.ports import Recorded
from warmline.storage.database import Database
from warmline.storage.upsert import upsert

_PHASES: Mapping[type[e.Event], Phase] = {
    e.Arrived: Phase.TREATING,
    e.Begun: Phase.CONNECTED,
    e.Queued: Phase.QUEUED,
    e.Offered: Phase.OFFERED,
    e.Accepted: Phase.CONNECTED,
    e.OfferDeclined: Phase.QUEUED,
    e.OfferLapsed: Phase.QUEUED,
    e.OfferWithdrawn: Phase.QUEUED,
    e.Abandoned: Phase.ABANDONED,
    e.Held: Phase.HELD,
    e.Resumed: Phase.CONNECTED,
    e.WrappedUp: Phase.CLOSED,
}
_HOLDS: Mapping[type[e.Event], str] = {e.Held: "held", e.Resumed: "resumed"}
_CONSULTS: Mapping[type[e.Event], str] = {
    e.ConsultAsked: "consult_asked",
    e.ConsultJoined: "consult_joined",
    e.ConsultEnded: "consult_left",
}
HANG_UPS = frozenset(
    {
        "busy",
        "no_answer",
        "rejected",
        "unreachable",
        "failed",
        "cancelled",
        "customer_lost",
        "not_called",
        "transferred_out",
        "voicemail",
    }
)
"""Why a call ended, where that is more than that somebody hung up."""
_GONE_ON = (MessageState.QUEUED.value, MessageState.SENT.value)


@dataclass(slots=True)
class Fold:
    """What a batch of events changes, gathered so that few statements write it."""

    arrived: dict[InteractionId, e.Arrived | e.Begun] = field(
        default_factory=dict[InteractionId, e.Arrived | e.Begun]
    )
    headers: dict[InteractionId, dict[str, object]] = field(
        default_factory=lambda: defaultdict[InteractionId, dict[str, object]](dict)
    )
    first_answers: dict[InteractionId, int] = field(default_factory=dict[InteractionId, int])
    parts: dict[tuple[AgentId, InteractionId, str], int] = field(
        default_factory=dict[tuple[AgentId, InteractionId, str], int]
    )
    states: dict[MessageId, tuple[MessageState, str | None]] = field(
        default_factory=dict[MessageId, tuple[MessageState, str | None]]
    )
    read: dict[tuple[InteractionId, Party], MessageId] = field(
        default_factory=dict[tuple[InteractionId, Party], MessageId]
    )
    happened: list[dict[str, object]] = field(default_factory=list[dict[str, object]])

    def add(self, recorded: Recorded) -> None:
        """Take one event in; those that say nothing about conversations change nothing."""
        event = recorded.event
        if not isinstance(event, e.InteractionEvent):
            return
        line = happened(event)
        if line is not None:
            self.happened.append({**line, "position": recorded.position})
        header = self.headers[event.interaction]
        phase = _PHASES.get(type(event))
        if phase is not None:
            header["phase"] = phase.value
        self._who(event, header)
        self._end(event, header)
        self._words(event, header)

    def _who(self, event: e.InteractionEvent, header: dict[str, object]) -> None:
        match event:
            case e.Begun():
                self.arrived[event.interaction] = event
                header["queue"] = event.queue
                header["agent"] = event.agent
                self._part(event.agent, event, "held")
            case e.Arrived():
                self.arrived[event.interaction] = event
            case e.Identified():
                header["customer"] = event.customer
                header["verification"] = event.verification.value
                if event.segment is not None:
                    header["segment"] = event.segment
            case e.Queued():
                header["queue"] = event.queue
                if event.reason is not None:
                    header["reason"] = event.reason
            case e.Offered():
                self._part(event.agent, event, "offered")
            case e.Accepted():
                header["agent"] = event.agent
                self._part(event.agent, event, "held")
            case e.ConsultAsked():
                self._part(event.colleague, event, "consulted")
            case _:
                return

    def _part(self, agent: AgentId, event: e.InteractionEvent, role: str) -> None:
        self.parts.setdefault((agent, event.interaction, role), event.at)

    def _end(self, event: e.InteractionEvent, header: dict[str, object]) -> None:
        match event:
            case e.Ended():
                header["ended_at"] = event.at
                header["ended_by"] = event.by.value
                header["phase"] = (Phase.WRAPPING if event.agent else Phase.CLOSED).value
                if event.agent is None:
                    header["closed_at"] = event.at
            case e.Abandoned():
                header["ended_at"] = event.at
                header["ended_by"] = Party.CUSTOMER.value
                header["closed_at"] = event.at
            case e.WrappedUp():
                header["closed_at"] = event.at
                header["disposition"] = event.disposition
            case e.Rated():
                header["rating"] = event.score
            case _:
                return

    def _words(self, event: e.InteractionEvent, header: dict[str, object]) -> None:
        match event:
            case e.MessageReceived():
                header["last_message_at"] = event.at
            case e.MessageSent():
                header["last_message_at"] = event.at
                if event.author is Party.AGENT:
                    self.first_answers.setdefault(event.interaction, event.at)
            case e.MessageUnsent():
                self.states[event.message] = (MessageState.UNSENT, None)
            case e.MessageDelivered():
                self.states[event.message] = (MessageState.DELIVERED, None)
            case e.MessageFailed():
                self.states[event.message] = (MessageState.FAILED, event.code)
            case e.MessagesRead():
                self.read[event.interaction, event.reader] = event.message
            case _:
                return


def happened(event: e.InteractionEvent) -> dict[str, object] | None:
    """The line that an event leaves between the messages, for colleagues; None for most.

    What the header, the decisions and the visits tell anyway is not kept twice.
    """
    what: str
    agent: AgentId | None = None
    cause: str | None = None
    match event:
        case e.Held() | e.Resumed():
            what, agent, cause = _HOLDS[type(event)], event.agent, event.cause
        case e.Begun():
            what, agent = "begun", event.agent
        case e.Ended() if event.cause in HANG_UPS:
            what, agent, cause = "hung_up", event.agent, event.cause
        case e.CustomerLeft():
            what = "customer_left"
        case e.CustomerReturned():
            what = "customer_returned"
        case e.ConsultAsked() | e.ConsultJoined() | e.ConsultEnded():
            what, agent = _CONSULTS[type(event)], event.colleague
        case _:
            return None
    return {
        "interaction": event.interaction,
        "at": event.at,
        "what": what,
        "agent": agent,
        "cause": cause,
    }


class ConversationReaction:
    """Keeps the rows of conversations in step with the log; the same events twice do no harm."""

    name = "conversations"

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def react(self, batch: Sequence[Recorded]) -> None:
        """Write what the batch changes, in one transaction."""
        fold = Fold()
        for recorded in batch:
            fold.add(recorded)
        if not fold.headers:
            return
        async with self._database.write() as connection:
            await self._insert_missing(connection, fold.arrived)
            await self._update_headers(connection, fold)
            await self._insert_parts(connection, fold)
            await self._insert_happenings(connection, fold)
            await self._update_states(connection, fold)
            for (interaction, reader), upto in fold.read.items():
                await self._mark_read(connection, interaction, reader, upto)

    async def _insert_missing(
        self, connection: AsyncConnection, arrived: Mapping[InteractionId, e.Arrived | e.Begun]
    ) -> None:
        """A header for what came without one, from a channel that has no words."""
        if arrived:
            await connection.execute(
                upsert(conversation, keys=("site", "interaction"), change=()),
                [_header(self._site, event) for event in arrived.values()],
            )

    async def _update_headers(self, connection: AsyncConnection, fold: Fold) -> None:
        by_columns: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
        for interaction, changes in fold.headers.items():
            if changes:
                by_columns[tuple(sorted(changes))].append({**changes, "_id": interaction})
        for columns, changed in by_columns.items():
            await connection.execute(
                update(conversation)
                .where(
                    conversation.c.site == self._site,
                    conversation.c.interaction == bindparam("_id"),
                )
                .values({name: bindparam(name) for name in columns}),
                changed,
            )
        if fold.first_answers:
            await connection.execute(
                update(conversation)
                .where(
                    conversation.c.site == self._site,
                    conversation.c.interaction == bindparam("_id"),
                    conversation.c.first_answer_at.is_(None),
                )
                .values(first_answer_at=bindparam("_at")),
                [{"_id": id_, "_at": at} for id_, at in fold.first_answers.items()],
            )

    async def _insert_parts(self, connection: AsyncConnection, fold: Fold) -> None:
        if fold.parts:
            await connection.execute(
                upsert(part, keys=("site", "agent", "interaction", "role"), change=()),
                [
                    {
                        "site": self._site,
                        "agent": agent,
                        "interaction": interaction,
                        "role": role,
                        "since": at,
                    }
                    for (agent, interaction, role), at in fold.parts.items()
                ],
            )

    async def _insert_happenings(self, connection: AsyncConnection, fold: Fold) -> None:
        if fold.happened:
            await connection.execute(
                upsert(happening, keys=("site", "interaction", "position"), change=()),
                [{"site": self._site, **line} for line in fold.happened],
            )

    async def _update_states(self, connection: AsyncConnection, fold: Fold) -> None:
        for wanted, before in (
            (MessageState.DELIVERED, _GONE_ON),
            (MessageState.FAILED, (*_GONE_ON, MessageState.DELIVERED.value)),
            (MessageState.UNSENT, (MessageState.QUEUED.value,)),
        ):
            changed = [
                {"_id": id_, "_state": state.value, "_error": code}
                for id_, (state, code) in fold.states.items()
                if state is wanted
            ]
            if changed:
                await connection.execute(
                    update(message)
                    .where(
                        message.c.site == self._site,
                        message.c.id == bindparam("_id"),
                        # Not in_(): that one cannot be used for many rows at once.
                        or_(*(message.c.state == state for state in before)),
                    )
                    .values(state=bindparam("_state"), error=bindparam("_error")),
                    changed,
                )

    async def _mark_read(
        self,
        connection: AsyncConnection,
        interaction: InteractionId,
        reader: Party,
        upto: MessageId,
    ) -> None:
        last = (
            select(message.c.seq)
            .where(message.c.site == self._site, message.c.id == upto)
            .scalar_subquery()
        )
        by_others = (
            message.c.author == Author.CUSTOMER.value
            if reader is Party.AGENT
            else message.c.author.in_([Author.AGENT.value, Author.SYSTEM.value])
        )
        await connection.execute(
            update(message)
            .where(
                message.c.site == self._site,
                message.c.interaction == interaction,
                message.c.seq <= last,
                by_others,
                message.c.state.in_([MessageState.SENT.value, MessageState.DELIVERED.value]),
            )
            .values(state=MessageState.READ.value)
        )


def _header(site: SiteId, event: e.Arrived | e.Begun) -> dict[str, object]:
    return {
        "site": site,
        "interaction": event.interaction,
        "medium": event.medium.value,
        "inbox": event.inbox,
        "customer": event.customer,
        "verification": event.verification.value,
        "segment": event.segment,
        "language": event.language,
        "reason": event.reason,
        "phase": Phase.TREATING.value,
        "arrived_at": event.at,
        "follows": event.follows,
        "root": event.follows or event.interaction,
    }
