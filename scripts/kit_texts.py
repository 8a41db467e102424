"""Brings the SDK's own catalogues up to date: new texts untranslated, unused ones dropped. `--check` only says."""

import sys

from tallymark_sdk.catalogues import write_catalogue
from tallymark_sdk.texts import LANGUAGES, SDK
from tallymark_sdk.vocabulary import messages


def main(*, check: bool) -> int:
    """Update or check; the number of texts without a translation."""
    wanted: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(messages()), ())
    untranslated = 0
    for language in LANGUAGES:
        if not check:
            print(write_catalogue(wanted, SDK, language).file)
        there = SDK.read(language)
        for message in wanted:
            if message not in there:
                untranslated += 1
                print(f'"{message}" has no translation ({language})')
    return untranslated


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]) > 0)
