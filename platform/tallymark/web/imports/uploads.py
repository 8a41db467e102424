"""Uploaded files waiting to be imported: one folder each, under the folder of their tenant."""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from werkzeug.datastructures import FileStorage

from tallymark.web.forms import has_controls
from tallymark_tenants.ids import uuid7

KEPT_SECONDS = 7 * 24 * 3600
_SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx"}


class UploadRefused(ValueError):
    """The file is not one we can import; the message says why."""


class UploadMissing(LookupError):
    """No such upload in this tenant, or it was removed after a week."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A stored file: `name` as the person called it, `path` where it lies."""

    id: UUID
    name: str
    folder: Path
    path: Path

    @classmethod
    def store(cls, root: Path, tenant_id: UUID, file: FileStorage, *, facts: Mapping[str, Any]) -> Self:
        """Keep an uploaded file; `facts` are kept beside it. Raises `UploadRefused`."""
        name = Path((file.filename or "").replace("\\", "/")).name
        suffix = Path(name).suffix.lower()
        if suffix not in _SUFFIXES:
            raise UploadRefused("This is not a CSV or XLSX file; export the table as one of these.")
        if has_controls(name):
            raise UploadRefused("The file's name holds control characters; rename the file and try again.")
        remove_old(root / str(tenant_id))
        upload_id = uuid7()
        folder = root / str(tenant_id) / str(upload_id)
        folder.mkdir(parents=True, mode=0o750)
        path = folder / f"file{suffix}"
        file.save(path)
        if path.stat().st_size == 0:
            shutil.rmtree(folder)
            raise UploadRefused("This file is empty.")
        upload = cls(id=upload_id, name=name[:200], folder=folder, path=path)
        upload.write("facts", {"name": upload.name, **facts})
        return upload

    @classmethod
    def find(cls, root: Path, tenant_id: UUID, upload_id: UUID) -> Self:
        """The upload of this tenant; raises `UploadMissing`."""
        folder = root / str(tenant_id) / str(upload_id)
        path = next(iter(folder.glob("file.*")), None)
        if path is None:
            raise UploadMissing("This upload doesn't exist any more; upload the file again.")
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        return cls(id=upload_id, name=facts["name"], folder=folder, path=path)

    def write(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a small JSON document beside the file."""
        self.write_text(name, json.dumps(value, ensure_ascii=False))

    def write_text(self, name: str, text: str) -> None:
        """Keep JSON text beside the file."""
        draft = self.folder / f"{name}.json.new"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.folder / f"{name}.json")

    def read(self, name: str) -> dict[str, Any] | None:
        """A document kept beside the file, or None."""
        text = self.read_text(name)
        return None if text is None else dict(json.loads(text))

    def read_text(self, name: str) -> str | None:
        """The text of a document kept beside the file, or None."""
        path = self.folder / f"{name}.json"
        return path.read_text(encoding="utf-8") if path.exists() else None


def remove_old(folder: Path) -> None:
    """Remove uploads that nobody finished within a week."""
    if not folder.is_dir():
        return
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
