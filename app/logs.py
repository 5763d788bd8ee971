"""Logging: one JSON line an event on standard error, with telephone numbers, addresses and names masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Seven or more digits, perhaps with spaces, dots or dashes between: a telephone number, or as good as one.
_NUMBER = re.compile(r"(?<![\w.:])\+?\d(?:[\s.\-()]?\d){6,}(?!\w)")
_PRIVATE = frozenset({
    "phone", "phones", "address", "name", "customer", "password", "pin", "secret", "token", "strokes", "signature",
    "body", "text", "login",
})  # fmt: skip
_SAFE = frozenset({"timestamp", "request_id", "ms", "status", "person", "route", "event", "level", "kind"})


def masked(value: Any) -> Any:
    """The value with everything that looks like a telephone number cut to its last two digits."""
    if isinstance(value, str):
        return _NUMBER.sub(lambda found: f"***{found[0][-2:]}", value)
    if isinstance(value, dict):
        return {key: "***" if str(key).lower() in _PRIVATE else masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog's step: masks every entry that is not known to be harmless."""
    for key, value in event.items():
        if key.lower() in _PRIVATE:
            event[key] = "***"
        elif key not in _SAFE:
            event[key] = masked(value)
    return event


def configure(level: str) -> None:
    """Set up structlog for the process, and let what libraries log come out in the same form."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level, logging.INFO)),
        logger_factory=lambda *_names: structlog.WriteLogger(
            sys.stderr
        ),  # asked each time: tests replace stderr
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
