"""A flow as a drawing: a box for each step, a line for each way on, both with their place."""

from warmline.core import flow_steps as s
from warmline.core.flow_checks import wordings
from warmline.flows.document import Reading, kind_of
from warmline.flows.rehearsal import said_end
from warmline.written.problems import Path


def drawing(found: Reading) -> dict[str, object] | None:
    """The boxes and lines of a text; None while it cannot be read."""
    flow = found.drawn
    if flow is None:
        return None
    marked = {tuple(one.path.split("."))[1] for one in found.errors
              if one.path.startswith("steps.")}  # fmt: skip
    return {
        "start": flow.start,
        "fallback": flow.fallback,
        "steps": [
            {
                "id": id_,
                "kind": kind_of(step),
                "about": _about(step),
                "ends": isinstance(step, s.End),
                "words": _words(flow, id_),
                "words_path": _words_path(found, id_),
                "line": found.nodes[("steps", id_)].start_mark.line + 1,
                "wrong": id_ in marked,
                "ways": [
                    {"way": way, "to": to, "path": _path(found, id_, way)}
                    for way, to in step.ways.items()
                ],
            }
            for id_, step in flow.steps.items()
        ],
    }


def _words(flow: s.Flow, step: str) -> dict[str, str]:
    found = next((words for at, _, words in wordings(flow) if at == step), s.no_words())
    return dict(found)


def _about(step: s.Step) -> str:
    """What a step is about beside its words, in the words of its text."""
    match step:
        case s.Hours():
            about = step.calendar
        case s.Collect():
            about = step.into
        case s.Assign():
            about = ", ".join(f"{name} = {value}" for name, value in step.values.items())
        case s.Choose() | s.Mention():
            about = step.attribute
        case s.Lookup():
            about = step.url or "customer"
        case s.Identify():
            about = step.by.value
        case s.Callback():
            about = step.queue
        case s.End():
            about = said_end(step)
        case _:
            about = ""
    return about


def _path(found: Reading, step: str, way: str) -> list[str] | None:
    """Where the text says where a way leads."""
    name = way.removeprefix("= ").removeprefix("~ ")
    at: Path = ("steps", step)
    places = ((*at, "choices", name, "next"), (*at, "cases", name, "next"),
              (*at, "cases", name), (*at, way))  # fmt: skip
    if way in {"otherwise", "next"}:
        places = ((*at, way),)
    return next((list(one) for one in places if one in found.nodes), None)


def _words_path(found: Reading, step: str) -> list[str] | None:
    """Where the words of a step stand, without the language."""
    at: Path = ("steps", step)
    keys = ("say", "menu", "callback", "hang_up", "words")
    return next(([*at, key] for key in keys if (*at, key) in found.nodes), None)
