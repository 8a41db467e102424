"""Real servers to send to, and the module beside this file."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def servers() -> ModuleType:
    """The module with the servers."""
    spec = importlib.util.spec_from_file_location("delivery_servers", Path(__file__).with_name("servers.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def mailbox(servers):
    return servers.Mailbox()


@pytest.fixture
def mail_port(servers, mailbox):
    with servers.mail_server(mailbox) as port:
        yield port


@pytest.fixture
def hooks(servers):
    return servers.Hooks()


@pytest.fixture
def hook_url(servers, hooks):
    with servers.web_server(hooks) as url:
        yield url
