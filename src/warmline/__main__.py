"""The command line: run a center, try the demonstration, migrate, measure."""

import asyncio
import gc
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
import uvicorn

from warmline.bench.commands import app as bench
from warmline.channels.asterisk.commands import app as voice
from warmline.channels.asterisk.commands import doctor
from warmline.config import Settings, from_environment
from warmline.flows.command import app as flow
from warmline.web import logs

if TYPE_CHECKING:
    from warmline.web.wired import Wired

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="A self-hosted contact center.",
    pretty_exceptions_enable=False,
)

app.add_typer(bench, name="bench")
app.add_typer(flow, name="flow")
value = typer.Typer(no_args_is_help=True, help="What customers are worth.")
app.add_typer(value, name="value")
app.add_typer(voice, name="voice")
app.command()(doctor)

Data = Annotated[
    Path, typer.Option(envvar="WARMLINE_DATA", help="The folder that holds everything.")
]
Port = Annotated[
    int, typer.Option(envvar="WARMLINE_PORT", min=0, max=65535, help="The port of the web server.")
]
Host = Annotated[str, typer.Option(envvar="WARMLINE_HOST", help="The address to listen on.")]


@app.command()
def run(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    port: Port = 8080,
    smtp_port: Annotated[
        int | None,
        typer.Option(
            envvar="WARMLINE_SMTP_IN_PORT",
            help="Port of the built-in mail receiver; off unless given.",
        ),
    ] = None,
    *,
    faults: Annotated[
        bool,
        typer.Option(
            "--faults", envvar="WARMLINE_FAULTS", help="Allow the fault switches, for drills."
        ),
    ] = False,
) -> None:
    """Serve a center; an empty one prints a link for its first administrator."""
    settings = read_settings(data=data, host=host, port=port, smtp_in_port=smtp_port, faults=faults)
    with held(data):
        serve(settings)


@app.command()
def demo(
    data: Data = Path("data/demo"),
    host: Host = "127.0.0.1",
    port: Port = 8080,
    speed: Annotated[int, typer.Option(help="How fast the simulated people live: 1 or 5.")] = 1,
    weeks: Annotated[int, typer.Option(min=1, max=4, help="How much history is made.")] = 4,
    *,
    reset: Annotated[
        bool, typer.Option("--reset", help="Begin with a fresh sample center.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what is wrong.")] = False,
) -> None:
    """Serve a sample center with simulated customers and agents; sit down in any chair."""
    from warmline.demo import folder, sockets
    from warmline.wiring import fill_demo, wire_demo

    if speed not in (1, 5):
        fail("--speed is 1 or 5.")
    sink = sockets.loopback_socket()
    settings = read_settings(
        data=data,
        host=host,
        port=port,
        demo=True,
        region="PL",
        quiet=quiet,
        smtp_in_port=sockets.receiver_port(),
        smtp_out_host=sockets.LOOPBACK,
        smtp_out_port=sink.getsockname()[1],
        smtp_out_tls="never",
    )
    with held(data):
        try:
            if folder.prepare(data, reset=reset):
                with _progress("Making the history of the sample center", quiet=quiet) as tell:
                    asyncio.run(fill_demo(settings, tell, weeks=weeks))
                folder.is_ready(data)
        except folder.NotOurs as refusal:
            fail(str(refusal))
        except OSError as error:
            fail(f"The folder {data} cannot be used: {error.strerror}.")
        serve(settings, lambda given: wire_demo(given, sink, 5 if speed == 5 else 1))  # noqa: PLR2004


@contextmanager
def _progress(what: str, *, quiet: bool) -> Generator[Callable[[float], None]]:
    """A bar on the terminal that is told how much is done, 0 to 1."""
    from rich.progress import Progress

    with Progress(disable=quiet, transient=not sys.stdout.isatty()) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda done: bar.update(task, completed=done)


@app.command()
def simulate(
    model: Annotated[Path, typer.Argument(help="The center and its customers, a YAML file.")],
    policy: Annotated[
        list[Path] | None,
        typer.Option(help="A policy document; several are compared on the same customers."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=10_000, help="How many runs of each.")] = 5,
    days: Annotated[
        int | None, typer.Option(min=1, max=3660, help="Days a run; the model's own by default.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    explain: Annotated[
        int, typer.Option(min=0, max=10_000, help="Tell the first decisions in words.")
    ] = 0,
) -> None:
    """Play a model's days under one or more policies, by the code that runs a live center."""
    from warmline.sim import command

    try:
        command.simulate(
            model,
            policy or [],
            seeds=seeds,
            days=days,
            jobs=jobs,
            as_json=as_json,
            explain=explain,
        )
    except command.Refused as refusal:
        fail(str(refusal))


@app.command()
def replay(
    records: Annotated[
        Path | None,
        typer.Argument(help="Call records of another center (CSV); without: a day of the own log."),
    ] = None,
    mapping: Annotated[
        Path, typer.Option(help="What the columns mean: a YAML file, or the name of one of ours.")
    ] = Path("anonymous-bank-1999"),
    policy: Annotated[
        list[Path] | None, typer.Option(help="A policy document to play the day under.")
    ] = None,
    day: Annotated[
        list[str] | None, typer.Option(help="The day, like 2026-11-21; of records all by default.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="How often chance is drawn.")] = 5,
    data: Data = Path("data"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell a day again as it was, and play it under other policies."""
    from warmline.sim import replay_command as replaying
    from warmline.sim.command import Refused

    try:
        if records is not None:
            replaying.records(
                records, mapping, policy or [], days=day or [], seeds=seeds, as_json=as_json
            )
        elif day is None or len(day) != 1:
            fail("Say which day of the log: --day 2026-11-21.")
        else:
            settings = read_settings(data=data)
            replaying.own(settings, day[0], policy or [], seeds=seeds, as_json=as_json)
    except Refused as refusal:
        fail(str(refusal))


@app.command()
def explain(
    interaction: Annotated[str, typer.Argument(help="The id of the interaction.")],
    data: Data = Path("data"),
    locale: Annotated[str, typer.Option(help="The language: en, ru or pl.")] = "en",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell why an interaction was offered to whom; the folder may be in use."""
    from sqlalchemy.exc import SQLAlchemyError

    from warmline.core.words import InteractionId
    from warmline.insight.command import nothing, told
    from warmline.insight.explain_words import LOCALES
    from warmline.storage.database import FILE
    from warmline.wiring import explained

    if locale not in LOCALES:
        fail(f"--locale is one of {', '.join(LOCALES)}.")
    if not (data / FILE).is_file():
        fail(f"There is no center in {data}.")
    found: Sequence[Mapping[str, object]] = ()
    try:
        found = asyncio.run(explained(read_settings(data=data), InteractionId(interaction), locale))
    except SQLAlchemyError:
        fail(f"The center in {data} is of another version; bring it up to date with migrate.")
    if as_json:
        print(json.dumps({"interaction": interaction, "decisions": found}, ensure_ascii=False))
    elif not found:
        fail(nothing(locale))
    else:
        print("\n".join(told(found, locale)).rstrip())


@value.command("fit")
def value_fit(
    data: Data = Path("data"),
    orders: Annotated[
        Path | None,
        typer.Option(help="Orders (CSV, .gz too) with customer, date and sum; else the center's."),
    ] = None,
    calibration_until: Annotated[
        str | None, typer.Option(help="The last day that is learnt from, like 1997-09-30.")
    ] = None,
    holdout_days: Annotated[
        int | None, typer.Option(min=1, max=3660, help="How many days after it are foretold.")
    ] = None,
    samples: Annotated[
        int, typer.Option(min=0, max=100, help="Fit every n-th customer too, from each begin.")
    ] = 0,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Fit the models of customer value and hold them against what came."""
    from sqlalchemy.exc import SQLAlchemyError

    from warmline.customers.value import command
    from warmline.storage.database import FILE
    from warmline.wiring import ordered

    try:
        if orders is not None:
            found = command.file_orders(orders)
        elif (data / FILE).is_file():
            found = asyncio.run(ordered(read_settings(data=data)))
        else:
            fail(f"There is no center in {data}; give a file with --orders.")
        told = command.fitted(found, until=calibration_until, days=holdout_days, samples=samples)
    except command.Refused as refusal:
        fail(str(refusal))
    except SQLAlchemyError:
        fail(f"The center in {data} is of another version; bring it up to date with migrate.")
    print(json.dumps(told) if as_json else "\n".join(command.told(told)))


@app.command()
def migrate(data: Data = Path("data")) -> None:
    """Bring the database up to date without serving."""
    with held(data):
        upgrade(read_settings(data=data))


def upgrade(settings: Settings) -> None:
    """Bring the database to what this program expects."""
    from warmline.storage.database import open_database
    from warmline.storage.migrate import TooNew
    from warmline.storage.migrate import migrate as take_steps

    async def work() -> None:
        database = open_database(settings)
        try:
            await take_steps(database)
        finally:
            await database.close()

    try:
        asyncio.run(work())
    except TooNew as refusal:
        fail(str(refusal))


@contextmanager
def held(data: Path) -> Generator[None]:
    """The data folder, for this process alone."""
    from warmline.storage.folder import Unusable, data_folder

    try:
        with data_folder(data):
            yield
    except Unusable as refusal:
        fail(str(refusal))


def read_settings(**given: object) -> Settings:
    """The settings, from the command line and the environment."""
    try:
        return from_environment(**given)
    except ValueError as error:
        fail(str(error))


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and stop."""
    print(f"warmline: {sentence}", file=sys.stderr)
    raise typer.Exit(1)


def serve(settings: Settings, compose: "Callable[[Settings], Wired] | None" = None) -> None:
    """Serve a center until it is told to stop."""
    # Thousands of objects are made to stay: looking for garbage among them only delays the start.
    gc.set_threshold(50_000, 50, 100)
    # A thread that comes back from the disk must not wait long for its turn.
    sys.setswitchinterval(0.001)
    from warmline.web.app import make_app
    from warmline.wiring import wire

    upgrade(settings)
    level = logging.WARNING if settings.quiet else logging.INFO
    logs.configure(json=not sys.stderr.isatty(), level=level)
    listener = _listen(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    if settings.demo and not settings.quiet:
        print(f"\nA living contact center: {settings.url}")
        print(f"It takes mail on {settings.smtp_in_host}:{settings.smtp_in_port}\n", flush=True)
    config = uvicorn.Config(
        make_app((compose or wire)(settings)),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=256 * 1024,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    # uvicorn stops gracefully and then raises the signal again: asked to end, we end well.
    signal.signal(signal.SIGTERM, _end_well)
    uvicorn.Server(config).run(sockets=[listener])


def _end_well(_signal: int, _frame: object) -> NoReturn:
    sys.exit(0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        fail(f"Port {port} on {host} cannot be used: {error.strerror}. Try --port.")
    return listener


def main() -> None:
    """The entry point of the `warmline` command."""
    app()


if __name__ == "__main__":
    main()
