"""What a PDF may fetch: the assets it was given, by name, from memory. Nothing else, whatever a tenant wrote."""

from collections.abc import Mapping
from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "asset:"


class Refused(ValueError):
    """An address that is not one of the given assets."""


class MemoryFetcher(URLFetcher):
    """Serves `asset:<name>` from `assets` (name to kind and bytes) and refuses every other address."""

    def __init__(self, assets: Mapping[str, tuple[str, bytes]]) -> None:
        super().__init__(allowed_protocols=("asset",), allow_redirects=False)
        self._assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """The named asset; raises Refused for anything else (http, file, data, an unknown name)."""
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in self._assets:
            self.refused.append(url[:200])
            raise Refused("Only the scorecard's own assets are drawn.")
        kind, content = self._assets[name]
        return URLFetcherResponse(url, content, {"Content-Type": kind})
