"""The modules whose handlers a worker loads unless it is told others."""

MODULES: tuple[str, ...] = (
    "tallymark.imports.job",
    "tallymark.lake.job",
    "tallymark.scorecards.job",
    "tallymark.engine_jobs.job",
    "tallymark.alerts.job",
    "tallymark.demo.job",
    "tallymark.wall.job",
    "tallymark.delivery.job",
)
