"""What the room does when a trial is over, whoever ended it: its version is past."""

from collections.abc import Sequence

from warmline.core import events as e
from warmline.core.words import SiteId
from warmline.policies.tables import end_trial
from warmline.ports import Recorded
from warmline.storage.database import Database


class PolicyReaction:
    """Follows the log for trials that end by themselves or with a new version."""

    name = "policies"

    def __init__(self, database: Database, site: SiteId) -> None:
        self._database = database
        self._site = site

    async def react(self, batch: Sequence[Recorded]) -> None:
        """Mark the trials of this batch as ended; twice does no harm."""
        ended = [one.event for one in batch if isinstance(one.event, e.TrialEnded)]
        if not ended:
            return
        async with self._database.write() as connection:
            for event in ended:
                for statement in end_trial(self._site, event.trial, event.at):
                    await connection.execute(statement)
