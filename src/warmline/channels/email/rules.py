"""Rules for letters: a flow that asks nobody says which queue and reason a new one gets."""

from dataclasses import dataclass

from warmline.core.flow_steps import ToQueue
from warmline.core.words import InboxId, InteractionId, Medium, QueueId
from warmline.customers.model import Resolved
from warmline.flows.runs import Runs
from warmline.ports import State

TEXT_CHARS = 20_000
"""So much of a letter is read by rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What rules may look at."""

    inbox: InboxId
    interaction: InteractionId
    sender: str
    subject: str
    text: str
    language: str | None
    who: Resolved | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """Where a letter goes; nothing means: as its inbox says."""

    queue: QueueId | None = None
    reason: str | None = None


class LetterRules:
    """The flows that stand at e-mail inboxes."""

    def __init__(self, runs: Runs, state: State) -> None:
        self._runs = runs
        self._state = state

    async def __call__(self, letter: Letter) -> Ruled:
        """Where the letter goes."""
        who = letter.who
        given = {
            "medium": Medium.EMAIL.value,
            "from": letter.sender,
            "subject": letter.subject,
            "text": letter.text[:TEXT_CHARS],
            "language": letter.language or "en",
            "known": "yes" if who is not None and who.customer is not None else "no",
            "verification": who.verification.value if who is not None else "unknown",
            "segment": who.segment if who is not None and who.segment else "",
        }
        done = await self._runs.straight(letter.inbox, Medium.EMAIL, letter.interaction, given)
        if done is None or not isinstance(done.end, ToQueue):
            return Ruled()
        queue = done.end.queue
        known = queue in self._state.center().queues
        return Ruled(queue=queue if known else None, reason=done.end.reason)
