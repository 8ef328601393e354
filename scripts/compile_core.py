"""Compiles the core for the simulator, from the same source, where a C compiler is found.

usage: .venv/bin/python scripts/compile_core.py [--force] [--keep]

The live center always runs the pure modules. The result is the package `warmline_compiled` in the
environment; it knows the sources it was made of and is not used for others. Without a compiler,
or when something fails, one line says so and the simulator runs the pure modules as well.
--force compiles even what is fresh; --keep leaves the rewritten source in build/native.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable
from pathlib import Path

from native_names import NATIVE
from native_source import moved_sources, native_sources

from warmline.sim.build import fingerprint, sources, surroundings

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "native"
PLACE = Path(sysconfig.get_path("platlib"))
LOG = WORK / "compile.log"
FAILED = WORK / "failed"
"""Says of which source compiling failed: it is not tried twice."""

MARK = '''"""The core compiled: made by scripts/compile_core.py, never edited."""

MADE_OF = "{made_of}"
'''
FACTS = '''"""What `dataclasses` offers for facts, for classes that are none."""

import dataclasses
from typing import Any


def replace(fact: Any, /, **changes: Any) -> Any:
    """The same fact with other values in some fields."""
    kind = type(fact)
    if not hasattr(kind, "__facts__"):
        return dataclasses.replace(fact, **changes)
    kept = {name: getattr(fact, name) for name in kind.__facts__ if name not in changes}
    return kind(**kept, **changes)


def same(one: Any, other: Any) -> bool:
    """Whether two facts are of one kind and say the same."""
    kind = type(one)
    return type(other) is kind and all(
        getattr(one, name) == getattr(other, name) for name in kind.__facts__
    )
'''
RECIPE = """
import sys
from mypyc.build import mypycify
from setuptools import setup

options = ["--follow-imports=silent", "--ignore-missing-imports"]
options += ["--allow-redefinition", "--no-error-summary"]
# A higher level takes twice as long to compile and makes nothing faster that was measured; that
# no other library may put its functions in place of ours does. Warnings about C that a program
# wrote help nobody, and to look for them takes longer than to compile.
parts = mypycify(
    [*options, *sys.argv[2:]], opt_level="1", debug_level="0", group_name="{native}"
)
for part in parts:
    part.extra_compile_args += ["-fvisibility=hidden", "-fno-semantic-interposition", "-Wno-all"]
setup(
    name="{native}",
    ext_modules=parts,
    script_args=["-q", "build_ext", "--inplace", "--build-temp", sys.argv[1]],
)
"""


def say(sentence: str) -> None:
    """One line for whoever waits."""
    print(f"· {sentence}", flush=True)


def missing() -> str | None:
    """What keeps us from compiling, None when all is there."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if not any(shutil.which(name) for name in (compiler, "cc", "gcc", "clang")):
        return "there is no C compiler"
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "Python's headers are not installed"
    for module in ("mypyc", "setuptools"):
        if not (PLACE / module).exists():
            return f"{module} is not installed"
    return None


def made_of() -> str:
    """What the build that is in place was made of, "" when there is none."""
    mark = PLACE / NATIVE / "__init__.py"
    return mark.read_text() if mark.exists() else ""


def texts(modules: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """The source of each module."""
    return {name: file.read_text() for name, file in modules}


def write_module(place: Path, name: str, text: str) -> str:
    """The path of the module within `place`, where it is now."""
    path = Path(*name.split(".")).with_suffix(".py")
    (place / path).parent.mkdir(parents=True, exist_ok=True)
    (place / path.parent / "__init__.py").touch()
    (place / path).write_text(text)
    return str(path)


def write_source(place: Path) -> list[str]:
    """The rewritten modules under `place`; their paths within it."""
    compiled, around = texts(sources()), texts(surroundings())
    for name, text in moved_sources(compiled, around).items():
        write_module(place, name, text)
    paths = [
        write_module(place, name, text) for name, text in native_sources(compiled, around).items()
    ]
    (place / NATIVE / "facts.py").write_text(FACTS)
    (place / NATIVE / "__init__.py").write_text(MARK.format(made_of=fingerprint()))
    return paths


def compile_all(place: Path) -> bool:
    """Whether the rewritten modules compiled; what was said is in the log."""
    paths = write_source(place)
    (place / "recipe.py").write_text(RECIPE.format(native=NATIVE))
    words = [sys.executable, "recipe.py", "objects", *paths]
    surroundings = {**os.environ, "MYPYPATH": str(ROOT / "src"), "PYTHONWARNINGS": "ignore"}
    with LOG.open("w") as log:
        done = subprocess.run(
            words, cwd=place, env=surroundings, stdout=log, stderr=log, check=False
        )
    return done.returncode == 0


def put_in_place(place: Path) -> None:
    """The new build instead of the old one; a process that runs keeps what it has loaded."""
    ending = sysconfig.get_config_var("EXT_SUFFIX")
    fresh, old = PLACE / f"{NATIVE}.new", PLACE / f"{NATIVE}.old"
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    # The source goes along: the modules that are not compiled are run from it.
    shutil.copytree(place / NATIVE, fresh)
    library = f"{NATIVE}__mypyc{ending}"
    if (PLACE / NATIVE).exists():
        (PLACE / NATIVE).rename(old)
    shutil.copyfile(place / library, PLACE / f"{library}.new")
    (PLACE / f"{library}.new").rename(PLACE / library)
    fresh.rename(PLACE / NATIVE)
    shutil.rmtree(old, ignore_errors=True)


def main(arguments: list[str]) -> None:
    """Compiles what is not fresh; never fails the setup."""
    present, force = fingerprint(), "--force" in arguments
    if present in made_of() and not force:
        return
    lacking = missing()
    if lacking is not None:
        say(f"The simulator will run in pure Python: {lacking}")
        return
    failure = f"The simulator will run in pure Python: compiling failed, see {LOG}"
    if FAILED.exists() and FAILED.read_text() == present and not force:
        say(failure)
        return
    started = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    say("Compiling the core for the simulator")
    if not compile_all(WORK):
        FAILED.write_text(present)
        say(failure)
        return
    put_in_place(WORK)
    if "--keep" not in arguments:
        shutil.rmtree(WORK)
    say(f"Compiled in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
