"""The lake: immutable Parquet snapshots of each tenant's datasets."""

from tallymark.lake.store import Lake
from tallymark.lake.sweeping import Swept
from tallymark.lake.values import LakeError, Landed, Snapshot

__all__ = ["Lake", "LakeError", "Landed", "Snapshot", "Swept"]
