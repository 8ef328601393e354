"""What goes in and out of the chat door, as its description shows it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from warmline.channels.webchat.identity import TOKEN_LIMIT_CHARS
from warmline.channels.webchat.limits import (
    COMMENT_LIMIT_CHARS,
    EMAIL_LIMIT_CHARS,
    NAME_LIMIT_CHARS,
    REASON_LIMIT_CHARS,
)
from warmline.channels.webchat.reception import Start
from warmline.core.words import AgentId, InboxId

TEXT_LIMIT_CHARS = 100_000
"""What is read at most; the setting `message_limit_chars` decides below it."""
ID_LIMIT_CHARS = 64


class Body(BaseModel):
    """What a client sends: nothing beyond what is named."""

    model_config = ConfigDict(extra="forbid")


class StartBody(Body):
    """The beginning of a chat, or of the form outside business hours."""

    inbox: Annotated[str, Field(max_length=ID_LIMIT_CHARS)]
    id: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None
    """A UUID that the client made: sent again, it opens the same chat."""
    name: Annotated[str | None, Field(max_length=2 * NAME_LIMIT_CHARS)] = None
    email: Annotated[str | None, Field(max_length=2 * EMAIL_LIMIT_CHARS)] = None
    reason: Annotated[str | None, Field(max_length=REASON_LIMIT_CHARS)] = None
    text: Annotated[str | None, Field(max_length=TEXT_LIMIT_CHARS)] = None
    language: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None
    identity: Annotated[str | None, Field(max_length=TOKEN_LIMIT_CHARS + 1)] = None
    agent: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None
    """Whom the customer wishes to talk to: heard when this person has served them before."""

    def start(self) -> Start:
        """The same as a value of ours."""
        return Start(
            inbox=InboxId(self.inbox),
            id=self.id,
            name=self.name,
            email=self.email,
            reason=self.reason,
            text=self.text,
            language=self.language,
            identity=self.identity,
            agent=AgentId(self.agent) if self.agent else None,
        )


class MessageBody(Body):
    """What the customer writes; `id` is a UUID that the client made."""

    text: Annotated[str, Field(max_length=TEXT_LIMIT_CHARS)]
    id: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None


class RatingBody(Body):
    """The customer's judgement."""

    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Annotated[str | None, Field(max_length=COMMENT_LIMIT_CHARS)] = None


class TranscriptBody(Body):
    """Where the transcript goes."""

    email: Annotated[str, Field(max_length=2 * EMAIL_LIMIT_CHARS)]
    language: Annotated[str | None, Field(max_length=ID_LIMIT_CHARS)] = None


class ReadBody(Body):
    """The last message that the customer has read."""

    message: Annotated[str, Field(max_length=ID_LIMIT_CHARS)]


class IdentityBody(Body):
    """A JWT (HS256) signed by the shop's server with the inbox's secret."""

    identity: Annotated[str, Field(max_length=TOKEN_LIMIT_CHARS + 1)]


class BegunAnswer(BaseModel):
    """The chat that has begun; keep the token, it opens this chat alone."""

    interaction: str
    token: str


class FormAnswer(BaseModel):
    """The message that was left; it is answered by mail."""

    interaction: str


class ChatFile(BaseModel):
    """A file that belongs to a message; its content is at `/api/v1/chat/files/{id}`."""

    id: str
    name: str
    media_type: str
    size: int


class ChatMessage(BaseModel):
    """One thing that was said; `seq` grows over the whole chat and may have gaps."""

    seq: int
    id: str
    at: int
    author: Literal["customer", "agent", "system"]
    name: str | None
    text: str
    files: list[ChatFile]
    state: Literal["sent", "delivered", "read", "failed"]


class ChatAgent(BaseModel):
    """Who answers."""

    name: str | None


class ChatExpected(BaseModel):
    """How long it may still take: four of five wait between the two."""

    low_ms: int
    high_ms: int


class MessagesAnswer(BaseModel):
    """Where the chat stands, and what was said; `more` says that another page follows."""

    now: int
    interaction: str
    phase: str
    position: int | None
    expected: ChatExpected | None
    words: str | None
    """What the queue says to one who waits, in their language."""
    agent: ChatAgent | None
    messages: list[ChatMessage]
    last_seq: int
    more: bool
    ended: bool
    rated: bool


class SaidAnswer(BaseModel):
    """The message as it was kept; `follows` is the ended interaction that it goes on from."""

    message: ChatMessage
    interaction: str
    follows: str | None


class EndedAnswer(BaseModel):
    """The interaction that is over."""

    interaction: str
    ended: bool = True


class SurveyAnswer(BaseModel):
    """Where the customer is asked how it was; null when nobody asks."""

    page: str | None


class SentAnswer(BaseModel):
    """The transcript is on its way."""

    sent: bool = True


class PrechatReason(BaseModel):
    """One of the reasons to choose from, in words for the visitor."""

    id: str
    label: str


class Prechat(BaseModel):
    """What may be asked before a chat; nothing of it is required."""

    name: bool
    email: bool
    reason: list[PrechatReason]


class InboxAnswer(BaseModel):
    """What a page must know before a chat begins."""

    open: bool
    opens_at: int | None
    words: str | None
    """What the queue says to those whom it turns away, in the language asked for."""
    online: bool
    """Whether anybody is there who could answer."""
    name: str
    prechat: Prechat
    offline_form: bool
    file_limit_bytes: int
    file_types: list[str]
    locales: list[str]
    now: int
