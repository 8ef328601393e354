"""The versions of flows: written, kept apart, published, stopped."""

from collections.abc import Callable
from dataclasses import replace

from warmline.core.words import Rejected, SiteId
from warmline.flows import standard
from warmline.flows.document import Reading, read, written
from warmline.flows.model import Doors, Flow
from warmline.flows.tables import FLOW_VERSIONS
from warmline.ports import Clock
from warmline.storage import versions
from warmline.storage.database import Database
from warmline.storage.version_rows import Version
from warmline.written.problems import Mistaken, another


class Versions(versions.Versions[Flow]):
    """All versions of the flows of a site; who is in a flow goes on in their own."""

    noun = "flow"
    done = "run"
    once = "in force"
    kept = FLOW_VERSIONS

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        audit: versions.Audit,
        doors: Callable[[], Doors],
    ) -> None:
        super().__init__(database=database, site=site, clock=clock, audit=audit)
        self._doors = doors

    async def at(self, inbox: str) -> versions.InForce[Flow] | None:
        """The flow that stands at an inbox now."""
        return next((one for one in await self.in_force() if inbox in one.said.inboxes), None)

    def check(self, text: str, *, flow: str | None = None) -> Reading:
        """What a text says, and what would be wrong with running it now."""
        found = read(text, doors=self._doors())
        if flow is None or found.flow is None or found.flow.id == flow:
            return found
        return replace(found, flow=None, problems=(another("flow", flow), *found.problems))

    def _read(self, text: str) -> Flow | None:
        return read(text).drawn

    async def _ready(self, version: Version) -> Flow:
        found = self.check(version.text, flow=version.subject)
        if found.flow is None:
            raise Mistaken(found.errors)
        await self._refuse_taken(found.flow)
        return found.flow

    def _new(self, subject: str, name: str) -> str:
        return standard.NEW.format(id=subject, name=written(name))

    async def _refuse_taken(self, flow: Flow) -> None:
        """One inbox has one flow: who publishes a second one is told."""
        for other in await self.in_force():
            both = set(other.said.inboxes).intersection(flow.inboxes)
            if other.said.id != flow.id and both:
                inbox = min(both)
                raise Rejected("inbox_taken", f"The flow {other.said.id} stands at the inbox "
                               f"{inbox} already.", flow=other.said.id, inbox=inbox)  # fmt: skip
