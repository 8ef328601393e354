"""The bodies of requests, each with its limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from warmline.experience.surveys.document import NAME_CHARS
from warmline.experience.surveys.model import State, Via
from warmline.experience.surveys.page import Theme
from warmline.experience.surveys.tables import PAGE_LIMIT
from warmline.written.nodes import TEXT_LIMIT_CHARS

Text = Annotated[str, Field(max_length=TEXT_LIMIT_CHARS)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:@+-]{1,64}$")]
Name = Annotated[str, Field(max_length=NAME_CHARS, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Wanted(BaseModel):
    """Which asks are looked for; what is left out lets all through."""

    survey: Id | None = None
    queue: Id | None = None
    agent: Id | None = None
    interaction: Annotated[str | None, Field(max_length=128)] = None
    state: State | None = None
    via: Via | None = None
    before: Annotated[str | None, Field(max_length=160)] = None
    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT)] = 50

    def equal(self) -> dict[str, str]:
        """What a row must be equal in."""
        names = ("survey", "queue", "agent", "interaction", "state", "via")
        found = {name: getattr(self, name) for name in names}
        return {name: str(value) for name, value in found.items() if value is not None}


class Body(BaseModel):
    """A body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewBody(Body):
    """A survey that is not there yet."""

    id: Id
    name: Name = ""


class DraftBody(Body):
    """Of which version a new draft is made; left out, of what is in force."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: Id | None = Field(default=None, alias="from")


class TextBody(Body):
    """A text, and the survey whose version it is to be."""

    text: Text
    survey: Id | None = None


class SaveBody(Body):
    """A draft as it is now."""

    text: Text


class PreviewBody(Body):
    """A text as a customer would see it."""

    text: Text
    language: Annotated[str, Field(max_length=16)] = "en"
    theme: Theme = Theme.AUTO
