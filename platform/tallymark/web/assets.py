"""Static files, served by us under the digest of the whole folder, so that they can be cached for ever."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, send_file, send_from_directory, url_for

from tallymark.scorecards.render import page_stylesheet
from tallymark.scorecards.typefaces import WEB_FOLDER
from tallymark.web.access import public

STATIC = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 3600


# Files that lie with what they belong to and are served with ours.
BESIDE: Mapping[str, Path] = {
    "css/scorecard.css": page_stylesheet(),
    **{f"webfonts/{file.name}": file for file in WEB_FOLDER.iterdir() if file.suffix in (".css", ".woff2")},
}


def digest_of(folder: Path, beside: Mapping[str, Path]) -> str:
    """Return 16 hexadecimal digits that change when any file does."""
    digest = sha256()
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    for name, path in sorted({**files, **beside}.items()):
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def init_assets(app: Flask) -> None:
    """Serve `/static/<digest>/<path>` and give templates `asset("css/base.css")`."""
    current = digest_of(STATIC, BESIDE)

    @app.get("/static/<digest>/<path:name>")
    @public
    def asset(digest: str, name: str) -> Response:
        response = send_file(BESIDE[name]) if name in BESIDE else send_from_directory(STATIC, name)
        if digest == current:
            response.cache_control.public = True
            response.cache_control.max_age = _YEAR
            response.cache_control.immutable = True
        else:
            # A page from before a deployment asks for an old digest: it gets the new file, but may not keep it.
            response.cache_control.no_cache = True
        return response

    app.jinja_env.globals["asset"] = lambda name: url_for("asset", digest=current, name=name)
