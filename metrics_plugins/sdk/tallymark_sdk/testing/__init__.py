"""The test kit for packs: golden cases, and everything else that a metric is held to."""
