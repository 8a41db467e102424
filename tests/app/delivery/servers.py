"""Real servers on loopback that mail and webhooks are sent to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """A mail server's handler: keeps what it took, and refuses as it is told."""

    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    refuse: dict[str, list[str]] = field(default_factory=dict)
    refuse_data: list[str] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    when_taken: Callable[[], object] = lambda: None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if waiting := self.refuse.get(address):
            return waiting[0] if len(waiting) == 1 else waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse_data:
            return self.refuse_data.pop(0)
        self.over_tls.append(session.ssl is not None)
        message = message_from_bytes(envelope.content, policy=POLICY)
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), message))
        self.when_taken()
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """The messages that one address got."""
        return [message for _, to, message in self.taken if address in to]


class _Controller(Controller):
    """One that makes its own kind of server, so that a certificate can be given."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(mailbox: Mailbox, *, certificate: Path | None = None, password: str = "") -> Iterator[int]:
    """Run a mail server; yields its port. With a certificate it offers STARTTLS and takes nothing before it."""
    options: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        options |= {"tls_context": context, "require_starttls": True}
    if password:
        options |= {
            "authenticator": lambda server, session, envelope, mechanism, data: AuthResult(
                success=data.password == password.encode(), handled=False
            ),
            "auth_required": True,
        }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = _Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=20, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "localhost") -> Path:
    """A certificate that signs itself, with its key in the same file; it can be given as an authority too."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@dataclass
class Hooks:
    """A web server's memory: what was posted to it, and the answers it gives (the last one again and again)."""

    posted: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"ok")])


@contextmanager
def web_server(hooks: Hooks) -> Iterator[str]:
    """Run a web server that takes posts; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hooks.posted.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, headers, answer = hooks.answers.pop(0) if len(hooks.answers) > 1 else hooks.answers[0]
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):  # closed on purpose above
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
