"""Setting targets: checking what a person typed, and showing what it comes to month by month."""

from tallymark.targets.entry import Entry, TargetRefused, read_entry
from tallymark.targets.loading import load_targets
from tallymark.targets.preview import Share, month_shares

__all__ = ["Entry", "Share", "TargetRefused", "load_targets", "month_shares", "read_entry"]
