"""What the set-up of a wall may refuse."""


class WallRefused(ValueError):
    """The wall can't be made or changed so; the sentence says what to do. `field` is the form's."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
