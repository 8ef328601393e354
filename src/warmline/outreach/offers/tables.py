"""The tables of offers: what is offered, when it was shown or held out, what came of it."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table

from warmline.storage.schema import ID_CHARS, metadata

ID = String(ID_CHARS)
RULE_LIMIT_CHARS = 1_000
_WORD = String(16)
_JSON = JSON(none_as_null=True)


def _column(name: str, kind: Any, *, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required)


offer = Table(
    "offer",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("names", _JSON, required=True),
    _column("words", _JSON, required=True),
    _column("value_minor", BigInteger, required=True),
    _column("rule", String(RULE_LIMIT_CHARS), required=True),
    _column("valid_from", BigInteger),
    _column("valid_until", BigInteger),
    _column("active", Boolean, required=True),
    _column("changed_at", BigInteger, required=True),
    _column("changed_by", ID),
)
"""An offer: what it is called and how it is said by language, what one that is taken brings.

`value_minor` is what stays with the center of one that is taken, in the site's currency.
"""

offer_shown = Table(
    "offer_shown",
    metadata,
    Column("site", ID, primary_key=True),
    Column("id", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("offer", ID, required=True),
    _column("customer", ID, required=True),
    _column("interaction", ID, required=True),
    _column("agent", ID, required=True),
    _column("arm", _WORD, required=True),
    _column("answer", _WORD),
    _column("reason", _WORD),
    _column("answered_at", BigInteger),
    _column("revenue_minor", BigInteger),
    _column("segment", ID),
    _column("why", _JSON, required=True),
    _column("facts", _JSON, required=True),
    Index("ix_offer_shown_customer", "site", "customer", "at"),
    Index("ix_offer_shown_interaction", "site", "interaction"),
    Index("ix_offer_shown_at", "site", "at"),
)
"""An offer that was shown to an agent, or would have been to one whose customer is held out.

`revenue_minor` is what the customer ordered within the window after it, None until that is over;
`facts` is what was known at that moment, for the model to learn from; `why` the conditions of the
rule with what was found.
"""

offer_solved = Table(
    "offer_solved",
    metadata,
    Column("site", ID, primary_key=True),
    Column("interaction", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("by", ID),
)
"""The agent said that what the customer came for is solved: only then something is offered."""

offer_terms = Table(
    "offer_terms",
    metadata,
    Column("site", ID, primary_key=True),
    _column("holdout_permille", Integer, required=True),
    _column("pause_days", Integer, required=True),
    _column("window_days", Integer, required=True),
)
"""Who is held out, how long nothing is offered after an offer, how long what follows counts."""

offer_model = Table(
    "offer_model",
    metadata,
    Column("site", ID, primary_key=True),
    _column("at", BigInteger, required=True),
    _column("body", _JSON, required=True),
)
"""What was learnt of whom an offer moves."""
