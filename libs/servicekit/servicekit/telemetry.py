"""Prometheus metrics that every service offers at `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_REQUESTS = Counter("http_requests_total", "Answered requests", ["method", "route", "status"])
HTTP_SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer a request, in seconds",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
EVENTS_RELAYED = Counter("events_relayed_total", "Outbox messages acknowledged by JetStream")
RELAY_FAILURES = Counter("relay_failures_total", "Outbox messages whose publish failed and will be tried again")
OUTBOX_PENDING = Gauge("outbox_pending", "Aggregates with something to publish, as of the last sweep")
DELIVERIES = Counter("deliveries_total", "Messages handled", ["durable", "outcome"])
DELIVERY_SECONDS = Histogram(
    "delivery_seconds",
    "Time to handle a message, in seconds",
    ["durable"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600),
)
