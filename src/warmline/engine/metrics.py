"""What the engine tells about itself: numbers for /metrics, no ids and no words of people."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("warmline_commands", "Commands dealt with, by what became of them.", ["outcome"])
EVENTS = Counter("warmline_events", "Events made durable.")
INBOX = Gauge("warmline_inbox", "Commands that wait for the writer.")
GROUP = Histogram(
    "warmline_group_commands",
    "Commands that became durable in one transaction.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
APPEND = Histogram(
    "warmline_append_seconds",
    "Time to make one group durable.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2),
)
MATCHER_FAILURES = Counter(
    "warmline_matcher_failures", "Times the plain rule took over from the matcher.", ["cause"]
)
RELOADS = Counter("warmline_reloads", "Times the live state was forgotten and read again.", ["why"])
RECEIVER_FAILURES = Counter("warmline_receiver_failures", "Receivers of events that raised.")
REACTION_FAILURES = Counter(
    "warmline_reaction_failures", "Attempts of a reaction that raised.", ["reaction"]
)
REACTION_LAG = Gauge(
    "warmline_reaction_lag_events", "Events a reaction has yet to deal with.", ["reaction"]
)
LIVE_SCREENS = Gauge("warmline_live_screens", "Screens that follow the live feed.")
LIVE_OVERFLOWS = Counter(
    "warmline_live_overflows", "Screens that fell too far behind and began anew with a snapshot."
)
