"""A policy written as a document, with comments that help whoever reads it first."""

import json
import re
from collections.abc import Iterator, Mapping

from warmline.core.policy import Ruleset
from warmline.core.state import Center
from warmline.policies.document import DOCUMENT, HOURS, LATER_LINES, POLICY_LINES, QUEUES, SEGMENTS
from warmline.written.kinds import Flow, Plain

_PLAIN = re.compile(r"[\w/][\w .>=<%/+@:,-]*")
_EMPTY = frozenset({"", "~", "null"})
"""What YAML takes for no value at all; other words of its own are read here as they stand."""
_FLOW_CHARS = 90
_SHORT = 12
_HEAD = """\
# The policy of this center, as text. Comments (lines with #) are kept exactly as you write them.
# Durations have a unit: 90 s, 10 min, 2 h. What is left out has its usual value.
"""
_SECTIONS: Mapping[str, str] = {
    "rule": "By which rule the center decides who gets whom: warmline, longest-idle,\n"
    "least-recent, round-robin, fewest, random, strict-priority, dedicated-group, best-agent.",
    "slider": "Fair or best match: how much idle time the best match outweighs,\n"
    "from 0 s (fair to agents) to 3000 s (best match). 600 s is usual.",
    "match": "What a match is made of: quality, productivity, sales, interpersonal, by weight.",
    "prices": "Whether agents who will be needed more elsewhere are kept for it, by forecast.",
    "guard": "Gives a segment below its target a larger head start, and takes it back: on or off.",
    "segments": "Groups of customers. A head start of 10 min: counts as having waited so long.",
    "queues": "Each queue: its aim, who is asked in which ring, and what happens out of hours.",
    "hours": "Business hours, for queues and modes.",
    "capacity": "Who holds how much at once, and what is put aside for what.",
    "medium_offsets": "A medium with a larger offset is served later.",
    "modes": "Other rules for a time, by hours or by a live figure; the first that fits holds.",
    "affinities": "A bonus where customer and agent are of the same group; each with its reason.",
    "stakes": "What the value of an interaction changes: an order worth much, a cancellation …",
    "dedicated": "Under the rule dedicated-group: which team serves which segment.",
    "load_handicap": "Each interaction in hand counts as this much less idle time.",
    "callbacks": "Deferred (while nobody else waits, before all when the promise draws near) or\n"
    "in-order; what is promised, and how often a customer is tried who is not reached.",
    "time_outs": "How long everything may take.",
    "privacy": "How often data of others may be looked at, and how long it stays readable.",
}


def in_force(center: Center) -> Ruleset:
    """Everything that a version of the policy could say of this center, as it is now."""
    return Ruleset(
        policy=center.policy,
        segments=tuple(center.segments.values()),
        queues=tuple(center.queues.values()),
        calendars=tuple(center.calendars.values()),
    )


def plain(ruleset: Ruleset, *, full: bool) -> dict[str, Plain]:
    """A policy as a tree of texts, its name and comment left out; `full` leaves nothing out."""
    shelves = {
        "segments": SEGMENTS.plain(ruleset.segments, full=full),
        "queues": QUEUES.plain(ruleset.queues, full=full),
        "hours": HOURS.plain(ruleset.calendars, full=full),
    }
    return {
        **DOCUMENT.some(POLICY_LINES, ruleset.policy, full=full),
        **{key: value for key, value in shelves.items() if value},
        **DOCUMENT.some(LATER_LINES, ruleset.policy, full=full),
    }


def written(ruleset: Ruleset, *, name: str = "", comment: str = "") -> str:
    """The policy as a document; reading it gives the same rules."""
    out = [_HEAD]
    for key, value in (("name", name), ("comment", comment)):
        if value:
            out.append(f"{key}: {scalar(value)}\n")
    for key, value in plain(ruleset, full=False).items():
        out.append("\n")
        out += [f"# {line}\n" for line in _SECTIONS.get(key, "").splitlines()]
        out += [f"{line}\n" for line in _lines(key, value, 0)]
    return "".join(out)


def _lines(key: str, value: Plain, depth: int) -> Iterator[str]:
    indent = "  " * depth
    flow = _flow(value)
    if flow is not None and len(indent) + len(key) + len(flow) <= _FLOW_CHARS:
        yield f"{indent}{scalar(key)}: {flow}"
        return
    yield f"{indent}{scalar(key)}:"
    if isinstance(value, dict):
        for inner, found in value.items():
            yield from _lines(inner, found, depth + 1)
    elif isinstance(value, list):
        for found in value:
            yield from _item(found, depth + 1)
    else:
        assert flow is not None, "a text is always one line"
        yield f"{indent}  {flow}"


def _item(value: Plain, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(value, dict) and value:
        mark = "- "
        for key, found in value.items():
            for line in _lines(key, found, 0):
                yield f"{indent}{mark}{line}"
                mark = "  "
    else:
        yield f"{indent}- {_flow(value)}"


def _flow(value: Plain) -> str | None:
    """The value on the key's own line; None for what needs lines of its own."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, list):
        if all(isinstance(one, str) for one in value):
            return f"[{', '.join(scalar(str(one), inline=True) for one in value)}]"
        return None
    if not value:
        return "{}"
    if isinstance(value, Flow) and all(
        isinstance(one, str) and len(one) <= _SHORT for one in value.values()
    ):
        pairs = (f"{scalar(key)}: {scalar(str(one), inline=True)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return None


def scalar(text: str, *, inline: bool = False) -> str:
    """A text as YAML reads it back, quoted when it has to be; `inline` stands in a list.

    >>> scalar("10 min"), scalar("yes: indeed")
    ('10 min', '"yes: indeed"')
    """
    simple = _PLAIN.fullmatch(text) and text == text.strip()
    taken = ": " in text or text.endswith(":") or (inline and "," in text)
    if simple and not taken and text not in _EMPTY:
        return text
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign.isprintable():
        return json.dumps(sign, ensure_ascii=False)[1:-1]
    code = ord(sign)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - see YAML
