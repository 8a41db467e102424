"""The canonical model: datasets and their typed columns."""

from tallymark_sdk.model.catalogue import (
    DATASETS,
    SCHEMA_VERSION,
    UnknownDataset,
    dataset,
)
from tallymark_sdk.model.spelling import did_you_mean
from tallymark_sdk.model.types import Column, Dataset, Kind, ModelError, UnknownColumn

__all__ = [
    "DATASETS",
    "SCHEMA_VERSION",
    "Column",
    "Dataset",
    "Kind",
    "ModelError",
    "UnknownColumn",
    "UnknownDataset",
    "dataset",
    "did_you_mean",
]
