"""Requests to addresses that somebody typed in: looked up once, checked, and connected to as checked."""

from .addresses import why_not
from .client import Policy, Reply, client, post
from .errors import OutgoingError, OutgoingFailed, OutgoingRefused
from .urls import check_url

__all__ = [
    "OutgoingError",
    "OutgoingFailed",
    "OutgoingRefused",
    "Policy",
    "Reply",
    "check_url",
    "client",
    "post",
    "why_not",
]
