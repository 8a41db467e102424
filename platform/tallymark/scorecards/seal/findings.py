"""What verifying an edition found, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tallymark.scorecards.seal.figures import Address
from tallymark_sdk.said import Said


class Verdict(StrEnum):
    """The outcome, from best to worst."""

    VERIFIED = "verified"
    PARTLY = "partly"
    """What could be checked holds; something couldn't be computed again."""
    UNSEALED = "unsealed"
    """The edition was made before there were seals."""
    DIFFERS = "differs"
    """The sealed data gives other figures than the edition says."""
    TAMPERED = "tampered"
    """What is stored isn't what was sealed."""


VERDICTS: Mapping[Verdict, str] = {
    Verdict.VERIFIED: "verified",
    Verdict.PARTLY: "verified in part",
    Verdict.UNSEALED: "not sealed",
    Verdict.DIFFERS: "differs",
    Verdict.TAMPERED: "changed after sealing",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A figure that comes to another value now than was sealed; None stands for no value."""

    address: Address
    was: str | None
    now: str | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A place of the document, such as "sections[2].title", that is composed otherwise now."""

    place: str
    was: object
    now: object


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was checked of an edition, and what was found.

    Attributes:
        problems: what is wrong, or can't be checked, each a sentence.
        notes: what must be known to read the outcome, such as which definitions have changed since.
        figures: how many figures were sealed.
        equal: how many of them came to the same value again.
        by_sealed_definition: how many of these by a definition that isn't today's any more.
        not_computed: how many couldn't be computed again.
        composed_alike: whether the document came out the same; None where it wasn't composed again.
        changes: where it didn't.
    """

    edition_id: UUID
    sealed_at: datetime
    seal: str
    verdict: Verdict
    problems: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()
    figures: int = 0
    equal: int = 0
    by_sealed_definition: int = 0
    not_computed: int = 0
    differences: tuple[Difference, ...] = ()
    composed_alike: bool | None = None
    changes: tuple[Change, ...] = field(default=())
