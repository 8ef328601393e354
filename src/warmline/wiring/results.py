"""The room of results put together: answers, targets, and the scores that they give agents."""

from dataclasses import dataclass

from fastapi import APIRouter

from warmline.core.words import SiteId
from warmline.experience.results.model import AgentNames, CustomerNames, Room, SettingAudit
from warmline.experience.results.routes import routes
from warmline.experience.results.scoring import AgentScores
from warmline.insight.closed import closed_contacts
from warmline.ports import Clock, Guard, State, Submit
from warmline.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What customers answered, in figures."""

    room: Room
    scores: AgentScores
    """Runs every night, and on demand."""

    def routes(self) -> APIRouter:
        """`/feedback` and `/me/feedback`."""
        return routes(self.room, self.scores)


def open_results(
    *,
    database: Database,
    site: SiteId,
    clock: Clock,
    state: State,
    needs: Guard,
    submit: Submit,
    agents: AgentNames,
    customers: CustomerNames,
    audit: SettingAudit,
) -> Results:
    """The room of results over a center's database."""
    room = Room(
        database=database,
        site=site,
        clock=clock,
        state=state,
        needs=needs,
        submit=submit,
        closed=closed_contacts,
        agents=agents,
        customers=customers,
        audit=audit,
    )
    return Results(room=room, scores=AgentScores(room))
