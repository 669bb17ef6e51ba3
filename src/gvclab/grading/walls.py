"""What Linux offers to shut a process in: namespaces, resource limits, a system call filter.

`isolate` is called between two forks, `seal` in the second of them, before a line of a student's code is read.
Where the system is not Linux only the resource limits are left.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from gvclab.exercises.service import lower

_LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW = {"user": 0x10000000, "pid": 0x20000000, "mount": 0x00020000, "ipc": 0x08000000}
_SET_DUMPABLE, _SET_SUBREAPER, _SET_NO_NEW_PRIVS, _DROP_BOUND, _SET_SECCOMP = 4, 36, 38, 24, 22
_NOSUID, _NODEV, _READ_ONLY, _BIND, _RECURSIVE, _PRIVATE = 2, 4, 1, 0x1000, 0x4000, 0x40000


def _checked(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def adopt_orphans() -> None:
    """The parent shows nobody its memory, and what a child leaves behind becomes its own, to be swept."""
    if _LINUX:
        _LIBC.prctl(_SET_DUMPABLE, 0)
        _LIBC.prctl(_SET_SUBREAPER, 1)


def sweep() -> None:
    """End and bury what was adopted. In a sandbox there is nothing: the child's namespace went with it."""
    listed = Path("/proc/self/task", str(os.getpid()), "children")
    with contextlib.suppress(OSError):
        while left := listed.read_text().split():
            for pid in map(int, left):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def isolate(
    folder: str, megabytes: int, user: int | None, covered: Iterable[str] = (), kept: Iterable[str] = ()
) -> None:
    """New namespaces for the next fork, with a `folder` that is theirs: OSError where the system allows none.

    `covered`: folders in which they see nothing. `kept`: folders below their own that they see all the same.
    `user`: whom a root shall become first, because nothing limits how many processes root may start.
    """
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _LIBC.prctl(_SET_DUMPABLE, 1)  # else the maps below belong to root
    uid, gid = os.geteuid(), os.getegid()
    _checked(_LIBC.unshare(sum(_NEW.values())), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    Path("/proc/self/oom_score_adj").write_text("1000")  # when memory runs out, this one goes first
    _checked(_LIBC.mount(None, b"/", None, _RECURSIVE | _PRIVATE, None), "mount /")
    room = f"size={megabytes}m,nr_inodes=4096,mode=0700".encode()
    held = {path: os.open(path, os.O_PATH) for path in kept}
    _checked(_LIBC.mount(b"none", folder.encode(), b"tmpfs", _NOSUID | _NODEV, room), f"mount {folder}")
    for path, descriptor in held.items():
        Path(path).mkdir(parents=True)
        source = f"/proc/self/fd/{descriptor}".encode()
        _checked(_LIBC.mount(source, path.encode(), None, _BIND | _RECURSIVE, None), f"mount {path}")
        os.close(descriptor)
    for path in ("/proc", *covered):
        how = _NOSUID | _NODEV | _READ_ONLY
        _checked(_LIBC.mount(b"none", path.encode(), b"tmpfs", how, b"size=4k"), f"mount {path}")


def seal(options: dict) -> None:
    """Limits, no privileges and no way to any, and no system calls that a calculation has no use for."""
    limit(options)
    if not _LINUX:
        return
    # In a namespace nobody sees it but the parent, who looks how much memory it has.
    _LIBC.prctl(_SET_DUMPABLE, int(options["isolate"]))
    _checked(_LIBC.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if options["isolate"]:
        for capability in range(64):
            _LIBC.prctl(_DROP_BOUND, capability, 0, 0, 0)
        header, nothing = struct.pack("=Ii", 0x20080522, 0), bytes(24)
        _checked(_LIBC.capset(header, nothing), "capset")
    _filter()


def limit(options: dict) -> None:
    """Memory beyond what the parent has, processor time, sizes of files, numbers of files and processes."""
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_CPU, 2 * int(options["total"]) + 5)  # of one process; the grader counts all (`meter`)
    lower(resource.RLIMIT_FSIZE, options["files"] * 2**20)
    lower(resource.RLIMIT_NOFILE, 128)
    if options["isolate"]:  # elsewhere all of a user's processes would count
        lower(resource.RLIMIT_NPROC, options["processes"])
    lower(resource.RLIMIT_AS, options["address_space"] + options["megabytes"] * 2**20)


def address_space() -> int:
    """The bytes that this process has mapped: what a limit must leave room for."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 2**30


def memory(enough: int) -> int:
    """The bytes that the other processes of this namespace have together, while the limit on address space counts
    for one: what they share is counted once, if the quick count, which counts it again and again, exceeds `enough`.
    """
    here = {str(os.getpid()), "1"}
    others = [Path("/proc", name) for name in os.listdir("/proc") if name.isdigit() and name not in here]  # noqa: PTH208
    quick = sum(map(_resident, others))
    return quick if quick <= enough else sum(map(_proportional, others))


def _resident(process: Path) -> int:
    with contextlib.suppress(OSError, ValueError):  # it may have gone
        return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _proportional(process: Path) -> int:
    with contextlib.suppress(OSError, ValueError, StopIteration):
        rows = (process / "smaps_rollup").read_text().splitlines()
        return int(next(row.split()[1] for row in rows if row.startswith("Pss:"))) * 1024
    return 0


# -------------------------------------------------------------------------------------------------- seccomp

# Names, numbers on x86-64, numbers on arm64: doors of the kernel through which others have come out.
_CLOSED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "open_by_handle_at": (304, 265),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "personality": (135, 92),
    # Memory that no limit counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # Names that all rooms of a machine share: one could tell another what it has heard.
    "bind": (49, 200),
    "flock": (73, 32),
    "inotify_init": (253, -1),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
}
_ARCHITECTURES = {"x86_64": (0, 0xC000003E, 56, 41, 72, 9), "aarch64": (1, 0xC00000B7, 220, 198, 25, 222)}
_CLONE3, _NOT_THERE, _NOT_PERMITTED, _NO_SUCH_FAMILY = 435, 0x50026, 0x50001, 0x50061
_ALLOW, _KILL, _UNIX = 0x7FFF0000, 0x80000000, 1
_WHO_HAS_LOCKED = (5, 36, 1024)  # commands of fcntl: locks and leases of whoever has the same file open
_SHARED_WITHOUT_FILE = 0x21  # mmap: such memory is there also while no process counts it as its own


def _filter() -> None:
    """Install the filter; on a processor that the table does not know there is none."""
    if platform.machine() not in _ARCHITECTURES:
        return
    column, architecture, clone, socket, fcntl, mmap = _ARCHITECTURES[platform.machine()]
    load, equal, above, masked, give, both = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    program = [step(load, 4), step(equal, architecture, 1, 0), step(give, _KILL), step(load, 0)]
    program += [step(above, 0x40000000, 0, 1), step(give, _NOT_PERMITTED)]  # the other ABI of x86-64
    for numbers in _CLOSED.values():
        if numbers[column] >= 0:
            program += [step(equal, numbers[column], 0, 1), step(give, _NOT_PERMITTED)]
    # clone3 hides its flags from a filter; without it the C library takes clone.
    program += [step(equal, _CLONE3, 0, 1), step(give, _NOT_THERE)]
    # The network is the sandbox's, and what one leaves in its ports another may find.
    program += [step(equal, socket, 0, 4), step(load, 16), step(equal, _UNIX, 1, 0)]
    program += [step(give, _NO_SUCH_FAMILY), step(give, _ALLOW)]
    asked = len(_WHO_HAS_LOCKED)
    program += [step(equal, fcntl, 0, asked + 3), step(load, 24)]
    program += [step(equal, command, asked - n, 0) for n, command in enumerate(_WHO_HAS_LOCKED)]
    program += [step(give, _ALLOW), step(give, _NOT_PERMITTED)]
    program += [step(equal, mmap, 0, 5), step(load, 40), step(both, _SHARED_WITHOUT_FILE)]
    program += [step(equal, _SHARED_WITHOUT_FILE, 0, 1), step(give, _NOT_PERMITTED), step(give, _ALLOW)]
    program += [step(equal, clone, 0, 3), step(load, 16), step(masked, 0x7E020000, 0, 1)]
    program += [step(give, _NOT_PERMITTED), step(give, _ALLOW)]
    code = b"".join(program)
    buffer = ctypes.create_string_buffer(code)
    whole = struct.pack("=H6xQ", len(program), ctypes.addressof(buffer))
    _checked(_LIBC.prctl(_SET_SECCOMP, 2, ctypes.create_string_buffer(whole), 0, 0), "seccomp")
