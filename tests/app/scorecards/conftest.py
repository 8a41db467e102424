"""The sample scorecard and its PDF, made once; and a document with every kind of section."""

import importlib.util
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType

import pytest

from tallymark.scorecards.document import Document
from tallymark.scorecards.render import Rendered, ordering, render_pdf


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scorecard_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module beside this file that composes the sample."""
    return _beside("sample")


@pytest.fixture(scope="session")
def full() -> ModuleType:
    """The module beside this file that makes a document with every kind of section."""
    return _beside("full")


@pytest.fixture(scope="session")
def document(sample: ModuleType) -> Document:
    return sample.document()


@pytest.fixture(scope="session")
def font_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the fonts that the renderings of this run share."""
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture(scope="session", autouse=True)
def _warm() -> Iterator[None]:
    """What draws is started once, as beside a worker."""
    ordering.keep_warm()
    yield
    ordering.let_cool()


@pytest.fixture(scope="session")
def rendered(document: Document, font_cache: Path) -> Rendered:
    return render_pdf(document, font_cache=font_cache)


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and the requests that reached it."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    thread.join()
    server.server_close()
