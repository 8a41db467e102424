"""Where data comes from: one folder a source, all yielding Arrow batches in the canonical schema."""
