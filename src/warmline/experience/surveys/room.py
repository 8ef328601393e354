"""Surveys put together: what other rooms may ask of them, and what runs them."""

from collections.abc import Sequence
from dataclasses import dataclass

from warmline.core.words import InteractionId, SiteId
from warmline.experience.surveys.answers import Answers
from warmline.experience.surveys.asking import Asking
from warmline.experience.surveys.model import AskId, Passed, Via
from warmline.experience.surveys.reactions import SurveyReaction
from warmline.experience.surveys.versions import Versions
from warmline.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveys:
    """The surveys of a center."""

    database: Database
    site: SiteId
    versions: Versions
    asking: Asking
    answers: Answers

    async def ask(
        self,
        interaction: InteractionId,
        *,
        survey: str | None = None,
        via: Via = Via.LINK,
        again_of_case: str | None = None,
    ) -> AskId | Passed:
        """Ask about a talk now; the ask, or why nobody is asked."""
        return await self.asking.ask(
            interaction, survey=survey, via=via, again_of_case=again_of_case
        )

    def reactions(self) -> Sequence[SurveyReaction]:
        """What follows the log."""
        return (SurveyReaction(self.database, self.site, self.versions, self.asking.wake),)
