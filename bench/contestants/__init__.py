"""Ways of computing the same numbers, each behind the same few words: `open`, `ask`, `close`."""
