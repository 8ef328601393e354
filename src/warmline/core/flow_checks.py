"""What may be wrong with a flow as a whole: dead ends, steps nobody comes to, idle loops, words."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from warmline.core import flow_steps as s
from warmline.core.words import Medium

ASKING = (s.Menu, s.Collect, s.Callback, s.Identify)
WRITTEN_MEDIA = frozenset({Medium.EMAIL})
"""Nobody is there to answer a question while the flow runs."""
STEPS_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong; `step` and `key` say where, as the text names them."""

    code: str
    detail: str
    fix: str = ""
    step: str = ""
    key: str = ""
    is_error: bool = True


def faults(flow: s.Flow, languages: Collection[str]) -> list[Fault]:
    """All that is wrong with a flow; languages are those of the site."""
    found = [*_unknown_targets(flow), *_ends(flow)]
    if not found:
        found += [*_unreached(flow), *_no_way_out(flow), *_idle_loops(flow)]
    return [*found, *_of_media(flow), *_silent(flow, flow.languages or languages)]


def branches(flow: s.Flow) -> list[tuple[str, str, str]]:
    """Every way on in a flow: step, way and where it leads."""
    return [(id_, way, to) for id_, step in flow.steps.items() for way, to in step.ways.items()]


def reached(flow: s.Flow) -> set[str]:
    """The steps that a customer can come to."""
    seen: set[str] = set()
    ahead = [flow.start, flow.fallback]
    while ahead:
        at = ahead.pop()
        if at in seen or at not in flow.steps:
            continue
        seen.add(at)
        ahead += flow.steps[at].ways.values()
    return seen


def leads_to_an_end(flow: s.Flow) -> set[str]:
    """The steps from which some ending can be come to."""
    good = {id_ for id_, step in flow.steps.items() if isinstance(step, s.End)}
    while True:
        more = {id_ for id_, step in flow.steps.items() if good.intersection(step.ways.values())}
        if more <= good:
            return good
        good |= more


def _unknown_targets(flow: s.Flow) -> Iterator[Fault]:
    for key, target in (("start", flow.start), ("fallback", flow.fallback)):
        if target not in flow.steps:
            yield Fault(code="unknown_step", detail=f"There is no step {target}.", key=key)
    for id_, way, to in branches(flow):
        if to not in flow.steps:
            yield Fault(code="unknown_step", step=id_, key=way,
                        detail=f"There is no step {to}.")  # fmt: skip


def _ends(flow: s.Flow) -> Iterator[Fault]:
    if not 1 <= len(flow.steps) <= STEPS_LIMIT:
        yield Fault(code="steps_many", detail=f"A flow has 1 to {STEPS_LIMIT} steps.", key="steps")
    fallback = flow.steps.get(flow.fallback)
    if fallback is not None and not isinstance(fallback, s.End):
        yield Fault(code="fallback_goes_on", key="fallback", detail="The fallback must be an end.",
                    fix="Name a queue, voicemail, transfer or hang_up step.")  # fmt: skip


def _unreached(flow: s.Flow) -> Iterator[Fault]:
    for id_ in flow.steps.keys() - reached(flow):
        yield Fault(code="unreachable", step=id_, detail=f"No way leads to the step {id_}.",
                    fix="Lead a way to it, or remove it.")  # fmt: skip


def _no_way_out(flow: s.Flow) -> Iterator[Fault]:
    for id_ in reached(flow) - leads_to_an_end(flow):
        yield Fault(code="dead_end", step=id_, detail=f"From the step {id_} there is no way out.",
                    fix="Lead one of its ways to an end.")  # fmt: skip


def _idle_loops(flow: s.Flow) -> Iterator[Fault]:
    """A loop through steps that ask nobody would run round until the bound stops it."""
    idle = {id_ for id_, step in flow.steps.items() if not isinstance(step, ASKING)}
    for id_ in sorted(idle):
        seen: set[str] = set()
        ahead = [to for to in flow.steps[id_].ways.values() if to in idle]
        while ahead:
            at = ahead.pop()
            if at not in seen:
                seen.add(at)
                ahead += [to for to in flow.steps[at].ways.values() if to in idle]
        if id_ in seen:
            yield Fault(code="idle_loop", step=id_, detail=f"The step {id_} leads back to itself "
                        "and nobody is asked on the way.",
                        fix="Put a menu or another question into the loop.")  # fmt: skip


def _of_media(flow: s.Flow) -> Iterator[Fault]:
    for id_, step in flow.steps.items():
        spoken_only = isinstance(step, s.Transfer | s.Voicemail | s.Callback)
        if WRITTEN_MEDIA.intersection(flow.media) and isinstance(step, (*ASKING, s.Say)):
            asks_nobody = isinstance(step, s.Identify) and step.by is s.By.NUMBER
            if not asks_nobody:
                yield Fault(code="nobody_there", step=id_, fix="Make a flow of its own for e-mail.",
                            detail="Whoever wrote a letter cannot be spoken to.")  # fmt: skip
        elif spoken_only and set(flow.media) - {Medium.VOICE}:
            yield Fault(code="only_by_phone", step=id_, fix="Write media: [voice].",
                        detail="Only a caller can be treated so.")  # fmt: skip


def _silent(flow: s.Flow, languages: Collection[str]) -> Iterator[Fault]:
    for id_, key, words in wordings(flow):
        missing = [one for one in languages if one not in words]
        if missing:
            yield Fault(code="missing_language", step=id_, key=key,
                        detail=f"These words are missing in: {', '.join(missing)}.",
                        fix="Write them in every language of the site.")  # fmt: skip


def wordings(flow: s.Flow) -> Iterator[tuple[str, str, s.Words]]:
    """All words that customers hear or read: step, key in it, words."""
    for id_, step in flow.steps.items():
        match step:
            case s.Say():
                yield id_, "say" if step.words else "recording", step.words or step.recordings
            case s.Asking():
                needs = not isinstance(step, s.Identify) or step.by is s.By.PIN
                optional: list[tuple[str, s.Words]] = [("sorry", step.sorry)]
                if isinstance(step, s.Collect):
                    optional.append(("confirm", step.confirm))
                if isinstance(step, s.Callback):
                    optional += [("yes", step.yes), ("no", step.no)]
                if isinstance(step, s.Menu):
                    optional += [(f"choices.{key}.label", one.label)
                                 for key, one in step.choices.items()]  # fmt: skip
                yield from ((id_, "words", step.words) for _ in range(needs))
                yield from ((id_, key, words) for key, words in optional if words)
            case s.End() if step.words:
                yield id_, "words", step.words
            case _:
                continue
