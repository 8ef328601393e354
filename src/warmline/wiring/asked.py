"""Surveys for callers: the ask of a talk that has just ended, as questions that keys answer."""

from dataclasses import dataclass, field

from warmline.channels.voice.afterwards import KeyQuestion
from warmline.core.words import SECOND, InteractionId, Millis
from warmline.experience.surveys.answers import values_of
from warmline.experience.surveys.asking import OnTheLine
from warmline.experience.surveys.model import (
    AnswersRefused,
    Ask,
    Given,
    Question,
    Survey,
    Via,
    in_language,
)
from warmline.experience.surveys.room import Surveys
from warmline.experience.surveys.wording import PHONE, keys_of, spoken_question
from warmline.ports import Clock

DECIDED_WITHIN_MS: Millis = 5 * SECOND
"""So long a caller hears nothing while it is decided whether they are asked."""


class AskedByPhone:
    """Gives the survey about a talk to the channel that has the caller on the line."""

    def __init__(self, surveys: Surveys, clock: Clock, *, on_the_line: OnTheLine) -> None:
        self._surveys = surveys
        self._clock = clock
        surveys.asking.on_the_line = on_the_line

    async def __call__(self, interaction: InteractionId) -> "ByKeys | None":
        """The questions, once it is decided that they are asked."""
        ask = await self._surveys.asking.about(
            interaction, via=Via.PHONE, within_ms=DECIDED_WITHIN_MS
        )
        if ask is None or not ask.takes_answers(self._clock.now()):
            return None
        survey = await self._surveys.versions.numbered(ask.survey, ask.version)
        return ByKeys(surveys=self._surveys, ask=ask, survey=survey)


@dataclass(slots=True, kw_only=True)
class ByKeys:
    """One survey to one caller; each answer is kept as it is given."""

    surveys: Surveys
    ask: Ask
    survey: Survey
    given: dict[str, Given] = field(default_factory=dict[str, Given])
    passed: set[str] = field(default_factory=set[str])
    current: Question | None = None

    @property
    def language(self) -> str:
        """In which it is spoken."""
        return self.ask.language

    @property
    def opening(self) -> str:
        """What is said first."""
        return PHONE[self.language]["opening"]

    @property
    def thanks(self) -> str:
        """What is said last."""
        return in_language(self.survey.thanks, self.language) or PHONE[self.language]["thanks"]

    def next(self) -> KeyQuestion | None:
        """What is asked of somebody who has answered so far; what needs words is left out."""
        for one in self.survey.shown(values_of(self.given)):
            keys = keys_of(one)
            if keys and one.id not in self.passed:
                self.passed.add(one.id)
                self.current = one
                return KeyQuestion(words=spoken_question(one, self.language), keys=keys)
        return None

    async def take(self, value: int) -> None:
        """Keep the answer to the last question."""
        assert self.current is not None, "nothing was asked yet"
        one = self.current
        self.given[one.id] = Given(
            question=one.id, kind=one.kind, feeling=one.feeling, value=float(value)
        )
        try:
            await self.surveys.answers.keep(self.ask.id, self.given)
        except AnswersRefused:  # the customer was erased meanwhile, or somebody ended the ask
            return

    async def over(self) -> None:
        """The caller is gone."""
        await self.surveys.asking.is_over(self.ask.id)
