"""Follows the log for talks that ended: about each it is to be decided whether to ask."""

from collections.abc import Callable, Sequence

from warmline.core.events import Ended
from warmline.core.words import SiteId
from warmline.experience.surveys import tables
from warmline.experience.surveys.versions import Versions
from warmline.ports import Recorded
from warmline.storage.database import Database


class SurveyReaction:
    """Remembers talks that ended while a survey is in force, and wakes who decides."""

    name = "surveys"

    def __init__(
        self, database: Database, site: SiteId, versions: Versions, wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._site = site
        self._versions = versions
        self._wake = wake

    async def react(self, batch: Sequence[Recorded]) -> None:
        """One row for each talk that ended; twice does no harm.

        Talks from before the oldest survey in force was published are not asked about.
        """
        ended = [one.event for one in batch if isinstance(one.event, Ended)]
        if not ended:
            return
        asked = await self._versions.in_force()
        since = min((one.since for one in asked), default=None)
        found = [
            {
                "site": self._site,
                "interaction": event.interaction,
                "ended_at": event.at,
                "due_at": event.at,
                "state": "waiting",
                "why": None,
                "survey": None,
            }
            for event in ended
            if since is not None and event.at >= since
        ]
        if not found:
            return
        async with self._database.write() as connection:
            await connection.execute(tables.keep_due(), found)
        self._wake()
