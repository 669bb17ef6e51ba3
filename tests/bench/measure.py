"""What pytest-benchmark cannot time: imports, memory, the start of the lab. Part of `make bench`.

Each figure is printed beside its aim. Absolute times depend on the machine; compare runs on the same one.
"""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
from jupyter_client import KernelManager

ROOT = Path(__file__).parents[2]
LESSON = "2.3a-suppliers"


def main() -> None:
    """Print the table, line by line as it is measured."""
    print()
    for name, value, aim in rows():
        print(f"{name:48} {value:>8}   {aim}", flush=True)


def rows() -> Iterator[tuple[str, str, str]]:
    """What is measured, the figure, and what is aimed at."""
    yield "import gvclab", seconds(imported("gvclab")), "under 0.5 s"
    for module in ("models.sourcing", "exercises", "panels.suppliers"):
        yield f"import gvclab.{module}", seconds(imported(f"gvclab.{module}")), ""
    yield "gvclab --help", seconds(median(lambda: run("-m", "gvclab", "--help"))), ""
    for path in sorted((ROOT / "course").glob("*.ipynb")):
        took, memory, bare = lesson(path)
        yield f"{path.stem}, all cells, in the kernel", seconds(took), "under 20 s"
        yield "  the kernel's memory with it open", megabytes(memory), "under 300 MB"
    yield "an empty kernel's memory", megabytes(bare), ""
    answered, executed = lab_start()
    yield "gvclab open, to the lab's first answer", seconds(answered), ""
    yield "gvclab open, to the lesson's first executed cell", seconds(executed), ""


def megabytes(value: int) -> str:
    return f"{value / 2**20:.0f} MB"


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def median(measure: Callable[[], object], rounds: int = 5) -> float:
    """The median wall time, after one round that warms the disk's cache."""
    measure()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        measure()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=ROOT)


def imported(module: str) -> float:
    """Seconds that the import takes in a fresh process, beyond an empty one."""
    return median(lambda: run("-c", f"import {module}")) - median(lambda: run("-c", "pass"))


def lesson(path: Path) -> tuple[float, int, int]:
    """Seconds for all cells; the kernel's resident bytes after them and before."""
    book = nbformat.read(path, as_version=4)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(ROOT / "course"))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(60)
        process = psutil.Process(manager.provisioner.pid)
        bare = process.memory_info().rss
        start = time.perf_counter()
        for cell in book.cells:
            if cell.cell_type == "code":
                reply = client.execute_interactive(cell.source, output_hook=lambda _: None, timeout=120)
                if reply["content"]["status"] != "ok":
                    raise SystemExit(f"{path.stem} does not run: {reply['content']['evalue']}\n{cell.source}")
        return time.perf_counter() - start, process.memory_info().rss, bare
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def lab_start() -> tuple[float, float]:
    """Seconds to JupyterLab's first page, and to the result of the lesson's first code cell."""
    environment = os.environ | {"JUPYTER_TOKEN": "bench"}
    command = [sys.executable, "-m", "gvclab", "open", LESSON, "--no-browser", "--port", "0"]
    start = time.perf_counter()
    server = subprocess.Popen(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        page = next(found.group(0) for line in server.stdout if (found := re.search(r"http://127\S+", line)))
        answer(page)
        answered = time.perf_counter() - start
        first_cell(page.split("/lab")[0])
        return answered, time.perf_counter() - start
    finally:
        server.send_signal(signal.SIGINT)
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def answer(page: str) -> None:
    """Wait for the page: the address is printed a moment before anybody listens."""
    for _ in range(600):
        try:
            urllib.request.urlopen(page, timeout=60).read()
            return
        except urllib.error.URLError:
            time.sleep(0.02)
    raise SystemExit(f"no answer from {page}")


def first_cell(base: str) -> None:
    """Run the lesson's first code cell through the server, as a page does."""
    import websocket

    book = nbformat.read(ROOT / f"course/{LESSON}.ipynb", as_version=4)
    source = next(cell.source for cell in book.cells if cell.cell_type == "code")
    body = json.dumps({"name": "python3", "path": f"course/{LESSON}.ipynb"}).encode()
    request = urllib.request.Request(f"{base}/api/kernels?token=bench", data=body, method="POST")
    kernel = json.load(urllib.request.urlopen(request, timeout=60))["id"]
    socket = websocket.create_connection(
        f"{base.replace('http', 'ws')}/api/kernels/{kernel}/channels?token=bench", timeout=60
    )
    content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}}
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "s", "username": "", "version": "5.3"}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    socket.send(json.dumps(message))
    while json.loads(socket.recv())["header"]["msg_type"] != "execute_reply":
        pass
    socket.close()


if __name__ == "__main__":
    main()
