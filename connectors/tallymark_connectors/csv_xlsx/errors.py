"""What can go wrong with a file or its mapping, each as one sentence that says what to do."""


class ImportProblem(ValueError):
    """Base of everything this connector raises on purpose; its text is fit to show to a person."""


class UnreadableFile(ImportProblem):
    """The file can't be read as a table: wrong format, too big, damaged, or refused for safety."""


class MappingError(ImportProblem):
    """The mapping doesn't fit the model or the file."""


class Ambiguous(MappingError):
    """A column can be read in two ways and nothing in the file decides; the mapping must."""


class BadValue(ValueError):
    """One value can't be read; its text becomes the reason in the report of rejected rows."""
