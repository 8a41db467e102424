"""What can go wrong with a seal."""


class SealError(ValueError):
    """Something can't be sealed, or what was sealed can't be read; the sentence says what to do."""
