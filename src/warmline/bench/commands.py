"""`warmline bench engine | live | crash`: each prints its figures, with `--json` as one object."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Annotated

import structlog
import typer

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
def crash(
    kills: Annotated[int, typer.Option(min=1, max=10_000)] = 25,
    seed: Annotated[int | None, typer.Option(help="Kills at the same moments again.")] = None,
    mail: Annotated[bool, typer.Option(help="Send mail too.")] = True,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Kill -9 under load: what was acknowledged must be there, once."""
    from warmline.bench.crash import measure  # noqa: PLC0415 - only what is asked for

    _show(measure(kills=kills, seed=seed, mail=mail), as_json=as_json)


def _show(figures: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>24}  {value}")
