"""The modules whose handlers every worker loads."""

MODULES: tuple[str, ...] = ("tallymark.scorecards.job",)
