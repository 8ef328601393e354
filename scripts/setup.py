"""Prepares a fresh copy of the source: `.venv` from the exact lock, and the built screens.

usage: python scripts/setup.py [--dev] [--no-ui] [--lock]

Standard library only: this is the first thing that runs on a machine with nothing but Python.
A stamp in `.venv` remembers what was installed, so the second time costs a few milliseconds.
--dev adds what the tests and checks need; --no-ui leaves the screens alone; --lock only makes
the lock files again from pyproject.toml (needs uv).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UI = ROOT / "ui"
UI_SOURCES = ("src", "widget", "public", "index.html", "package.json", "package-lock.json")
UI_CONFIGS = ("vite*.config.*", "svelte.config.*", "tsconfig*.json")
UI_BUILT = UI / "dist" / "index.html"
UI_STAMP = VENV / ".screens-built"  # written when the whole build went well

RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
NODE_LOCK = ROOT / "requirements-node.lock"  # Node as a wheel, for machines without npm

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11")
OLDEST_NODE = (20, 19)
VOICE_S = 15


def say(sentence: str) -> None:
    """One line for whoever waits."""
    print(f"· {sentence}", flush=True)


def give_up(sentence: str) -> None:
    """Ends with 1 and one sentence that says what to do."""
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


def do(what: str, command: list[str | Path], *, within: Path = ROOT) -> None:
    """Runs a step to its end; when it fails its own words stand above ours."""
    words = [str(word) for word in command]
    code = subprocess.run(
        words, cwd=within, env=surroundings(), stdin=subprocess.DEVNULL, check=False
    )
    if code.returncode:
        give_up(f"{what} failed: `{' '.join(words)}` ended with {code.returncode}, see above.")


def surroundings() -> dict[str, str]:
    """The environment of a step: our own programs come first on PATH."""
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", "")])
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "npm_config_update_notifier": "false"}
    return {**os.environ, **quiet, "PATH": path, "VIRTUAL_ENV": str(VENV)}


def use_new_enough_python() -> None:
    """Goes on under a newer Python of this machine when this one is too old."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for name in NEWER_PYTHONS:
        other = shutil.which(name)
        if other and runs(other):
            os.execv(other, [other, *sys.argv])  # noqa: S606 - the same script, without a shell
    this = ".".join(str(part) for part in sys.version_info[:2])
    give_up(f"Python 3.11 or newer is needed; this is {this} ({sys.executable}).")


def runs(python: str | Path) -> bool:
    """Whether this interpreter starts and is new enough."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        done = subprocess.run([str(python), "-c", check], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def find_uv() -> str | None:
    """uv, when somebody installed it."""
    return shutil.which("uv")


def make_environment() -> None:
    """An empty `.venv`, unless a working one is there."""
    if PYTHON.exists() and runs(PYTHON):
        return
    if VENV.exists():
        say("The environment .venv does not start any more; making it anew")
        shutil.rmtree(VENV)
    uv = find_uv()
    if uv:
        do("Making the environment", [uv, "venv", "--quiet", "--python", sys.executable, VENV])
    elif importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        give_up(
            f"This Python cannot make environments. On Debian and Ubuntu the part is a package:"
            f" sudo apt-get install {package} (or install uv, then it is not needed)."
        )
    else:
        do("Making the environment", [sys.executable, "-m", "venv", VENV])


def fingerprint(*files: Path) -> str:
    """Changes when what is installed would: the locks, the project, the place, the Python."""
    digest = hashlib.sha256(f"{ROOT}\0{PYTHON.resolve()}\0".encode())
    for file in (*files, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def stamp(lock: Path) -> Path:
    """Where it is remembered what was installed from `lock`."""
    return VENV / f".installed-{lock.stem}"


def is_installed(lock: Path) -> bool:
    """Whether `.venv` holds what `lock` names today."""
    return stamp(lock).exists() and stamp(lock).read_text() == fingerprint(lock)


def install(lock: Path, *, itself: bool) -> None:
    """What `lock` names, exactly, and `itself`: this source as an editable package."""
    if is_installed(lock):
        return
    started = time.monotonic()
    installer = choose_installer()
    say(f"Installing {lock.name} with {'uv' if 'uv' in Path(installer[0]).name else 'pip'}")
    do("Installing the dependencies", [*installer, "--require-hashes", "-r", lock])
    if itself:
        # The build tool is in the lock, so nothing outside the lock is ever fetched.
        own = ["--no-deps", "--no-build-isolation", "-e", ROOT]
        do("Installing Warmline itself", [*installer, *own])
    if sys.dont_write_bytecode:
        # Else the first import keeps what it compiled; here every start would compile it again,
        # which is most of the time to the first answer.
        words = [PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", "/tests?/"]
        do("Compiling once", [*words, VENV / "lib", ROOT / "src"])
    stamp(lock).write_text(fingerprint(lock))
    say(f"Installed in {time.monotonic() - started:.0f} s")


def choose_installer() -> list[str]:
    """The words that begin an installation: uv if there, else pip."""
    uv = find_uv()
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    if not (VENV / "bin" / "pip").exists():
        do("Adding pip", [PYTHON, "-m", "ensurepip", "--upgrade"])
    # Byte code is made on first import instead: it would double the time to the first start.
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-compile"]


def node_is_there() -> bool:
    """Whether npm and a new enough Node are on PATH or in `.venv`."""
    path = surroundings()["PATH"]
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm:
        return False
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    numbers = done.stdout.strip().lstrip("v").split(".")
    return len(numbers) > 1 and tuple(int(part) for part in numbers[:2]) >= OLDEST_NODE


def need_node() -> None:
    """npm: the machine's own, else the one that comes as a Python package."""
    if not node_is_there():
        install(NODE_LOCK, itself=False)
    if not node_is_there():
        give_up(
            "Node 20.19 or newer is needed to build the screens, and its wheel does not run here."
        )


def newest(paths: list[Path]) -> float:
    """When the youngest file or folder in `paths` was changed (a folder, when a name was)."""
    inside = [item for path in paths if path.is_dir() for item in path.rglob("*")]
    return max((path.stat().st_mtime for path in [*paths, *inside]), default=0.0)


def ui_is_fresh() -> bool:
    """Whether the built screens are younger than everything they are made of."""
    if not UI_BUILT.exists() or not UI_STAMP.exists():
        return False
    sources = [UI / name for name in UI_SOURCES]
    sources += [config for pattern in UI_CONFIGS for config in UI.glob(pattern)]
    return UI_STAMP.stat().st_mtime >= newest([path for path in sources if path.exists()])


def packages_are_fresh() -> bool:
    """Whether `ui/node_modules` was installed from the lock that is here now."""
    installed, lock = UI / "node_modules" / ".package-lock.json", UI / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


def build_ui(*, with_packages: bool) -> None:
    """`ui/dist`, unless it is fresh; `with_packages` also when only the checks need them."""
    if not (UI / "package.json").exists():
        return
    fresh = ui_is_fresh()
    if fresh and (packages_are_fresh() or not with_packages):
        return
    started = time.monotonic()
    need_node()
    if not packages_are_fresh():
        say("Fetching the packages of the screens")
        do("npm ci", ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], within=UI)
    if not fresh:
        say("Building the screens")
        began = time.time()
        do("Building the screens", ["npm", "run", "build", "--silent"], within=UI)
        UI_STAMP.touch()
        os.utime(UI_STAMP, (began, began))  # what was edited meanwhile is built next time
    say(f"Screens ready in {time.monotonic() - started:.0f} s")


def make_locks() -> None:
    """The three lock files, universal over Python versions and machines."""
    uv = find_uv() or shutil.which("uv", path=str(VENV / "bin"))
    if not uv:
        give_up("Making the locks needs uv: pip install uv")
        return
    compile_words = [uv, "pip", "compile", "pyproject.toml", "--universal", "--quiet"]
    compile_words += ["--python-version", ".".join(map(str, OLDEST_PYTHON)), "--generate-hashes"]
    compile_words += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    # With the relay: the demonstration has simulated callers.
    run = ["--group", "build", "--extra", "relay"]
    do("Locking", [*compile_words, *run, "-o", RUN_LOCK])
    dev = ["--group", "build", "--group", "dev", "--all-extras", "-c", RUN_LOCK]
    do("Locking", [*compile_words, *dev, "-o", DEV_LOCK])
    only_node = [words for words in compile_words if words != "pyproject.toml"]
    do("Locking", [*only_node, "--group", "node", "-o", NODE_LOCK])


def begin_voice() -> subprocess.Popen[bytes] | None:
    """The voice that speaks to callers, fetched beside all else unless it is in the cache."""
    if shutil.which("espeak-ng") or not shutil.which("apt-get"):
        return None
    quiet = subprocess.DEVNULL
    words = [sys.executable, str(ROOT / "scripts" / "fetch_asterisk.py"), "espeak"]
    return subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet)


def wait_for_voice(fetching: subprocess.Popen[bytes] | None) -> None:
    """Not longer than a moment: a center runs without it, and finds it when it comes."""
    if fetching is None:
        return
    try:
        failed = fetching.wait(VOICE_S) != 0
    except subprocess.TimeoutExpired:
        return
    if failed:
        say("No espeak-ng could be fetched: callers hear recordings only, until it is installed")


def main(arguments: list[str]) -> None:
    """Does what is missing and nothing else."""
    use_new_enough_python()
    unknown = set(arguments) - {"--dev", "--no-ui", "--lock"}
    if unknown:
        give_up(f"Unknown: {' '.join(sorted(unknown))}\n\n{__doc__}")
    if "--lock" in arguments:
        make_locks()
        return
    dev, with_ui = "--dev" in arguments, "--no-ui" not in arguments
    voice = begin_voice()
    make_environment()
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Without a Node of this machine's own the screens wait for the one that pip brings.
        begun = with_ui and node_is_there()
        screens = beside.submit(build_ui, with_packages=dev) if begun else None
        # The development lock holds the other one, at the same versions.
        install(DEV_LOCK if dev or is_installed(DEV_LOCK) else RUN_LOCK, itself=True)
    if screens is not None:
        screens.result()
    elif with_ui:
        build_ui(with_packages=dev)
    if dev:
        need_node()  # pyright runs on it
    wait_for_voice(voice)


if __name__ == "__main__":
    main(sys.argv[1:])
