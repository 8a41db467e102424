"""What can go wrong between a document and its PDF, each with a name and a sentence that says what to do."""


class RenderError(RuntimeError):
    """The scorecard could not be rendered."""


class FontsUnusable(RenderError):
    """The packaged typefaces are missing or cannot be used."""


class DocumentTooLarge(RenderError):
    """The document is larger than any scorecard."""


class AssetRefused(RenderError):
    """A logo or other asset is not of a kind or size that is drawn."""


class RenderTimedOut(RenderError):
    """Rendering took longer than its wall clock or processor time."""


class RenderOutOfMemory(RenderError):
    """Rendering needed more memory than it may have."""


class RenderCrashed(RenderError):
    """The rendering process ended by itself, without a PDF."""
