"""What guidance does when something happened: notes what was in force, and how long it took."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core import events as e
from warmline.core.words import SiteId
from warmline.desk.guidance.advice import Advice
from warmline.desk.guidance.live import Taken
from warmline.desk.guidance.model import is_guided
from warmline.desk.guidance.rule import advised
from warmline.desk.guidance.tables import guidance_seen, is_over, is_rated
from warmline.ports import Recorded
from warmline.storage.database import Database
from warmline.storage.upsert import upsert

_NOTED = (e.Accepted, e.Ended, e.WrappedUp, e.Transferred, e.Returned, e.Rated)


class GuidanceReaction:
    """Keeps a row for each conversation that was taken while guidance was on.

    What was in force is known in memory only, so a restart leaves a conversation without a row,
    and a batch that comes again changes nothing.
    """

    name = "guidance"

    def __init__(self, database: Database, site: SiteId, advice: Advice) -> None:
        self._database = database
        self._site = site
        self._advice = advice

    async def react(self, batch: Sequence[Recorded]) -> None:
        """Note what was taken, wrapped up and rated."""
        guide = self._advice.guide
        noted = [one.event for one in batch if isinstance(one.event, _NOTED)]
        if not guide.on or not noted:
            return
        rows: dict[str, dict[str, object]] = {}
        for event in noted:
            taken = guide.taken(event.interaction) if isinstance(event, e.Accepted) else None
            if taken is not None:
                rows[event.interaction] = await self._row(taken)
        async with self._database.write() as connection:
            for event in noted:
                if isinstance(event, e.Accepted):
                    given = rows.get(event.interaction)
                    if given is not None:
                        await connection.execute(
                            upsert(guidance_seen, given, keys=("site", "interaction"))
                        )
                else:
                    await self._follow(connection, event)

    async def _row(self, taken: Taken) -> dict[str, object]:
        one = taken.conversation
        why_not = await self._advice.spared(one, taken.agent)
        share_pct = self._advice.guide.rules.share_pct
        return {
            "site": self._site,
            "interaction": one.id,
            "queue": taken.queue,
            "team": taken.team,
            "agent": taken.agent,
            "medium": one.medium.value,
            "state": advised(taken.state, why_not).value,
            "guided": is_guided(self._site, one.id, share_pct),
            "spared": ",".join(why.value for why in why_not),
            "at": taken.at,
            "handle_ms": None,
        }

    async def _follow(self, connection: AsyncConnection, event: e.Event) -> None:
        match event:
            case e.Rated():
                await connection.execute(is_rated(self._site, event.interaction, event.score))
            case e.Ended(wrapping=True):
                return
            case e.Ended() | e.WrappedUp() | e.Transferred() | e.Returned():
                await connection.execute(is_over(self._site, event.interaction, event.at))
            case _:
                return
