"""Writes docs/reference from the code: events, commands, phases, settings, measures, HTTP routes.

usage: python scripts/reference.py [--check]     (--check only says what is not current)
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from warmline import config
from warmline.core import commands, events, settings
from warmline.core.interaction import FINAL, TRANSITIONS
from warmline.core.permissions import NEEDED, RIGHTS, Right
from warmline.core.words import Role
from warmline.insight import benchmark, metrics
from warmline.insight.benchmark_words import TEXTS
from warmline.policies import document
from warmline.web.app import make_app
from warmline.web.auth import Entrance
from warmline.wiring import wire

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by `make reference` from the code; do not edit. -->"
# Words that only build other events and commands; nobody ever gives or stores one of these.
FAMILIES = {"Event", "InteractionEvent", "AgentEvent", "Command", "InteractionCommand"}


def facts(module: ModuleType) -> Iterator[type]:
    """The dataclasses that a module defines, as they stand in it."""
    for item in vars(module).values():
        is_own = inspect.isclass(item) and item.__module__ == module.__name__
        if is_own and dataclasses.is_dataclass(item) and item.__name__ not in FAMILIES:
            yield item


def plain(annotation: object) -> str:
    """A type as a reader of the docs wants it."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    for prefix in ("warmline.core.settings.", "warmline.core.words.", "warmline.core.events."):
        text = text.replace(prefix, "")
    for module in ("collections.abc.", "typing.", "pathlib."):
        text = text.replace(module, "")
    return re.sub(r"^Optional\[(.*)\]$", r"\1 | None", text).replace("|", r"\|")


def row(field: dataclasses.Field[object]) -> str:
    """One field as a row of its table."""
    optional = "optional" if has_default(field) else ""
    return f"| `{field.name}` | `{plain(field.type)}` | {optional} |"


def has_default(field: dataclasses.Field[object]) -> bool:
    """Whether the field may be left out."""
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing


def section(kind: type, extra: str = "") -> list[str]:
    """One fact: what it says and its fields."""
    fields = dataclasses.fields(kind)
    lines = [f"## {kind.__name__}", "", inspect.cleandoc(kind.__doc__ or ""), ""]
    lines += [extra, ""] if extra else []
    if fields:
        lines += ["| field | type | |", "| --- | --- | --- |"]
        lines += [row(field) for field in fields]
        lines.append("")
    return lines


def page(title: str, opening: str, sections: Iterable[list[str]]) -> str:
    """A whole page."""
    lines = [MADE, "", f"# {title}", "", opening, ""]
    for part in sections:
        lines += part
    return "\n".join(lines).rstrip() + "\n"


def needs(kind: type) -> str:
    """Which rights are enough to give a command."""
    rights = sorted(f"`{right}`" for right in NEEDED.get(kind, ()))
    return f"Needs {' or '.join(rights)}." if rights else ""


def phases() -> str:
    """The transition table as a drawing and as rows."""
    drawing = ["```mermaid", "stateDiagram-v2", "  [*] --> treating: Arrived"]
    drawing += [f"  {old} --> {new}: {event.__name__}" for (old, event), new in TRANSITIONS.items()]
    drawing += [f"  {phase} --> [*]" for phase in sorted(FINAL)]
    rows = ["| in phase | event | then |", "| --- | --- | --- |"]
    rows += [f"| {old} | {event.__name__} | {new} |" for (old, event), new in TRANSITIONS.items()]
    opening = (
        "Drawn from the table that the code itself obeys. An event that is not here changes no"
        " phase; one that would need a missing row is refused as `wrong_phase`."
    )
    return page("Phases of an interaction", opening, [[*drawing, "```", ""], rows])


def server_settings() -> str:
    """Every setting of a server: its variable, default and meaning."""
    source = inspect.getsource(config.Settings)
    said = dict(
        re.findall(r'^    (\w+): [^\n]+\n    """(.*?)"""$', source, re.MULTILINE | re.DOTALL)
    )
    rows = ["| variable | type | default | |", "| --- | --- | --- | --- |"]
    for field in dataclasses.fields(config.Settings):
        if field.name == "demo":  # what `warmline demo` is, not what somebody sets
            continue
        meaning = " ".join(said.get(field.name, "").split())
        cells = (f"`WARMLINE_{field.name.upper()}`", f"`{plain(field.type)}`", default(field))
        rows.append(f"| {' | '.join(cells)} | {meaning} |")
    opening = (
        "How one server runs. Each line is a variable of the environment; the options of"
        " `warmline run` (`--data --host --port --smtp-port`) go before it. Nothing must be set."
    )
    return page("Settings of a server", opening, [rows])


def default(field: dataclasses.Field[Any]) -> str:
    """The default as somebody would write it into the environment."""
    value = field.default
    if value is None:
        return "not set"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def measures() -> str:
    """One row for each figure, as the screens explain it."""
    rows = ["| key | name | unit | formula |", "| --- | --- | --- | --- |"]
    for one in metrics.definitions():
        name, formula = one["names"]["en"], one["formulas"]["en"]
        rows.append(f"| `{one['key']}` | {name} | {one['unit']} | {formula} |")
    opening = (
        "One definition a figure: the same on every screen, in every report and export."
        " `GET /api/v1/measures` says the same in English, Russian and Polish; the rows behind a"
        " figure are at `GET /api/v1/floor/rows?measure=KEY`."
    )
    return page("Measures", opening, [rows])


def benchmarks() -> str:
    """One row for each line of the benchmark panel: what was published, how the own is made."""
    rows = ["| key | area | name | published | own figure |", "| --- | --- | --- | --- | --- |"]
    for line in benchmark.LINES:
        texts = TEXTS[line.key]
        to = "" if line.published_to_pct is None else f" to {line.published_to_pct:g}"
        published = f"{line.published_pct:g}{to} % {texts.published['en']}"
        rows.append(
            f"| `{line.key}` | {line.area.value} | {texts.names['en']} | {published} |"
            f" {texts.formulas['en']} |"
        )
    opening = (
        f"The published figures are from surveys of contact centers of the years"
        f" {benchmark.FIRST_YEAR} to {benchmark.LAST_YEAR}; they speak of centers or of customers,"
        " the own ones of the own contacts, so they give a direction and no rank."
        " `GET /api/v1/benchmark?days=28` says the same in English, Russian and Polish, with the"
        " own figure, how many it is of, its 95 % interval (after Wilson, where it is a share of"
        " contacts), what is missing where there is none, and the screen of the next step. A row"
        " has a level: 0 no figure, 1 under half of the published, 2 at least half, 3 reached, 4"
        " ahead by the cautious end of its interval or by half of what was left to do; where less"
        " is better, half means half as much again. An area is as far as its weakest row. Rows that"
        " say what customers do, not what a center does, have no level."
    )
    return page("Benchmark", opening, [rows])


def policy() -> str:
    """Every key of the policy document, with what may stand there and what it means."""
    lines = ["| key | what may stand there | |", "| --- | --- | --- |"]
    lines += policy_rows(document.schema(), "")
    opening = (
        "A version of the policy is a YAML text"
        " ([how to change it](../how-to/change-the-policy.md)). These are its keys; `ID` stands for"
        " the id of a queue, a segment and so on, `N` for a place in a list."
        " `GET /api/v1/policies/schema` says the same as JSON Schema, for editors."
    )
    return page("The policy document", opening, [lines])


def policy_rows(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """The keys below a place in the schema, each followed by those within it."""
    for key, inner in schema.get("properties", {}).items():
        place = f"{path}.{key}" if path else key
        needed = "; needed" if key in schema.get("required", ()) else ""
        yield f"| `{place}` | {fits(inner)}{needed} | {inner['description']} |"
        yield from policy_rows(inner, place)
    for branch in schema.get("anyOf", ()):
        yield from policy_rows(branch, path)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from policy_rows(schema["additionalProperties"], f"{path}.ID")
    if "items" in schema:
        yield from policy_rows(schema["items"], f"{path}.N")


def fits(schema: Mapping[str, Any]) -> str:
    """What may stand at a place, in a few words."""
    if "title" in schema:
        return str(schema["title"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(fits(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(one for one in schema["enum"] if isinstance(one, str))
    return f"a list of {fits(schema['items'])}" if "items" in schema else "a table"


OWN_CHECK = {
    "GET /metrics": "this machine, or `configure`",
    "POST /api/v1/first-admin": "the link's token",
    "GET /api/v1/chat/files/{id_}": "the chat's token",
}
"""Routes that check by a rule of their own who asks."""


def http_api() -> str:
    """Every route of the whole center: method, address, right, and what it does."""
    with tempfile.TemporaryDirectory() as data:
        app = make_app(wire(config.Settings(data=Path(data))))
        entrances = dict(guarded(app.routes))
        described: Mapping[str, Mapping[str, Mapping[str, Any]]] = app.openapi()["paths"]
    rows = ["| route | right | |", "| --- | --- | --- |"]
    for path, operations in described.items():
        for method, operation in operations.items():
            route = f"{method.upper()} {path}"
            said: str = operation.get("description") or operation["summary"]
            right = allowed(route, entrances.get(route), operation)
            rows.append(f"| `{route}` | {right} | {said.splitlines()[0]} |")
    opening = (
        "Everything that a running center answers; `/openapi.json` has the bodies as well. A right"
        " in `code` belongs to roles ([people and rights](../how-to/people-and-rights.md)); where"
        " there are several, one is enough. “The chat's token” is what `POST /api/v1/chat` gives."
        " There are two sockets beside: `/ws/chat` for customers and `/ws/live` for screens."
    )
    return page("HTTP API", opening, [rows])


def guarded(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, list[Right]]]:
    """The routes behind the guard, also in routers inside routers, with the rights it asks for."""
    for route in routes:
        inner: Any = getattr(route, "original_router", None)
        if inner is not None:
            context: Any = getattr(route, "include_context", None)
            yield from guarded(inner.routes, prefix + context.prefix)
        elif isinstance(route, APIRoute):
            wanted = {right for one in below(route.dependant) for right in asked_by(one)}
            for method in route.methods or () if wanted else ():
                yield f"{method} {prefix}{route.path}", sorted(wanted)


def below(dependant: Dependant) -> Iterator[Dependant]:
    """Everything that a route depends on."""
    for one in dependant.dependencies:
        yield one
        yield from below(one)


def asked_by(dependant: Dependant) -> frozenset[Right]:
    """The rights of which the guard wants one; none when it is something else."""
    call = dependant.call
    return call.wanted if isinstance(call, Entrance) else frozenset()


def allowed(route: str, entrance: list[Right] | None, operation: Mapping[str, Any]) -> str:
    """Who may use a route, in a few words."""
    name = route.rpartition("/commands/")[2]
    kind = getattr(commands, name, None)
    if kind is not None:
        entrance = sorted(NEEDED[kind] & PERSONS)
    if entrance is not None:
        return ", ".join(f"`{right}`" for right in entrance)
    if operation.get("security"):
        return "the chat's token"
    return OWN_CHECK.get(route, "anybody")


PERSONS = frozenset[Right]().union(
    *(RIGHTS[role] for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR))
)
"""What people can be allowed; the rest is the center's own."""


def pages() -> dict[str, str]:
    """Every page of the reference by its file name."""
    return {
        "events.md": page(
            "Events",
            "What is written to the log, in the past tense: ids and facts, never names or words"
            " of people. Times are milliseconds since the epoch, UTC.",
            (section(kind) for kind in facts(events)),
        ),
        "commands.md": page(
            "Commands",
            "What the center can be asked. A person gives one with"
            " `POST /api/v1/commands/{Name}`; `by` is filled in from the session.",
            (section(kind, needs(kind)) for kind in facts(commands)),
        ),
        "center.md": page(
            "Settings of a center",
            "What an administrator defines. Each arrives as a command and is an event like the"
            " rest, so a replay knows the rules of the day.",
            (section(kind) for kind in facts(settings)),
        ),
        "phases.md": phases(),
        "policy.md": policy(),
        "settings.md": server_settings(),
        "measures.md": measures(),
        "benchmark.md": benchmarks(),
        "http-api.md": http_api(),
    }


def outdated() -> list[str]:
    """The pages that differ from what the code says now."""
    wanted = pages()
    there = {path.name: path.read_text() for path in FOLDER.glob("*.md")}
    return sorted(name for name in wanted.keys() | there if wanted.get(name) != there.get(name))


def main(arguments: list[str]) -> int:
    """0 when the reference is current, which it is after it was written."""
    if "--check" in arguments:
        stale = outdated()
        print("\n".join(f"docs/reference/{name} is not current: make reference" for name in stale))
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text)
    print(f"{len(wanted)} pages in docs/reference")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
