"""The operator's doors: is it alive, does it serve, and the figures of the machine."""

import ipaddress
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from warmline.core.permissions import Right, has
from warmline.core.words import Phase, Presence, Rejected
from warmline.ports import State
from warmline.security.cookies import session_of
from warmline.security.sessions import Sessions
from warmline.web.problems import retry
from warmline.web.wired import Ready

NOT_READY_RETRY_S = 2
WAITING = frozenset({Phase.QUEUED, Phase.OFFERED})


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(BaseModel):
    """The center serves, up to this position of its log."""

    status: str = "ready"
    position: int


class CenterFigures(Collector):
    """Figures read from the live state when somebody asks: nothing is counted twice."""

    def __init__(self, state: State) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """The present figures; queues by their ids."""
        center = self._state.center()
        yield GaugeMetricFamily(
            "warmline_position", "Position of the last durable event.", self._state.position()
        )
        waiting = GaugeMetricFamily(
            "warmline_waiting", "Interactions that wait, by queue.", labels=["queue"]
        )
        counts: dict[str | None, int] = dict.fromkeys(center.queues, 0)
        phases = dict.fromkeys(Phase, 0)
        for interaction in center.interactions.values():
            phases[interaction.phase] += 1
            if interaction.queue in counts and interaction.phase in WAITING:
                counts[interaction.queue] += 1
        for queue in center.queues:
            waiting.add_metric([queue], counts[queue])
        yield waiting
        interactions = GaugeMetricFamily(
            "warmline_interactions", "Open interactions, by phase.", labels=["phase"]
        )
        for phase, count in phases.items():
            interactions.add_metric([phase.value], count)
        yield interactions
        yield self._agents()

    def _agents(self) -> Metric:
        agents = GaugeMetricFamily("warmline_agents", "Agents, by presence.", labels=["presence"])
        present = dict.fromkeys(Presence, 0)
        for agent in self._state.center().agents.values():
            present[agent.presence] += 1
        for presence, count in present.items():
            agents.add_metric([presence.value], count)
        return agents


def ops_routes(*, state: State, sessions: Sessions, ready: Ready) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics`."""
    routes = APIRouter(tags=["operation"])
    registry = CollectorRegistry()
    registry.register(CenterFigures(state))

    async def near(request: Request) -> None:
        """Lets in this machine itself, and a signed-in administrator."""
        if _is_loopback(request):
            return
        session = await session_of(request, sessions)
        if session is None or not has(session.user.actor, Right.CONFIGURE):
            raise Rejected("forbidden", "Ask from this machine, or sign in as an administrator.")

    @routes.get("/healthz")
    async def healthz() -> Health:
        """The process answers; says nothing about its storage."""
        return Health()

    @routes.get("/readyz", response_model=Readiness)
    async def readyz() -> Readiness | JSONResponse:
        """The center serves commands."""
        if not ready():
            return retry(503, "not_ready", "The center does not serve yet.", NOT_READY_RETRY_S)
        return Readiness(position=state.position())

    @routes.get("/metrics", response_class=Response)
    async def metrics(_near: Annotated[None, Depends(near)]) -> Response:
        """Figures in the text format of Prometheus."""
        text = generate_latest(REGISTRY) + generate_latest(registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routes


def _is_loopback(request: Request) -> bool:
    # A proxy on this machine names whom it asks for, and uvicorn puts that address here.
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
