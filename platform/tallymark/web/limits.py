"""Limits on how often a caller may try, counted in Redis so that all server processes share them."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

from tallymark.settings import Settings

limiter = Limiter(key_func=get_remote_address, headers_enabled=False, strategy="fixed-window")


def by_email() -> str:
    """The account that is tried, so that many addresses can't share the work of guessing one password."""
    return "email:" + request.form.get("email", "").strip().lower()


def by_user() -> str:
    """The signed-in person, from whatever browser; a caller who is nobody counts by address."""
    return f"user:{current_user.id}" if current_user.is_authenticated else str(get_remote_address())


def init_limits(app: Flask, settings: Settings) -> None:
    """Count in Redis; while Redis is away each process counts by itself, so that sign-in stays possible."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_KEY_PREFIX="tallymark",
    )
    limiter.init_app(app)
