"""The modules whose handlers a worker loads unless it is told others."""

MODULES: tuple[str, ...] = ("tallymark.scorecards.job",)
