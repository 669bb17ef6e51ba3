"""Processor time is counted whoever uses it, and waiting is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from gvclab.grading.meter import Meter

BURN = """
import os, signal, sys, threading, time
def burn():
    end = time.process_time() + 0.4
    while time.process_time() < end: pass
def last():
    burn(); print(flush=True); time.sleep(600)
"""
WAYS = {
    "itself": "burn()",
    "a thread": "thread = threading.Thread(target=burn); thread.start(); thread.join()",
    "a child that is waited for": "os.fork() and os.wait() or (burn(), os._exit(0))",
    "a child that lives": "os.fork() or last(); time.sleep(600)",
    "a child's child": "os.fork() and time.sleep(600) or os.fork() or last(); time.sleep(600)",
}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no sandbox")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_all_work_is_counted(way):
    script = f"{BURN}{way}\nprint(flush=True)\ntime.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            meter = Meter(process.pid)
            process.stdout.readline()
            assert meter.read() > 0.35
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no sandbox")
def test_waiting_is_not_counted_and_the_end_keeps_the_count():
    with subprocess.Popen(
        [sys.executable, "-c", f"{BURN}burn(); time.sleep(1); print(flush=True); time.sleep(600)"],
        stdout=subprocess.PIPE,
    ) as process:
        meter = Meter(process.pid)
        process.stdout.readline()
        used = meter.read()
        process.kill()
    assert 0.35 < used < 5 and meter.read() >= used
