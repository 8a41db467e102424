"""Keeping what tenants own from the machine's other users."""

from contextlib import suppress

from tallymark.settings import Settings


def keep_private(settings: Settings) -> None:
    """Let nobody else into the folders of tenants' data, whatever the umask or an older version made them.

    The lake's is made by the first landing: that there is none tells a fresh start.
    """
    if not settings.data_dir.is_dir():
        return
    made = (settings.uploads_dir, settings.editions_dir, settings.data_dir / "imports")
    # Where another user owns them or the disk is read-only, it is not for this process to change.
    with suppress(OSError):
        for folder in made:
            folder.mkdir(mode=0o700, exist_ok=True)
        for folder in (*made, settings.lake_dir):
            if folder.is_dir() and folder.stat().st_mode & 0o077:
                folder.chmod(0o700)
