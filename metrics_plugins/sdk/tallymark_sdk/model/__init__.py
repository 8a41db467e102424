"""The canonical model: datasets and their typed columns, and those that packs add."""

from tallymark_sdk.model.catalogue import (
    CANONICAL,
    DATASETS,
    SCHEMA_VERSION,
    UnknownDataset,
    dataset,
    refused_datasets,
)
from tallymark_sdk.model.packs import Extension, RefusedDataset
from tallymark_sdk.model.spelling import did_you_mean
from tallymark_sdk.model.types import Column, Dataset, Kind, ModelError, UnknownColumn

__all__ = [
    "CANONICAL",
    "DATASETS",
    "SCHEMA_VERSION",
    "Column",
    "Dataset",
    "Extension",
    "Kind",
    "ModelError",
    "RefusedDataset",
    "UnknownColumn",
    "UnknownDataset",
    "dataset",
    "did_you_mean",
    "refused_datasets",
]
