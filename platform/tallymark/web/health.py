"""For load balancers: is the process alive, and can it work."""

from flask import Flask, Response, current_app, jsonify
from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tallymark.web.access import public
from tallymark.web.limits import limiter
from tallymark.web.scope import scope


def init_health(app: Flask, redis_url: str) -> None:
    """Add `/healthz` (always 200 while the process answers) and `/readyz` (503 with what is missing)."""
    redis = Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) if redis_url else None

    @app.get("/healthz")
    @limiter.exempt
    @public
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    @limiter.exempt
    @public
    def readyz() -> Response:
        checks = {"database": _database_answers(), "redis": redis is None or _redis_answers(redis)}
        response = jsonify(status="ready" if all(checks.values()) else "not ready", checks=checks)
        response.status_code = 200 if all(checks.values()) else 503
        return response


def _database_answers() -> bool:
    try:
        scope().auth().execute(text("select 1"))
    except SQLAlchemyError:
        current_app.logger.warning("readiness: the database does not answer", exc_info=True)
        return False
    return True


def _redis_answers(redis: "Redis") -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        current_app.logger.warning("readiness: Redis does not answer", exc_info=True)
        return False
