"""The lake: immutable Parquet snapshots per tenant and dataset."""
