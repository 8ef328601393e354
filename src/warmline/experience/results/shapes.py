"""What the routes of results take, as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.settings import Trait
from warmline.core.words import DAY, LATEST, Instant, Malformed, Medium
from warmline.experience.results.model import Side, Wanted
from warmline.experience.results.targets import (
    LEAST_ANSWERS,
    PRIOR_ANSWERS,
    SCORE_DAYS,
    SITE,
    TRAITS,
    Terms,
)
from warmline.storage.schema import ID_CHARS

MOST_DAYS = 400
USUAL_DAYS = 28
Which = Annotated[str | None, Query(max_length=ID_CHARS)]
Moment = Annotated[int | None, Query(ge=0, le=LATEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The period and the sides that a question is narrowed to, as they came."""

    since: Instant | None
    until: Instant | None
    only: Mapping[Side, str | None]

    def wanted(self, now: Instant) -> Wanted:
        """The same, checked; without a period the last 28 days."""
        until = self.until if self.until is not None else now + 1
        since = self.since if self.since is not None else max(0, until - USUAL_DAYS * DAY)
        if not 0 < until - since <= MOST_DAYS * DAY + 1:
            raise Malformed("to", f"must be after from, by {MOST_DAYS} days at most")
        return Wanted(
            since=since,
            until=until,
            only={side: item for side, item in self.only.items() if item is not None},
        )


def asked(
    *,
    since: Annotated[int | None, Query(alias="from", ge=0, le=LATEST)] = None,
    until: Annotated[int | None, Query(alias="to", ge=0, le=LATEST)] = None,
    queue: Which = None,
    segment: Which = None,
    channel: Medium | None = None,
    agent: Which = None,
    language: Annotated[str | None, Query(max_length=16)] = None,
) -> Asked:
    """Reads the period and the filters of a question."""
    return Asked(
        since=since,
        until=until,
        only={
            Side.QUEUE: queue,
            Side.SEGMENT: segment,
            Side.CHANNEL: channel.value if channel else None,
            Side.AGENT: agent,
            Side.LANGUAGE: language,
        },
    )


class TargetBody(BaseModel):
    """A target; without an aim there is none any more."""

    model_config = ConfigDict(extra="forbid")

    measure: str = Field(max_length=32)
    side: str = Field(default=SITE, max_length=32)
    item: str = Field(default="", max_length=ID_CHARS)
    aim: float | None = Field(default=None, ge=-100, le=100, allow_inf_nan=False)


class TermsBody(BaseModel):
    """How the site judges answers."""

    model_config = ConfigDict(extra="forbid")

    least_answers: int = Field(ge=LEAST_ANSWERS[0], le=LEAST_ANSWERS[1])
    computed: list[Trait] = Field(max_length=len(TRAITS))
    score_days: int = Field(ge=SCORE_DAYS[0], le=SCORE_DAYS[1])
    prior_answers: int | None = Field(default=None, ge=PRIOR_ANSWERS[0], le=PRIOR_ANSWERS[1])

    def terms(self) -> Terms:
        """The same as terms; `Malformed` for a score that answers cannot tell."""
        if not set(self.computed) <= set(TRAITS):
            raise Malformed("computed", "answers tell only interpersonal and quality")
        return Terms(
            least_answers=self.least_answers,
            computed=tuple(trait for trait in TRAITS if trait in self.computed),
            score_days=self.score_days,
            prior_answers=self.prior_answers,
        )


class TakeBody(BaseModel):
    """Whose score set by hand gives way to the computed one."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=ID_CHARS)
    trait: Trait
