"""`warmline flow`: check a flow's text, and try it with a written customer, without a center."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from warmline.core.words import Instant
from warmline.flows.document import read, schema
from warmline.flows.rehearsal import Coverage, Tried, coverage, read_script, rehearse, shown
from warmline.written.problems import Problem

app = typer.Typer(no_args_is_help=True, help="What customers meet before somebody talks to them.")
_NOON: Instant = 1_767_612_000_000
"""A Monday noon: when a try does not say its time, so that the same script says the same."""
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@app.command(name="test")
def try_out(
    flow: File,
    script: File,
    *,
    least: Annotated[int, typer.Option(min=0, max=100, help="Coverage wanted, in %.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Try a flow with the customers of a script; ends with 1 when anything is not as expected."""
    reading = read(flow.read_text(encoding="utf-8"))
    tries, problems = read_script(script.read_text(encoding="utf-8"))
    _said(flow, reading.problems)
    _said(script, problems)
    if reading.flow is None or problems:
        raise typer.Exit(1)
    tried = [rehearse(reading.flow, one, _NOON, {}) for one in tries]
    covered = coverage(reading.flow, tried)
    if as_json:
        typer.echo(json.dumps(shown(tried, covered), ensure_ascii=False, indent=2))
    else:
        _print(tried, covered)
    if any(one.faults for one in tried) or covered.share_pct < least:
        raise typer.Exit(1)


@app.command()
def check(flow: File) -> None:
    """Say what is wrong with the text of a flow; queues and calendars are not looked up."""
    reading = read(flow.read_text(encoding="utf-8"))
    _said(flow, reading.problems)
    if reading.flow is None:
        raise typer.Exit(1)
    typer.echo(f"{flow}: {len(reading.flow.steps)} steps, nothing wrong.")


@app.command(name="schema")
def print_schema() -> None:
    """Print the JSON Schema of a flow's text, for an editor."""
    typer.echo(json.dumps(schema(), indent=2))


def _said(file: Path, problems: Sequence[Problem]) -> None:
    for one in problems:
        fix = f" {one.fix}" if one.fix else ""
        typer.echo(f"{file}:{one.line}:{one.column}: {one.severity}: {one.detail}{fix}", err=True)


def _print(tried: Sequence[Tried], covered: Coverage) -> None:
    for one in tried:
        typer.echo(f"{one.id}: {one.outcome}")
        for said in one.lines:
            text = said.text.replace("\n", "\n" + " " * 13) or "(silence)"
            typer.echo(f"  {said.who:>9}: {text}")
        for fault in one.faults:
            typer.echo(f"  NOT AS EXPECTED: {fault}")
    typer.echo(f"ways gone: {covered.gone} of {len(covered.ways)} ({covered.share_pct} %)")
    for (step, way, to), n in covered.ways.items():
        if not n:
            typer.echo(f"  never: {step} --{way}--> {to}")
