"""Somebody who was never here: made by rows that travel with their arrival, not before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, insert, select
from sqlalchemy.sql.base import Executable

from warmline.core.words import Instant, SiteId, Verification
from warmline.customers.choice import PROVEN
from warmline.customers.identity import fold
from warmline.customers.model import NAME_LIMIT_CHARS, Resolved, fresh_customer
from warmline.customers.resolution import Coming, Known
from warmline.customers.tables import customer, identifier
from warmline.ports import Write

_KEPT = (
    "site", "kind", "value", "customer", "verification", "method", "source", "created_at",
    "verified_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """Who comes in, and the rows without which they are nobody: they travel with the command."""

    who: Resolved
    writes: Sequence[Write] = ()


def is_newcomer(coming: Coming, known: Known) -> bool:
    """Whether nobody has what they claim, and nothing of it is proven."""
    return not known.holders and all(one.verification not in PROVEN for one in coming.claims)


def newcomer(site: SiteId, coming: Coming, *, now: Instant) -> Arriving:
    """A new customer with what they say of themselves; nothing is written here.

    What somebody else has got in between stays theirs alone, as with whatever is only said.
    """
    who = fresh_customer(now)
    name = coming.name[:NAME_LIMIT_CHARS] if coming.name else None
    person: Mapping[str, object] = {
        "site": site,
        "id": who,
        "name": name,
        "folded": fold(coming.name or ""),
        "language": coming.language,
        "created_at": now,
        "updated_at": now,
    }
    said = [
        {
            "given_site": site,
            "given_kind": one.kind.value,
            "given_value": one.value,
            "given_customer": who,
            "given_verification": one.verification.value,
            "given_method": one.found_by.value,
            "given_source": coming.source,
            "given_created_at": now,
            "given_verified_at": now,
        }
        for one in coming.claims
    ]
    found = Resolved(
        customer=who,
        verification=coming.claims[0].verification if coming.claims else Verification.UNKNOWN,
        language=coming.language,
        name=name,
        is_new=True,
    )
    writes = (Write(statement=_MADE, rows=[person]), Write(statement=_SAID, rows=said))
    return Arriving(who=found, writes=writes)


def _said() -> Executable:
    """An identifier, unless somebody has it: built once, so that it is compiled once."""
    values: dict[str, Any] = {
        name: bindparam(f"given_{name}", type_=identifier.c[name].type) for name in _KEPT
    }
    same = ("site", "kind", "value")
    held = exists().where(*(identifier.c[name] == values[name] for name in same))
    return insert(identifier).from_select([*values], select(*values.values()).where(~held))


_MADE = insert(customer)
_SAID = _said()
