"""The connection to Redis, and a plain sentence when it is not there."""

from __future__ import annotations

from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

from .errors import RedisAway


def connect(url: str) -> Redis:
    """A lazy client for `url` (redis:// or rediss://); nothing is sent before the first command."""
    return Redis.from_url(url, socket_connect_timeout=5, socket_timeout=10, health_check_interval=30)


def require(url: str) -> Redis:
    """A client that has answered once; raises RedisAway with what to do."""
    client = connect(url)
    try:
        client.ping()
    except RedisError as error:
        client.close()
        raise RedisAway(explain(url, error)) from error
    return client


def explain(url: str, error: Exception) -> str:
    """One sentence for people; the address is shown without user and password."""
    parts = urlsplit(url)
    where = f"{parts.hostname or parts.path}:{parts.port or 6379}"
    return (
        f"Redis at {where} does not answer ({type(error).__name__}); "
        "start it, or set TALLYMARK_REDIS_URL to where it is."
    )
