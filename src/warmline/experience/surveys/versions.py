"""The versions of surveys: written, kept apart, published, stopped."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import insert

from warmline.core.words import Instant, SiteId
from warmline.experience.surveys import standard
from warmline.experience.surveys.document import Reading, read
from warmline.experience.surveys.model import Survey
from warmline.experience.surveys.tables import SURVEY_VERSIONS, survey_version
from warmline.ports import Clock
from warmline.storage import versions
from warmline.storage.database import Database
from warmline.storage.version_rows import Version
from warmline.written.problems import Mistaken, another


class Versions(versions.Versions[Survey]):
    """All versions of the surveys of a site; what is asked already keeps its own."""

    noun = "survey"
    done = "asked"
    once = "asked"
    kept = SURVEY_VERSIONS

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        audit: versions.Audit,
        queues: Callable[[], Collection[str]],
    ) -> None:
        super().__init__(database=database, site=site, clock=clock, audit=audit)
        self._queues = queues

    def check(self, text: str, *, survey: str | None = None) -> Reading:
        """What a text says, and what would be wrong with asking it now."""
        found = read(text, queues=self._queues())
        if survey is None or found.survey is None or found.survey.id == survey:
            return found
        return Reading(survey=None, problems=(another("survey", survey), *found.problems))

    async def begin_with_standard(self) -> None:
        """A center that has no survey yet asks the usual one."""
        async with self._turn, self._database.write() as connection:
            if await connection.scalar(SURVEY_VERSIONS.count(self._site)):
                return
            await connection.execute(
                insert(survey_version).values(first_version(self._site, self._clock.now()))
            )
            self._in_force = None

    def _read(self, text: str) -> Survey | None:
        return read(text).survey

    async def _ready(self, version: Version) -> Survey:
        found = self.check(version.text, survey=version.subject)
        if found.survey is None:
            raise Mistaken(found.errors)
        return found.survey

    def _new(self, subject: str, name: str) -> str:
        return standard.NEW.format(id=subject, name=name)


def first_version(site: SiteId, at: Instant, text: str = standard.TEXT) -> Mapping[str, object]:
    """The row of the usual survey, or of another text that can be read, in force since a moment."""
    survey = read(text).survey
    assert survey is not None, "our own surveys can be read"
    version = Version(
        id=f"{survey.id}-1", subject=survey.id, number=1, text=text, stage="published", tag=1,
        name=versions.called(survey, survey.id), created_at=at, created_by=None,
        updated_at=at, updated_by=None, published_at=at,
    )  # fmt: skip
    return SURVEY_VERSIONS.columns(site, version)
