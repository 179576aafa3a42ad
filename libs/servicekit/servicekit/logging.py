"""Structured logs: one processor chain, readable in development, JSON elsewhere."""

import logging
import sys
from typing import Any, Literal, TextIO

import orjson
import structlog

# Without the values of variables: they may be tokens or personal data, and collecting them can take a minute.
_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def _json(value: Any, **_: Any) -> str:
    return orjson.dumps(value, default=str).decode()


Standard = Literal["stdout", "stderr"]


class _ToStandard(logging.StreamHandler[TextIO]):
    """Writes to whatever standard output (or error) is at the moment: it may be redirected and closed around it."""

    def __init__(self, where: Standard) -> None:
        super().__init__(getattr(sys, where))
        self._where = where

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = getattr(sys, self._where)
        super().emit(record)


def configure(service: str, *, env: str, level: str, to: Standard = "stdout") -> None:
    """Set up structlog and route the standard library's loggers through it, to standard output or error."""
    numeric = getattr(logging, level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    colours: bool = getattr(sys, to).isatty()
    renderer: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)]
        if env == "development"
        else [_TRACEBACKS, structlog.processors.JSONRenderer(serializer=_json)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = _ToStandard(to)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(numeric)
    for noisy in ("nats", "httpx", "httpcore", "uvicorn.error", "pymongo"):
        logging.getLogger(noisy).setLevel(max(numeric, logging.WARNING))
    # its client warns of every 404, also where "is it there?" was the question
    logging.getLogger("opensearch").setLevel(max(numeric, logging.ERROR))
    structlog.contextvars.bind_contextvars(service=service)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of one module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
