"""Which talks are asked about at all, whoever the customer is."""

import hashlib

from warmline.core.words import DAY, Millis
from warmline.experience.surveys.model import Passed, Survey
from warmline.ports import Contact

LATE_MS: Millis = DAY
"""Whoever should have been asked longer ago than this is asked no more."""


def is_sampled(survey: str, interaction: str, share_pct: int) -> bool:
    """Whether a talk is among the share that is asked about: the same talk always is or never.

    >>> is_sampled("after-contact", "i-1", 100), is_sampled("after-contact", "i-1", 0)
    (True, False)
    """
    digest = hashlib.sha256(f"{survey}\x1f{interaction}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100 < share_pct


def why_not(talk: Contact, survey: Survey, *, late_ms: Millis) -> Passed | None:
    """What speaks against asking about a talk, whoever the customer is."""
    if talk.agent is None:
        return Passed.NOT_ANSWERED
    if not is_sampled(survey.id, talk.interaction, survey.share_pct):
        return Passed.NOT_SAMPLED
    return Passed.TOO_LATE if late_ms > LATE_MS else None
