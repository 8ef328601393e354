"""Reads models and policies from YAML; every mistake is told with the path of its field."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

import msgspec
import yaml

from warmline.sim.model import (
    Arrivals,
    Group,
    Hyperexponential,
    Law,
    Model,
    Queue,
    Ring,
    Segment,
    Stream,
    Survival,
)

LARGEST_FILE = 50_000_000
"""In bytes."""
MOST_AGENTS = 100_000
_TOLD = 20


class ModelError(Exception):
    """What is wrong with a model or a policy: pairs of a field's path and a sentence."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {detail}" for path, detail in problems))
        self.problems = problems


def read_model(path: Path) -> Model:
    """The model in a file. Raises `ModelError`; `OSError` when the file cannot be read."""
    raw = parse(file_text(path))
    for name, stream in _shelf(raw, "streams"):
        _fetch_instants(f"streams.{name}.arrivals", stream, path.parent)
    return model_of(raw)


def model_of(raw: Mapping[str, Any]) -> Model:
    """The model of plain values. Raises `ModelError`."""
    parts = {"queues": Queue, "streams": Stream, "agents": Group, "segments": Segment}
    for name, kind in parts.items():
        for item, given in _shelf(raw, name):
            convert(given, kind, f"{name}.{item}")
    model = convert(raw, Model, "")
    problems = list(check(model))
    if problems:
        raise ModelError(problems[:_TOLD])
    return model


def _shelf(raw: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    """What stands under a name, when it is a table at all."""
    found = raw.get(name)
    return list(cast("dict[str, Any]", found).items()) if isinstance(found, dict) else []


def convert(raw: object, kind: Any, path: str) -> Any:
    """`raw` as a `kind`; raises `ModelError` with the path of the first field that is wrong."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        detail, _, place = str(error).partition(" - at `$")
        inner = place.rstrip("`").lstrip(".")
        where = ".".join(part for part in (path, inner) if part) or "the document"
        raise ModelError([(where, detail.replace("`", ""))]) from error


def file_text(path: Path) -> str:
    """The text of a file within the limits. Raises `ModelError`, `OSError`."""
    if path.stat().st_size > LARGEST_FILE:
        raise ModelError([(path.name, f"is larger than {LARGEST_FILE // 1_000_000} MB")])
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ModelError([(path.name, "is not a text in UTF-8")]) from error


def _fetch_instants(path: str, stream: Any, folder: Path) -> None:
    """Replace `instants_file` by the seconds that the file holds, one a line."""
    arrivals: Any = dict(_shelf({"": stream}, "")).get("arrivals")
    given = cast("dict[str, Any]", arrivals) if isinstance(arrivals, dict) else {}
    if "instants_file" not in given:
        return
    name = given.pop("instants_file")
    where = f"{path}.instants_file"
    if not isinstance(name, str):
        raise ModelError([(where, "must be the name of a file beside the model")])
    try:
        lines = file_text(folder / name).split()
        given["instants_s"] = [float(line) for line in lines]
    except OSError as error:
        raise ModelError([(where, f"cannot be read: {error.strerror}")]) from error
    except ValueError as error:
        raise ModelError([(where, f"holds something that is no number: {error}")]) from error


# YAML


class _Loader(yaml.SafeLoader):
    """YAML 1.2 words: `12:30` and `no` are texts, not a number and a falsehood."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """A table; a key that is there twice is a mistake, not a change of mind."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                line = key.start_mark.line + 1
                raise ModelError([(f"line {line}", f"{name} is there twice")])
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


_WORDS = (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?\d+", "-+0123456789"),
    ("float", r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|[-+]?\.inf", "-+.0123456789"),
)
_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
for _tag, _pattern, _first in _WORDS:
    for _letter in _first:
        _word = (f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"))
        _resolvers.setdefault(_letter, []).append(_word)
_Loader.yaml_implicit_resolvers = _resolvers


def parse(text: str) -> dict[str, Any]:
    """The table that a YAML text is. Raises `ModelError` with the line of a mistake."""
    try:
        raw: Any = yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ModelError([(f"line {line}", str(error.problem))]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ModelError([("the document", "is no YAML that can be read")]) from error
    if not isinstance(raw, dict):
        raise ModelError([("the document", "must be a table of fields")])
    return cast("dict[str, Any]", raw)


# What the types alone do not say


def check(model: Model) -> Iterator[tuple[str, str]]:
    """Everything that does not fit together, as pairs of a path and a sentence."""
    yield from _check_start(model)
    for name, queue in model.queues.items():
        for number, ring in enumerate(queue.rings):
            yield from _check_ring(model, f"queues.{name}.rings[{number}]", ring)
        if queue.overflow_to is not None:
            yield from _known(
                "queue", queue.overflow_to, model.queues, f"queues.{name}.overflow_to"
            )
    for name, group in model.agents.items():
        for skill in group.skills:
            yield from _known_skill(model, skill, f"agents.{name}.skills")
    if sum(group.count for group in model.agents.values()) > MOST_AGENTS:
        yield "agents", f"are more than {MOST_AGENTS:,}"
    for name, stream in model.streams.items():
        yield from _check_stream(model, f"streams.{name}", stream)


def _check_start(model: Model) -> Iterator[tuple[str, str]]:
    try:
        date.fromisoformat(model.starts)
    except ValueError:
        yield "starts", f"there is no day {model.starts}"
    if model.warm_up_s >= model.days * 86_400:
        yield "warm_up_s", "leaves nothing to count"
    for skill in {*model.skills} & {*model.languages}:
        yield "languages", f"{skill} is a skill already"


def _check_ring(model: Model, path: str, ring: Ring) -> Iterator[tuple[str, str]]:
    for skill in (*ring.skills, *ring.any_of):
        yield from _known_skill(model, skill, path)


def _check_stream(model: Model, path: str, stream: Stream) -> Iterator[tuple[str, str]]:
    yield from _known("queue", stream.queue, model.queues, f"{path}.queue")
    for segment in stream.segments:
        yield from _known("segment", segment, model.segments, f"{path}.segments")
    for language in stream.languages:
        yield from _known("language", language, model.languages, f"{path}.languages")
    yield from _check_arrivals(f"{path}.arrivals", stream.arrivals)
    laws = {
        "talk": stream.talk,
        "wrap_up": stream.wrap_up,
        "patience": stream.patience,
        "answer": stream.answer,
        "redial.delay": stream.redial.delay if stream.redial else None,
    }
    for name, law in laws.items():
        if law is not None:
            yield from _check_law(f"{path}.{name}", law)
    if (
        isinstance(stream.talk, Survival)
        and not stream.talk.tail_mean_s
        and stream.talk.survive[-1]
    ):
        yield f"{path}.talk.tail_mean_s", "is needed: a talk must end"


def _check_arrivals(path: str, arrivals: Arrivals) -> Iterator[tuple[str, str]]:
    ways = [
        name
        for name in ("per_hour", "rates", "counts", "instants_s")
        if getattr(arrivals, name) not in (None, ())
    ]
    if len(ways) != 1:
        said = " and ".join(ways) or "nothing"
        yield path, f"say one of per_hour, rates, counts, instants_s (there is {said})"
    for number, rate in enumerate(arrivals.rates):
        if rate.start >= rate.end:
            yield f"{path}.rates[{number}]", "ends before it starts"


def _check_law(path: str, law: Law) -> Iterator[tuple[str, str]]:
    if isinstance(law, Hyperexponential) and len(law.weights) != len(law.means_s):
        yield path, "weights and means_s must be as many"
    if isinstance(law, Survival):
        if len(law.times_s) != len(law.survive):
            yield path, "times_s and survive must be as many"
        if list(law.times_s) != sorted(law.times_s):
            yield f"{path}.times_s", "must go up"
        if list(law.survive) != sorted(law.survive, reverse=True):
            yield f"{path}.survive", "must go down"


def _known(what: str, name: str, shelf: Collection[str], path: str) -> Iterator[tuple[str, str]]:
    if name not in shelf:
        yield path, f"there is no {what} {name}"


def _known_skill(model: Model, skill: str, path: str) -> Iterator[tuple[str, str]]:
    if skill not in model.skills and skill not in model.languages:
        yield path, f"there is no skill {skill}"
