"""`tallymark metrics`."""

from __future__ import annotations

import json

import click


@click.group()
def metrics() -> None:
    """The metrics that can be computed, and the packs they come from."""


@metrics.command("list")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: key, version, unit, better, kind, inputs, …"
)
def list_metrics(as_json: bool) -> None:
    """List every metric."""
    from tallymark.plugins.registry import registry
    from tallymark_sdk.text import in_words

    known = registry()
    rows = [
        {
            "key": metric.key,
            "name": metric.name,
            "version": metric.version,
            "unit": metric.unit,
            "better": metric.better,
            "kind": metric.kind,
            "inputs": list(metric.inputs),
            "breakdowns": list(metric.by),
            "parts": ["value", *metric.parts],
            "formula": in_words(metric.formula, name_of=lambda key: known[key].name),
            "pack": f"{known.pack_of(metric.key).distribution} {known.pack_of(metric.key).version}",
        }
        for metric in known
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        width = max(len(str(row["key"])) for row in rows) if rows else 0
        for row in rows:
            click.echo(f"{row['key']:<{width}}  {row['name']} ({row['unit']}, {row['better']} is better)")
    for broken in known.broken:
        click.echo(f"refused: {broken.distribution} {broken.version}: {broken.reason}", err=True)
