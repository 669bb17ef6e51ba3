"""The sandbox: bubblewrap around a warm parent (`worker`), and what may be seen from inside.

Inside there is Python, the libraries, the course's library and its data, all read-only; in the place of
`content/` stand only the messages and the public text of the items. There is no network, no home, no
`submitted/`, no `solutions/`, no gradebook.
"""

from __future__ import annotations

import json
import os
import shutil
import site
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import gvclab
from gvclab.content import resource
from gvclab.content import text as say
from gvclab.exercises import bank

# What notebooks import; a module that is not installed is left out.
WARM = (
    "numpy",
    "pandas",
    "scipy.optimize",
    "gvclab.models.sourcing",
    "gvclab.exercises",
    "IPython.core.inputtransformer2",
    "plotly.graph_objs._figure",  # with nbformat, all that a figure takes to be shown
    "nbformat",
)
_LIBRARIES = (
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
)
_DEVICES = ("/dev/null", "/dev/random", "/dev/urandom")  # not zero: mapped, it is memory that nobody counts
_WORKPLACE = "/tmp"  # where a submission has its private folder
_NOBODY = 65534
_KEPT = ("LD_LIBRARY_PATH", "TZ", "GVCLAB_LANGUAGE")


class SandboxError(ValueError):
    """There is no sandbox to be had here; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use: seconds, megabytes, processes, and how much it may say (bytes).

    Seconds are of processor time, so that nothing depends on what else the machine does.
    """

    cell: float = 30.0  # as nbgrader's, which are of wall-clock time
    total: float = 120.0  # all cells
    # One call of a student's function, and all calls for one item: half as much again as in `exercises.service`, since
    # a busy machine's processor time is worth a little less.
    call: float = 3.0
    calls: float = 15.0
    patience: float = 10.0  # how much wall-clock time there is for each of these seconds, for what sleeps or waits
    megabytes: int = 1024  # beyond what the warm parent has
    files: int = 64  # megabytes in /tmp
    processes: int = 32
    printed: int = 20_000
    reply: int = 50_000  # one answer
    replies: int = 1_000_000  # of a function called many times


@dataclass(frozen=True)
class Room:
    """How a warm parent is set up: `sections` are read beforehand, `hidden` is a folder that must not be seen."""

    sandboxed: bool = True
    limits: Limits = Limits()
    sections: tuple[str, ...] = ()
    hidden: str = ""
    warm: tuple[str, ...] = WARM


def start(room: Room) -> tuple[subprocess.Popen, socket.socket]:
    """A warm parent and the socket that commands it. SandboxError where there can be none."""
    ours, theirs = socket.socketpair()
    options = {
        **asdict(room.limits),
        "control": theirs.fileno(),
        "warm": room.warm,
        "sections": room.sections,
        "isolate": room.sandboxed,
        "user": _NOBODY if room.sandboxed and os.geteuid() == 0 else None,
        "folder": _WORKPLACE,
        "kept": _kept(room.hidden),
    }
    command = [sys.executable, "-B", "-s", "-m", "gvclab.grading.worker", json.dumps(options)]
    files: list[int] = []
    try:
        if room.sandboxed:
            command = [*_bubblewrap(room.hidden, files), "--", *command]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(),
            pass_fds=[theirs.fileno(), *files],
            start_new_session=True,
        )
    except OSError as error:
        ours.close()
        raise SandboxError(say("grade.sandbox.failed", problem=error)) from error
    except SandboxError:
        ours.close()
        raise
    finally:
        for descriptor in (theirs.detach(), *files):
            os.close(descriptor)
    return process, ours


def places(room: Room) -> tuple[str, ...]:
    """Folders of this machine whose names say whose it is: those of a user and of the course, the longest first."""
    ours = (room.hidden, gvclab.__file__, sys.prefix, sys.base_prefix, Path.home())
    found = {folder for place in map(Path, ours) for folder in (place, *place.parents)}
    return tuple(sorted((str(one) for one in found if _is_private(one)), key=len, reverse=True))


def _is_private(folder: Path) -> bool:
    """Not what every machine has: `/`, `/usr/lib`, and what stands just below the root."""
    return len(folder.parts) > 2 and folder.is_absolute() and folder.parts[1] not in ("usr", "lib", "opt")


def missing() -> str:
    """Why there can be no sandbox on this machine, with the remedy; empty when there may be one."""
    if sys.platform != "linux":
        return say("grade.sandbox.system", system=sys.platform)
    if shutil.which("bwrap") is None:
        return say("grade.sandbox.bwrap")
    return ""


def _environment() -> dict[str, str]:
    """Nothing of the instructor's but what finding libraries takes: above all no salt."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # Arrow's own memory pool reserves more addresses than the limit leaves, and then has none for a table of strings.
    fixed = {"PATH": os.defpath, "LANG": "C.UTF-8", "MPLBACKEND": "Agg", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return {**kept, **threads, **fixed, "PYTHONPATH": str(Path(gvclab.__file__).parents[1])}


def _bubblewrap(hidden: str, files: list[int]) -> list[str]:
    """The command before the command; `files` takes the descriptors that it is to inherit."""
    if problem := missing():
        raise SandboxError(problem)
    command = [shutil.which("bwrap"), "--die-with-parent", "--new-session", "--unshare-pid", "--unshare-net"]
    command += ["--unshare-ipc", "--unshare-uts", "--hostname", "gvclab", "--unshare-cgroup-try", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        # In a user namespace of root's the student's processes would be root's, whom no limit binds.
        # The last is for looking how much memory they have (`walls.memory`).
        capabilities = ("SETUID", "SETGID", "KILL", "SYS_PTRACE")
        command += [word for cap in capabilities for word in ("--cap-add", f"CAP_{cap}")]
    else:
        command.append("--unshare-user")
    content = resource("content")
    view: dict[Path, str] = {}
    secret = [path for path in (content, resource("locale")) if path == content or path.is_dir()]  # keys and hints
    for path, how in [*sorted(_shown(hidden).items()), *((path, "--tmpfs") for path in secret)]:
        around = next((view[p] for p in path.parents if p in view), "--tmpfs")
        if how == around and path != content:
            continue  # it is seen, or not seen, already
        command += _passable(path, view)
        command += ["--perms", "0755", how, str(path)] if how == "--tmpfs" else [how, str(path), str(path)]
        view[path] = how
    command += _files(content, files)
    command += ["--perms", "0755", "--dir", "/dev"]
    for device in _DEVICES:
        command += ["--dev-bind-try", device, device]
    covered = [str(path) for path, how in view.items() if how == "--tmpfs"]
    command += ["--perms", "0755", "--dir", _WORKPLACE, "--proc", "/proc"]
    return command + [word for path in (*covered, "/") for word in ("--remount-ro", path)]


def _shown(hidden: str) -> dict[Path, str]:
    """What is bound read-only, and what is covered by nothing where it lies within."""
    sites = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    ours = (Path(gvclab.__file__).parent, resource("data"))
    paths = map(Path, (*_LIBRARIES, sys.base_prefix, sys.prefix, *sites, *ours))
    shown = dict.fromkeys((path for path in paths if path.exists()), "--ro-bind")
    return {**({Path(hidden): "--tmpfs"} if hidden else {}), **shown}


def _kept(hidden: str) -> list[str]:
    """What is needed of that which the private folder covers, as in a checkout below it; nothing within another."""
    needed = {path for path, how in _shown(hidden).items() if how == "--ro-bind"} | {resource("content")}
    covered = sorted(path for path in needed if path.is_relative_to(_WORKPLACE))
    return [str(path) for path in covered if not any(parent in covered for parent in path.parents)]


def _passable(path: Path, view: dict[Path, str]) -> list[str]:
    """The folders above a mount, which bubblewrap by itself would make root's alone."""
    above = [p for p in reversed(path.parents[:-1]) if not any(p.is_relative_to(seen) for seen in view)]
    return [word for parent in above for word in ("--perms", "0755", "--dir", str(parent))]


def _files(content: Path, files: list[int]) -> list[str]:
    """The public part of `content/`, copied into the sandbox from memory."""
    command = []
    texts = {path: path.read_text(encoding="utf-8") for path in content.glob("messages/**/*.yml")}
    for path in content.glob("exercises/*.md"):
        texts[path] = bank.public_text(path.read_text(encoding="utf-8"))
    for folder in sorted({parent for path in texts for parent in path.parents if parent.is_relative_to(content)}):
        command += ["--perms", "0755", "--dir", str(folder)] if folder != content else []
    for path, text in texts.items():
        files.append(os.memfd_create(path.name))
        os.write(files[-1], text.encode())
        os.lseek(files[-1], 0, os.SEEK_SET)
        command += ["--perms", "0644", "--file", str(files[-1]), str(path)]
    return command
