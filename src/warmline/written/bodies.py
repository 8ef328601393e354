"""The bodies of requests about texts in versions, each with its limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from warmline.written.nodes import TEXT_LIMIT_CHARS

NAME_CHARS = 120
Text = Annotated[str, Field(max_length=TEXT_LIMIT_CHARS)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:@+-]{1,64}$")]
Name = Annotated[str, Field(max_length=NAME_CHARS, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Body(BaseModel):
    """A body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class DraftBody(Body):
    """Of which version a new draft is made; left out, of what is in force."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: Id | None = Field(default=None, alias="from")


class SaveBody(Body):
    """A draft as it is now."""

    text: Text
