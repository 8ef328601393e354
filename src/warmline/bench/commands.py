"""`warmline bench engine | live | crash`: each prints its figures, with `--json` as one object."""

import asyncio
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import structlog
import typer

from warmline.sim.build import NotCompiled, Wanted

app = typer.Typer(help="Measure what the design promises.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on the last line.")]


@app.callback()
def quiet() -> None:
    """Measure what the design promises."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


@app.command()
def engine(
    seconds: Annotated[float, typer.Option(min=1, max=600)] = 8.0,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Events a second made durable through the engine, and replayed."""
    from warmline.bench.engine import measure  # noqa: PLC0415 - only what is asked for

    _show(asyncio.run(measure(seconds=seconds)), as_json=as_json)


@app.command()
def live(
    agents: Annotated[int, typer.Option(min=1, max=5000)] = 2000,
    rate: Annotated[float, typer.Option(min=0.1, max=2000)] = 200.0,
    seconds: Annotated[float, typer.Option(min=1, max=600)] = 15.0,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """From a customer's key to the agent's screen, with every agent at a real socket."""
    from warmline.bench.live import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(agents=agents, rate=rate, seconds=seconds), as_json=as_json)


@app.command()
def voice(
    seconds: Annotated[float, typer.Option(min=4, max=600, help="For each measurement.")] = 15.0,
    fastest: Annotated[int, typer.Option(min=0, max=200, help="Calls a second, at most.")] = 100,
    held: Annotated[int, typer.Option(min=0, max=280, help="Talks with sound at once.")] = 200,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Calls over Asterisk, beside its own queue: how fast the next agent's telephone rings."""
    from warmline.bench.voice import NotFetched, measure  # noqa: PLC0415

    try:
        found = measure(seconds=seconds, fastest=fastest, held=held)
    except NotFetched as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(1) from reason
    _show(found, as_json=as_json)


@app.command()
def crash(
    kills: Annotated[int, typer.Option(min=1, max=10_000)] = 25,
    seed: Annotated[int | None, typer.Option(help="Kills at the same moments again.")] = None,
    mail: Annotated[bool, typer.Option(help="Send mail too.")] = True,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Kill -9 under load: what was acknowledged must be there, once."""
    from warmline.bench.crash import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(kills=kills, seed=seed, mail=mail), as_json=as_json)


@app.command()
def routing(
    agents: Annotated[int, typer.Option(min=2, max=100_000)] = 1000,
    waiting: Annotated[int, typer.Option(min=1, max=2_000_000)] = 1000,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Arrivals and freed agents a second, and how that grows, beside a scan."""
    from warmline.bench.routing import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(agents=agents, waiting=waiting), as_json=as_json)


@app.command()
def policies(
    days: Annotated[int, typer.Option(min=1, max=100)] = 5,
    jobs: Annotated[int, typer.Option(min=1, max=64)] = 2,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Every routing rule on the reference day, with the same customers."""
    from warmline.bench.policies import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(days=days, jobs=jobs), as_json=as_json)


@app.command()
def callbacks(
    seeds: Annotated[int, typer.Option(min=2, max=1000)] = 20,
    jobs: Annotated[int, typer.Option(min=1, max=64)] = 2,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """No callbacks, callbacks in order and deferred ones, on the same days with a spike."""
    from warmline.bench.callbacks import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(seeds=seeds, jobs=jobs), as_json=as_json)


@app.command()
def guidance(
    days: Annotated[int, typer.Option(min=2, max=200)] = 20,
    brief: Annotated[float, typer.Option(min=0.5, max=1, help="Assumed: part of a talk.")] = 0.9,
    time: Annotated[float, typer.Option(min=1, max=2, help="Assumed: part of a talk.")] = 1.1,
    jobs: Annotated[int, typer.Option(min=1, max=64)] = 2,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Guidance by load against none and against the clock, on the same days."""
    from warmline.bench.guidance import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(days=days, brief=brief, time=time, jobs=jobs), as_json=as_json)


@app.command()
def waits(
    seeds: Annotated[int, typer.Option(min=1, max=1000)] = 3,
    days: Annotated[int, typer.Option(min=1, max=60)] = 2,
    records: Annotated[
        Path | None, typer.Option(help="Recorded calls too: the bank's CSV of a month of 1999.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Whether the waits that customers are told come true: four of five must."""
    from warmline.bench.waits import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(seeds=seeds, days=days, records=records), as_json=as_json)


@app.command()
def simulator(
    calls: Annotated[int, typer.Option(min=500, max=60_000)] = 30_000,
    rounds: Annotated[int, typer.Option(min=1, max=20)] = 3,
    build: Annotated[Wanted, typer.Option(help="Which build plays.")] = "auto",
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Calls a second with the live code, beside simpy and ciw on the same centers."""
    from warmline.bench.simulator import PeersMissing, measure  # noqa: PLC0415

    try:
        found = measure(calls=calls, rounds=rounds, build=build)
    except (PeersMissing, NotCompiled) as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(1) from reason
    _show(found, as_json=as_json)


@app.command()
def customers(
    count: Annotated[int, typer.Option("--customers", min=100, max=5_000_000)] = 1_000_000,
    messages: Annotated[int, typer.Option(min=100, max=5_000_000)] = 1_000_000,
    orders: Annotated[int, typer.Option(min=100, max=10_000_000)] = 1_000_000,
    part: Annotated[
        list[str] | None, typer.Option(help="Only this part: resolve, search or import.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Who comes in, what was said, and what is brought in by file, among a million of each."""
    from warmline.bench.customers import PARTS, measure  # noqa: PLC0415 - only what is asked for

    unknown = set(part or ()) - set(PARTS)
    if unknown:
        raise typer.BadParameter(f"there is no part {', '.join(sorted(unknown))}")
    figures = measure(customers=count, messages=messages, orders=orders, parts=part or PARTS)
    _show(figures, as_json=as_json)


@app.command()
def identity(
    records: Annotated[int, typer.Option(min=500, max=2_000_000)] = 100_000,
    seed: Annotated[int, typer.Option(help="Which people are invented.")] = 20_011,
    undone: Annotated[int, typer.Option(min=1, max=100_000)] = 1_000,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Duplicates found among messy people whose truth is known, and merges taken back."""
    from warmline.bench.identity import GeneratorMissing, measure  # noqa: PLC0415

    try:
        found = measure(records=records, seed=seed, undone=undone)
    except GeneratorMissing as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(1) from reason
    _show(found, as_json=as_json)


@app.command()
def offers(
    data: Annotated[
        Path, typer.Option(help="hillstrom_half.csv.gz, a randomised mailing, or its folder.")
    ],
    arm: Annotated[
        str, typer.Option(help="Which mail is the offer: womens, mens or any.")
    ] = "womens",
    outcome: Annotated[str, typer.Option(help="What counts: visit or conversion.")] = "visit",
    draws: Annotated[int, typer.Option(min=50, max=20_000)] = 1_000,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Whether the order by expected uplift finds whom an offer moves, on people not learnt from."""
    from warmline.bench.offers import Arm, Outcome, Unreadable, Wanted, measure  # noqa: PLC0415

    try:
        wanted = Wanted(arm=Arm(arm), outcome=Outcome(outcome), draws=draws)
    except ValueError as fault:
        raise typer.BadParameter(str(fault)) from fault
    try:
        found = measure(data, wanted)
    except Unreadable as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(1) from reason
    _show(found, as_json=as_json)


@app.command()
def sentiment(
    data: Annotated[Path, typer.Option(help="The folder of the public sets, as .csv.gz files.")],
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """The estimate of mood in Russian and Polish, of topics, and how fast it is on one core."""
    from warmline.bench.sentiment import DataMissing, measure  # noqa: PLC0415

    try:
        found = measure(data)
    except DataMissing as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(1) from reason
    _show(found, as_json=as_json)


@app.command()
def facts(
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Contradictions found among texts in which some were planted."""
    from warmline.bench.facts import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(), as_json=as_json)


@app.command()
def knowledge(
    articles: Annotated[int, typer.Option(min=30, max=200_000)] = 20_000,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """How long searching articles takes, and how well a judged set in three languages is found."""
    from warmline.bench.knowledge import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(articles=articles), as_json=as_json)


def _show(figures: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>24}  {value}")
