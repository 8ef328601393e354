"""The bodies of requests, each with its limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from warmline.core.settings import HIGHEST_LEVEL, Need, Rule
from warmline.core.words import DAY, QueueId, SegmentId, SkillId
from warmline.policies.edits import Changes, RingChange
from warmline.policies.model import NAME_CHARS
from warmline.written.nodes import TEXT_LIMIT_CHARS

LONGEST_MS = 30 * DAY
Text = Annotated[str, Field(max_length=TEXT_LIMIT_CHARS)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:@+-]{1,64}$")]
Name = Annotated[str, Field(max_length=NAME_CHARS, pattern=r"^[^\x00-\x1f\x7f]*$")]
Length = Annotated[int, Field(ge=0, le=LONGEST_MS)]


class Body(BaseModel):
    """A body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NeedBody(Body):
    """A skill with its least level."""

    skill: Id
    level: int = Field(default=1, ge=1, le=HIGHEST_LEVEL)


class RingBody(Body):
    """A ring as it should be; what is left out stays."""

    queue: Id
    ring: int = Field(ge=0, le=50)
    after_ms: Length | None = None
    language: int | None = Field(default=None, ge=0, le=HIGHEST_LEVEL)
    needs: list[NeedBody] | None = Field(default=None, max_length=50)
    remove: bool = False


class ChangesBody(Body):
    """What somebody moved."""

    fair_to_best_ms: Length | None = None
    rule: Rule | None = None
    head_starts: dict[Id, Length] = Field(default_factory=dict[str, int], max_length=100)
    rings: list[RingBody] = Field(default_factory=list[RingBody], max_length=50)

    def meant(self) -> Changes:
        """The changes as the room knows them."""
        return Changes(
            fair_to_best_ms=self.fair_to_best_ms,
            rule=self.rule,
            head_starts={SegmentId(id_): length for id_, length in self.head_starts.items()},
            rings=[_ring(one) for one in self.rings],
        )


def _ring(one: RingBody) -> RingChange:
    needs = one.needs
    return RingChange(
        queue=QueueId(one.queue),
        ring=one.ring,
        after_ms=one.after_ms,
        language=one.language,
        needs=None if needs is None else tuple(
            Need(skill=SkillId(need.skill), level=need.level) for need in needs
        ),
        remove=one.remove,
    )  # fmt: skip


class DraftBody(Body):
    """Of what a new draft is made."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: Name | None = None
    source: Id | None = Field(default=None, alias="from")
    text: Text | None = None
    changes: ChangesBody | None = None


class SaveBody(Body):
    """A draft as it is now."""

    name: Name
    text: Text


class TextBody(Body):
    """A text."""

    text: Text


class Side(Body):
    """One policy of two: a version, what is in force, or a text."""

    version: Id | None = None
    live: bool = False
    text: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> "Side":
        if (self.version is not None) + self.live + (self.text is not None) != 1:
            message = "say one of version, live, text"
            raise ValueError(message)
        return self


class DiffBody(Body):
    """What is compared with what."""

    before: Side
    after: Side


class TrialBody(Body):
    """How a version is tried."""

    share_pct: int = Field(ge=10, le=50)
    ends_after_ms: int = Field(default=0, ge=0, le=90 * DAY)


class AgentsBody(Body):
    """Agents more or fewer: some of a team, with skills, or like somebody; or some removed."""

    team: Id | None = None
    like: Id | None = None
    skills: dict[Id, int] = Field(default_factory=dict[str, int], max_length=50)
    add: int = Field(default=0, ge=0, le=500)
    remove: int = Field(default=0, ge=0, le=500)

    @model_validator(mode="after")
    def _makes_sense(self) -> "AgentsBody":
        if not all(1 <= level <= HIGHEST_LEVEL for level in self.skills.values()):
            message = f"levels are 1 to {HIGHEST_LEVEL}"
            raise ValueError(message)
        if (self.add > 0) == (self.remove > 0):
            message = "say how many to add or to remove"
            raise ValueError(message)
        return self


class TrySide(Side):
    """A policy to try, with what is moved."""

    changes: ChangesBody | None = None
    agents: list[AgentsBody] = Field(default_factory=list[AgentsBody], max_length=20)


class RunBody(Body):
    """A day under two policies."""

    day: Id
    name: Name = ""
    a: TrySide
    b: TrySide
    seeds: int = Field(default=5, ge=1, le=40)
