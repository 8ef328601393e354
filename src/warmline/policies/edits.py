"""Changes written into a text where they belong, all its comments left as they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from warmline.core.settings import Need, Rule
from warmline.core.words import Malformed, Millis, QueueId, SegmentId
from warmline.policies.document import Reading, read
from warmline.policies.writing import scalar
from warmline.written.problems import Path
from warmline.written.units import said_duration, said_need


@dataclass(frozen=True, slots=True, kw_only=True)
class RingChange:
    """A ring of a queue's plan as it should be: what is None stays, one after the last is new."""

    queue: QueueId
    ring: int
    after_ms: Millis | None = None
    language: int | None = None
    needs: tuple[Need, ...] | None = None
    remove: bool = False

    def lines(self) -> Iterator[tuple[str, str]]:
        """The keys that change, each with its text."""
        if self.after_ms is not None:
            yield "after", said_duration(self.after_ms)
        if self.needs is not None:
            yield "needs", f"[{', '.join(said_need(one) for one in self.needs)}]"
        if self.language is not None:
            yield "language", str(self.language) if self.language else "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What somebody moved: the slider, the rule, head starts, rings."""

    fair_to_best_ms: Millis | None = None
    rule: Rule | None = None
    head_starts: Mapping[SegmentId, Millis] = field(default_factory=dict[SegmentId, Millis])
    rings: Sequence[RingChange] = ()


def edited(text: str, given: Changes) -> str:
    """The text with the changes in it; `Malformed` when they do not fit, or it cannot be read."""
    if given.fair_to_best_ms is not None:
        said = said_duration(given.fair_to_best_ms, seconds=True)
        text = _put(text, ("slider", "fair_to_best"), said)
    if given.rule is not None:
        text = _put(text, ("rule",), given.rule.value)
    for segment, head_start in given.head_starts.items():
        place = ("segments", segment, "head_start")
        text = _put(text, place, said_duration(head_start), within=place[:2])
    removed = sorted((one for one in given.rings if one.remove), key=lambda one: -one.ring)
    for one in given.rings:
        if not one.remove:
            text = _ring(text, one)
    for one in removed:
        text = _without_ring(text, one)
    return text


def _readable(text: str) -> Reading:
    found = read(text)
    if found.document is None:
        first = found.problems[0]
        raise Malformed("text", f"line {first.line}: {first.detail} {first.fix}".strip())
    return found


def _put(text: str, path: Path, said: str, *, within: Path = ()) -> str:
    """The text with a value at a path, put in the place of another or added."""
    nodes = _readable(text).notes.nodes
    if within and within not in nodes:
        raise Malformed("changes", f"the policy does not name {'.'.join(within)}")
    node = nodes.get(path)
    if node is not None:
        start, end = _span(node)
        return text[:start] + said + text[end:]
    *above, key = path
    if above and tuple(above) not in nodes:
        return _put(text, tuple(above), f"{{{key}: {said}}}")
    holder = nodes[tuple(above)]
    assert isinstance(holder, MappingNode), "a key stands in a table"
    line = f"{scalar(key)}: {said}"
    at = holder.start_mark.index
    if holder.flow_style:
        rest = ", " if holder.value else ""
        return f"{text[: at + 1]}{line}{rest}{text[at + 1 :]}"
    return f"{text[:at]}{line}\n{' ' * holder.start_mark.column}{text[at:]}"


def _ring(text: str, change: RingChange) -> str:
    plan = ("queues", change.queue, "plan")
    nodes = _readable(text).notes.nodes
    if plan[:2] not in nodes:
        raise Malformed("changes", f"the policy does not name the queue {change.queue}")
    rings = nodes.get(plan)
    many = len(rings.value) if isinstance(rings, SequenceNode) else 0
    if change.ring < many:
        for key, said in change.lines():
            text = _put(text, (*plan, str(change.ring), key), said)
        return text
    if change.ring != many:
        raise Malformed("changes", f"{change.queue} has {many} rings")
    new = f"{{{', '.join(f'{key}: {said}' for key, said in change.lines())}}}"
    if not isinstance(rings, SequenceNode):
        return _put(text, plan, f"[{new}]")
    if rings.flow_style:
        at = rings.end_mark.index - 1
        return f"{text[:at]}{', ' if many else ''}{new}{text[at:]}"
    last = _line_end(text, _span(rings.value[-1])[1])
    return f"{text[:last]}\n{' ' * rings.start_mark.column}- {new}{text[last:]}"


def _without_ring(text: str, change: RingChange) -> str:
    rings = _readable(text).notes.nodes.get(("queues", change.queue, "plan"))
    if not isinstance(rings, SequenceNode) or not change.ring < len(rings.value):
        raise Malformed("changes", f"{change.queue} has no ring {change.ring}")
    if len(rings.value) == 1:
        raise Malformed("changes", f"the only ring of {change.queue} has to stay")
    start, end = _span(rings.value[change.ring])
    if rings.flow_style:
        following = change.ring + 1 < len(rings.value)
        if following:
            end = rings.value[change.ring + 1].start_mark.index
        else:
            start = _span(rings.value[change.ring - 1])[1]
        return text[:start] + text[end:]
    dash = text.rindex("-", 0, start)
    if change.ring == 0 and text[text.rfind("\n", 0, dash) + 1 : dash].strip():
        following = rings.value[1].start_mark.index  # `plan: - …` cannot be, but be sure
        return text[:start] + text[following:]
    begin = text.rfind("\n", 0, dash) + 1
    return text[:begin] + text[_line_end(text, end) + 1 :]


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _span(node: Node) -> tuple[int, int]:
    """Where the text of a node begins and ends, without what only stands behind it."""
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
        end = node.end_mark.index
        if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
            end -= 1
        return node.start_mark.index, end
    inner: Node | tuple[Node, Node] | None = node.value[-1] if node.value else None
    last = inner[1] if isinstance(inner, tuple) else inner
    end = node.end_mark.index if last is None else _span(last)[1]
    return node.start_mark.index, end
