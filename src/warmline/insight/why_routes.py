"""The HTTP door to decisions: why an interaction was offered to whom, as parts and in words."""

from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Depends, HTTPException, Query

from warmline.core.permissions import Right
from warmline.core.words import Actor, AgentId, InteractionId, SiteId
from warmline.insight import tables
from warmline.insight.explaining import AgentNames, Explanations, Past
from warmline.ports import Guard
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

Locale = Annotated[
    Literal["en", "ru", "pl"] | None,
    Query(description="With a language each decision is told in words, too."),
]
_STAYS = ("queue", "cause", "queued_at", "agent", "accepted_at", "left_at", "left_cause")


class Sight(Protocol):
    """Who may see which conversation."""

    async def conversation(self, actor: Actor, interaction: InteractionId) -> bool: ...


def why_routes(
    *,
    database: Database,
    site: SiteId,
    needs: Guard,
    sight: Sight,
    agents: AgentNames,
    past: Past,
) -> APIRouter:
    """The route of decisions."""
    router = APIRouter()
    reader = Depends(needs(Right.READ_OWN))
    explanations = Explanations(database, site, past, agents)

    @router.get("/interactions/{interaction}/decisions")
    async def decisions(
        interaction: InteractionId, actor: Annotated[Actor, reader], locale: Locale = None
    ) -> dict[str, object]:
        """Why it was offered to whom, in order, as plain parts and in words; and its stays.

        The words tell who was asked and why, in one sentence (`headline`), the figures behind it
        (`lines`), and the smallest changes that would have had another outcome (`flips`), each
        tried on the rule itself; `note` says when they could not be.
        """
        if not await sight.conversation(actor, interaction):
            raise HTTPException(404, f"there is no interaction {interaction}")
        async with database.read() as connection:
            found = await rows(connection, tables.decisions(site, interaction))
            stays = await rows(connection, tables.visits(site, [interaction]))
        ids = {AgentId(one) for row in found for one in _agents(row)}
        ids |= {AgentId(one["agent"]) for one in stays if one["agent"]}
        told = [_plain(one) for one in found]
        if locale is not None:
            told = list(await explanations.of(interaction, locale))
        return {
            "decisions": told,
            "visits": [{name: one[name] for name in _STAYS} for one in stays],
            "names": await agents(ids),
        }

    return router


def _plain(row: Row) -> dict[str, object]:
    return {
        "offer": row["offer"],
        "at": row["at"],
        "agent": row["agent"],
        "outcome": row["outcome"],
        "outcome_at": row["outcome_at"],
        **row["parts"],
    }


def _agents(found: Row) -> list[str]:
    parts = found["parts"]
    return [
        found["agent"],
        parts["winner"]["agent"],
        *(one["agent"] for one in parts["runners_up"]),
    ]
