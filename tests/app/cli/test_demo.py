"""`tallymark demo` as a stranger runs it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest


@pytest.fixture
def environment():
    folder = Path(tempfile.mkdtemp(prefix="tallymark-demo-"))
    folder.chmod(0o711)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TALLYMARK_")}
    yield kept | {"TALLYMARK_DATA": str(folder)}
    shutil.rmtree(folder, ignore_errors=True)


def demo(environment, *arguments):
    command = [sys.executable, "-m", "tallymark", "demo", *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def processes_of(folder):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [path] if folder.encode() in path.read_bytes() else []
        except OSError:
            continue
    return found


@pytest.mark.slow
def test_it_ends_with_a_pdf_and_serves_the_next_time(environment):
    data = environment["TALLYMARK_DATA"]
    first = demo(environment, "--once")
    said, _ = first.communicate(timeout=240)
    assert first.returncode == 0, said
    for step in ("✓ PostgreSQL 18", "✓ Redis", "✓ Alder & Finch Trading Co.", "✓ Scorecard", "Ready in"):
        assert step in said
    pdf = Path(re.findall(r"PDF +(/\S+)", said)[0])
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert not processes_of(data)

    with socket.socket() as blocker:
        blocker.bind(("127.0.0.1", 0))
        blocker.listen()
        taken = str(blocker.getsockname()[1])
        second = demo(environment | {"TALLYMARK_PORT": taken})
        lines = []
        assert second.stdout is not None
        for line in second.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        text = "".join(lines)
        assert f"Port {taken} is in use" in text
        assert "as it was seeded before" in text
        address = text.split("Address")[1].split()[0]
        with urllib.request.urlopen(address, timeout=30) as page:
            assert page.status == 200
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=60)
    assert second.returncode == 0
    assert not processes_of(data)


def test_a_busy_port_that_was_asked_for_is_one_line(environment):
    with socket.socket() as blocker:
        blocker.bind(("127.0.0.1", 0))
        blocker.listen()
        port = str(blocker.getsockname()[1])
        began = time.monotonic()
        process = demo(environment, "--port", port)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said == f"Error: Port {port} is in use: end what uses it, or give another with --port.\n"
    assert time.monotonic() - began < 60


def test_it_is_not_for_production(environment):
    process = demo(environment | {"TALLYMARK_MODE": "production"})
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
