"""What a queue tells its customers in its own words: closed, nobody there, everybody busy."""

from collections.abc import Mapping

from warmline.core import queueing, routing, ruleset
from warmline.core.interaction import Interaction
from warmline.core.settings import Queue, Situation
from warmline.core.state import Center
from warmline.core.words import Instant, Phase, QueueId, Rejected

ELSE = "en"
_REFUSED: Mapping[str, Situation] = {
    "closed": Situation.CLOSED,
    "unstaffed": Situation.UNSTAFFED,
}


def told(queue: Queue, situation: Situation, language: str | None) -> str | None:
    """The queue's words in the customer's language, else in English, else none.

    >>> words = {Situation.BUSY: {"en": "Soon.", "pt-BR": "Já vamos."}}
    >>> queue = Queue(id=QueueId("help"), name="Help", words=words)
    >>> told(queue, Situation.BUSY, "pt"), told(queue, Situation.BUSY, "pl")
    ('Já vamos.', 'Soon.')
    >>> told(queue, Situation.CLOSED, "en") is None
    True
    """
    texts = {tag.casefold(): text for tag, text in queue.words.get(situation, {}).items()}
    wanted = (language or ELSE).casefold().replace("_", "-")
    bare = wanted.partition("-")[0]
    kin = (text for tag, text in texts.items() if tag.partition("-")[0] == bare)
    return texts.get(wanted) or texts.get(bare) or next(kin, None) or texts.get(ELSE)


def why_refused(center: Center, refusal: Rejected, language: str | None) -> str | None:
    """What the queue says to whom it turns away; None for other refusals, and without words."""
    situation = _REFUSED.get(refusal.code)
    queue = center.queues.get(QueueId(str(refusal.facts.get("queue"))))
    return None if situation is None or queue is None else told(queue, situation, language)


def with_words(center: Center, refusal: Rejected, language: str | None) -> Rejected:
    """The refusal, with the queue's words (`words`) where it has some."""
    words = why_refused(center, refusal, language)
    if words is None:
        return refusal
    return Rejected(refusal.code, refusal.detail, **{**refusal.facts, "words": words})


def while_waiting(center: Center, interaction: Interaction, now: Instant) -> str | None:
    """What the queue says to one who waits in it, and why nobody comes; None without words."""
    if interaction.phase is not Phase.QUEUED or routing.waits_for_preferred(interaction, now):
        return None
    queue = ruleset.queue_of(center, interaction)
    if not queue.words:
        return None
    if not queueing.open_now(center, queue, now, ruleset.tried_for(center, interaction)):
        situation = Situation.CLOSED
    elif not queueing.staffed(center, queue, interaction.medium, interaction.language):
        situation = Situation.UNSTAFFED
    else:
        situation = Situation.BUSY
    return told(queue, situation, interaction.language)
