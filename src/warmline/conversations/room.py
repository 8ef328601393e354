"""What the routes of conversations work with, and how rows become what a screen reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import HTTPException

from warmline.conversations import queries
from warmline.conversations.files import Taking
from warmline.conversations.model import Author, Names
from warmline.conversations.scope import Sight
from warmline.core.words import (
    Actor,
    AgentId,
    CustomerId,
    InboxId,
    InteractionId,
    MessageId,
    Millis,
    SiteId,
    UserId,
)
from warmline.ports import Blobs, Clock, Guard, State, Submit
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
    sight: Sight
    take: Taking
    mailboxes: Mailboxes
    undo_send_ms: Millis
    file_limit_bytes: int

    async def header(self, actor: Actor, interaction: InteractionId) -> Row:
        """The header of an interaction that the actor may see, else 404."""
        if not await self.sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no conversation {interaction}")
        async with self.database.read() as connection:
            found = await row(connection, queries.header(self.site, interaction))
        if found is None:
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

    async def shown(self, header: Row, messages: Sequence[Row]) -> list[dict[str, object]]:
        """Messages as a screen reads them, with the names of people and their files."""
        ids = [MessageId(one["id"]) for one in messages]
        async with self.database.read() as connection:
            found = await rows(connection, queries.files_of_messages(self.site, ids))
        files: dict[str, list[dict[str, object]]] = {}
        for one in found:
            files.setdefault(one["message"], []).append(shown_file(one))
        users = await self.names.users({UserId(m["user"]) for m in messages if m["user"]})
        agents = await self.names.agents({AgentId(m["agent"]) for m in messages if m["agent"]})
        customer = await self.customer_name(header["customer"])
        return [
            shown_message(
                one, files=files.get(one["id"], []), name=_name(one, users, agents, customer)
            )
            for one in messages
        ]

    async def customer_name(self, customer: str | None) -> str | None:
        """What a customer is called, None when nobody knows."""
        if customer is None:
            return None
        return (await self.names.customers([CustomerId(customer)])).get(CustomerId(customer))


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


async def shown_list(room: Room, found: Sequence[Row]) -> Sequence[dict[str, object]]:
    """Headers for a list, with the names of customers and agents."""
    shown = [shown_header(one, room.state) for one in found]
    customers = await room.names.customers(_ids(shown, "customer"))
    agents = await room.names.agents(_ids(shown, "agent"))
    for one in shown:
        one["customer_name"] = customers.get(CustomerId(str(one["customer"])))
        one["agent_name"] = agents.get(AgentId(str(one["agent"])))
    return shown


def _ids(shown: Sequence[Mapping[str, object]], field: str) -> Collection[Any]:
    return {one[field] for one in shown if one[field] is not None}
