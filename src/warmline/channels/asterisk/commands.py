"""What the command line knows of telephones: the files that an Asterisk needs to work for us."""

import asyncio
import secrets
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from warmline.channels.asterisk.checking import Doctor, Found, speaks
from warmline.channels.asterisk.configure import Exchange, files

app = typer.Typer(no_args_is_help=True, help="Telephone calls.")
PASSWORD_BYTES = 18


@app.command()
def config(
    agents: Annotated[
        list[str] | None,
        typer.Option("--agent", help="An agent with a telephone, by id; once for each."),
    ] = None,
    provider: Annotated[
        str, typer.Option(help="Where calls to numbers go: the provider's host, or host:port.")
    ] = "sip.provider.example",
    provider_user: Annotated[
        str | None, typer.Option(help="Our login there; none for one that knows our address.")
    ] = None,
    provider_hosts: Annotated[
        list[str] | None,
        typer.Option("--provider-host", help="From where it calls; else from --provider."),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Where Asterisk is steered; reachable for the center alone.")
    ] = "127.0.0.1",
    http_port: Annotated[int, typer.Option(min=1, max=65535)] = 8088,
    sip_port: Annotated[int, typer.Option(min=1, max=65535)] = 5060,
    folder: Annotated[
        Path | None, typer.Option("--to", help="A folder for the files; else they are printed.")
    ] = None,
) -> None:
    """Write the parts of Asterisk's own files that a center needs, with new passwords."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        texts = files(
            Exchange(
                password=password,
                host=host,
                http_port=http_port,
                sip_port=sip_port,
                provider=provider,
                provider_hosts=tuple(provider_hosts or ()),
                provider_user=provider_user,
                provider_password="PUT-THE-PASSWORD-HERE" if provider_user else "",
                phones={agent: secrets.token_urlsafe(PASSWORD_BYTES) for agent in agents or ()},
            )
        )
    except ValueError as refusal:
        _fail(str(refusal))
    if folder is None:
        for name, text in texts.items():
            typer.echo(f"; ======== {name}\n{text}")
    else:
        _save(folder, dict(texts))
    typer.echo(
        "Start the center with these:\n"
        f"  WARMLINE_ASTERISK_URL=http://{host}:{http_port}\n"
        f"  WARMLINE_ASTERISK_PASSWORD={password}",
        err=True,
    )


@app.command()
def doctor(
    url: Annotated[str | None, typer.Option(envvar="WARMLINE_ASTERISK_URL")] = None,
    user: Annotated[str, typer.Option(envvar="WARMLINE_ASTERISK_USER")] = "warmline",
    password: Annotated[str, typer.Option(envvar="WARMLINE_ASTERISK_PASSWORD")] = "",
    trunk: Annotated[str, typer.Option(envvar="WARMLINE_ASTERISK_TRUNK")] = "trunk",
    call: Annotated[
        str | None, typer.Option(help="Place a test call to this number: a tone is heard there.")
    ] = None,
    shown: Annotated[str | None, typer.Option(help="The number of ours that it shows.")] = None,
    espeak: Annotated[
        Path | None, typer.Option(envvar="WARMLINE_ESPEAK", help="The espeak-ng that speaks.")
    ] = None,
) -> None:
    """Look at the voice and the telephone connection; fails when a point of these is bad."""
    voice = _told(speaks(espeak))
    if url is None:
        _fail("No Asterisk is named: set WARMLINE_ASTERISK_URL. Browsers call without one.")
    doctor = Doctor(url, user=user, password=password, trunk=trunk)
    if not asyncio.run(_looks(doctor, call, shown)) or not voice:
        raise typer.Exit(1)


async def _looks(doctor: Doctor, number: str | None, shown: str | None) -> bool:
    try:
        found = [_told(one) async for one in doctor.look()]
        if number is not None and all(found):
            found.append(_told(await doctor.call(number, shown=shown)))
        return all(found)
    finally:
        await doctor.close()


def _told(found: Found) -> bool:
    typer.echo(f"{'good' if found.good else 'BAD '}  {found.point:<12} {found.told}")
    return found.good


def _save(folder: Path, texts: dict[str, str]) -> None:
    there = [name for name in texts if (folder / name).exists()]
    if there:
        _fail(f"{', '.join(there)} in {folder} would be lost; give an empty folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            file = folder / name
            file.touch(mode=0o600)
            file.write_text(text)
    except OSError as error:
        _fail(f"{folder} cannot be written: {error.strerror}.")


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"warmline: {sentence}", err=True)
    raise typer.Exit(1)
