"""The bodies of requests, each with its limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from warmline.flows.document import NAME_CHARS, WORDS_CHARS
from warmline.written.nodes import TEXT_LIMIT_CHARS

Text = Annotated[str, Field(max_length=TEXT_LIMIT_CHARS)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:@+-]{1,64}$")]
Name = Annotated[str, Field(max_length=NAME_CHARS, pattern=r"^[^\x00-\x1f\x7f]*$")]
Part = Annotated[str, Field(max_length=64)]


class Body(BaseModel):
    """A body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewBody(Body):
    """A flow that is not there yet."""

    id: Id
    name: Name = ""


class DraftBody(Body):
    """Of which version a new draft is made; left out, of what is in force."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: Id | None = Field(default=None, alias="from")


class TextBody(Body):
    """A text, and the flow whose version it is to be."""

    text: Text
    flow: Id | None = None


class SaveBody(Body):
    """A draft as it is now."""

    text: Text


class EditBody(Body):
    """A text, a place in it, and what is to stand there."""

    text: Text
    path: Annotated[list[Part], Field(min_length=1, max_length=8)]
    value: Annotated[str, Field(min_length=1, max_length=WORDS_CHARS)]


class RehearsalBody(Body):
    """A text and the script of the customers who try it."""

    text: Text
    script: Text


class PinBody(Body):
    """A PIN as the customer will key it in."""

    pin: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
