"""What the routes of conversations work with, and how rows become what a screen reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Protocol, cast

from fastapi import HTTPException

from warmline.conversations import queries
from warmline.conversations.files import Taking
from warmline.conversations.model import Author, Names
from warmline.conversations.scope import Sight, live_of
from warmline.core import masking
from warmline.core.permissions import Right, has
from warmline.core.words import (
    Actor,
    AgentId,
    CustomerId,
    InboxId,
    InteractionId,
    MessageId,
    Millis,
    Rejected,
    SiteId,
    UserId,
)
from warmline.ports import Blobs, Clock, Guard, Privacy, State, Submit
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows


class Mailboxes(Protocol):
    """The addresses of an inbox: where its mail comes from and goes out, the main one first."""

    async def addresses(self, inbox: InboxId) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything that the routes of conversations need."""

    database: Database
    submit: Submit
    state: State
    needs: Guard
    blobs: Blobs
    clock: Clock
    site: SiteId
    names: Names
    privacy: Privacy
    sight: Sight
    take: Taking
    mailboxes: Mailboxes
    undo_send_ms: Millis
    file_limit_bytes: int

    async def header(self, actor: Actor, interaction: InteractionId) -> Row:
        """The header of an interaction that the actor may see; else 404, or `out_of_scope`."""
        seen = await self.sight.conversation(actor, interaction)
        async with self.database.read() as connection:
            found = await row(connection, queries.header(self.site, interaction))
        limited = actor.scope is not None and has(actor, Right.READ_ALL)
        if found is not None and not seen and limited:
            told = f"Conversation {interaction} is with none of your teams or queues."
            raise Rejected("out_of_scope", told)
        if found is None or not seen:
            raise HTTPException(404, f"there is no conversation {interaction}")
        return found

    async def message(self, interaction: InteractionId, id_: MessageId) -> Row:
        """One message of an interaction, else 404."""
        found = await self.message_or_none(id_)
        if found is None or found["interaction"] != interaction:
            raise HTTPException(404, f"there is no message {id_}")
        return found

    async def message_or_none(self, id_: MessageId) -> Row | None:
        """One message, whatever it belongs to."""
        async with self.database.read() as connection:
            return await row(connection, queries.message_by_id(self.site, id_))

    async def is_open(self, actor: Actor, customer: str | None) -> bool:
        """Whether the reader sees a customer unmasked; of nobody there is nothing to mask."""
        return customer is None or await self.privacy.opens(actor, [CustomerId(customer)])

    async def shown(
        self, actor: Actor, header: Row, messages: Sequence[Row]
    ) -> list[dict[str, object]]:
        """Messages as the actor reads them, with the names of people and their files."""
        ids = [MessageId(one["id"]) for one in messages]
        async with self.database.read() as connection:
            found = await rows(connection, queries.files_of_messages(self.site, ids))
        files: dict[str, list[dict[str, object]]] = {}
        for one in found:
            files.setdefault(one["message"], []).append(shown_file(one))
        users = await self.names.users({UserId(m["user"]) for m in messages if m["user"]})
        agents = await self.names.agents({AgentId(m["agent"]) for m in messages if m["agent"]})
        customer = await self.customer_name(actor, header)
        shown = [
            shown_message(
                one, files=files.get(one["id"], []), name=_name(one, users, agents, customer)
            )
            for one in messages
        ]
        if any(one["email"] for one in shown) and not await self.reads_addresses(actor, header):
            own = await self.mailboxes.addresses(InboxId(header["inbox"]))
            for one in shown:
                one["email"] = masked_envelope(one["email"], own)
        return shown

    async def reads_addresses(self, actor: Actor, header: Row) -> bool:
        """Whether the actor sees to whom and from whom the mails of a conversation go."""
        customer = self.customer_of(header)
        if customer is not None:
            return await self.is_open(actor, customer)
        agent = actor.agent
        return agent is not None and header["interaction"] in live_of(self.state.center(), agent)

    def customer_of(self, header: Row) -> str | None:
        """Whose it is: the live state, where there is one, knows it sooner than the row."""
        live = self.state.center().interactions.get(header["interaction"])
        return header["customer"] if live is None else live.customer

    async def customer_name(self, actor: Actor, header: Row) -> str | None:
        """What its customer is called as the actor sees it, None when nobody knows."""
        customer = self.customer_of(header)
        if customer is None:
            return None
        names = await self.names.customers([CustomerId(customer)], reader=actor)
        return names.get(CustomerId(customer))


def _name(
    one: Row,
    users: Mapping[UserId, str],
    agents: Mapping[AgentId, str],
    customer: str | None,
) -> str | None:
    if one["author"] == Author.CUSTOMER.value:
        return customer
    return users.get(one["user"]) or agents.get(one["agent"])


def shown_file(row: Row) -> dict[str, object]:
    """A file as a screen reads it."""
    return {name: row[name] for name in ("id", "name", "media_type", "size", "content_id")}


def shown_message(
    row: Row, *, files: Sequence[Mapping[str, object]], name: str | None
) -> dict[str, object]:
    """A message as a screen reads it."""
    fields = (
        "seq", "id", "at", "author", "agent", "user", "text", "html", "state", "error",
        "send_after",
    )  # fmt: skip
    return {
        **{field: row[field] for field in fields},
        "name": name,
        "files": list(files),
        "email": row["email"],
    }


def shown_header(row: Row, state: State) -> dict[str, object]:
    """A header as a screen reads it: the live state, where there is one, knows it sooner."""
    fields = (
        "interaction", "medium", "inbox", "queue", "customer", "verification", "segment", "agent",
        "subject", "language", "reason", "phase", "first_answer_at", "ended_at", "ended_by",
        "closed_at", "disposition", "rating", "follows", "last_message_at", "erased_at",
    )  # fmt: skip
    shown = {field: row[field] for field in fields}
    shown["started_at"] = row["arrived_at"]
    live = state.center().interactions.get(row["interaction"])
    if live is not None:
        shown |= {
            "phase": live.phase.value,
            "queue": live.queue,
            "agent": live.agent,
            "customer": live.customer,
            "verification": live.verification.value,
            "segment": live.segment,
        }
    return shown


def masked_envelope(email: object, own: Collection[str]) -> object:
    """The head of a mail with the addresses of others masked, and without ids that name hosts."""
    if not isinstance(email, dict):
        return email
    envelope = cast("dict[str, Any]", email)
    ours = {parseaddr(one)[1].casefold() for one in own}

    def shown(text: str) -> str:
        return text if parseaddr(text)[1].casefold() in ours else masking.address(text)

    return {
        **envelope,
        "from": shown(str(envelope.get("from", ""))),
        **{
            field: [shown(str(one)) for one in envelope.get(field) or ()]
            for field in ("to", "cc", "reply_to")
        },
        "message_id": None,
        "in_reply_to": None,
        "references": [],
        "masked": True,
    }


async def shown_list(room: Room, actor: Actor, found: Sequence[Row]) -> Sequence[dict[str, object]]:
    """Headers for a list, with the names of customers as the actor sees them, and of agents."""
    shown = [shown_header(one, room.state) for one in found]
    ids = _ids(shown, "customer")
    customers = await room.names.customers(ids, reader=actor)
    open_ = await room.privacy.open_among(actor, ids)
    agents = await room.names.agents(_ids(shown, "agent"))
    for one in shown:
        one["customer_name"] = customers.get(CustomerId(str(one["customer"])))
        one["agent_name"] = agents.get(AgentId(str(one["agent"])))
        one["masked"] = one["customer"] is not None and one["customer"] not in open_
    return shown


def _ids(shown: Sequence[Mapping[str, object]], field: str) -> Collection[Any]:
    return {one[field] for one in shown if one[field] is not None}
