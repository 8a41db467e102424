"""`tallymark metrics`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallymark.plugins.registry import Registry

from tallymark.cli import metric_docs, packs

_BETTER = {"higher": "higher is better", "lower": "lower is better", "neutral": "neither is better"}


@click.group()
def metrics() -> None:
    """The metrics that can be computed, and the packs they come from."""


metrics.add_command(packs.new)
metrics.add_command(packs.check)
metrics.add_command(metric_docs.docs)


def _known(tenant: str | None) -> Registry:
    """The metrics of the installed packs, with a tenant's own KPIs where one is named."""
    from tallymark.plugins.registry import registry

    if tenant is None:
        return registry()
    from tallymark.cli.opening import opened
    from tallymark.plugins.own import registry_of

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            return registry_of(session)


@metrics.command("list")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: key, version, unit, better, kind, inputs, …"
)
@click.option("--language", default="en", help="Of names in the list and of formulas: en, vi, fa or zh-Hant.")
@click.option("--tenant", help="Also the own KPIs of this tenant (its slug, name or id).")
def list_metrics(as_json: bool, language: str, tenant: str | None) -> None:
    """List every metric."""
    from tallymark.plugins.wording import Wording, in_every_language
    from tallymark_sdk.texts import TAGS, is_language

    if not is_language(language):
        raise click.ClickException(
            f'Metrics have no texts in "{language}"; choose {", ".join(TAGS.values())}.'
        )
    known = _known(tenant)
    wording = Wording(known, language)
    rows = [
        {
            "key": metric.key,
            "name": metric.name,
            "names": in_every_language(known, metric.key, metric.name),
            "descriptions": in_every_language(known, metric.key, metric.description),
            "version": metric.version,
            "unit": metric.unit,
            "better": metric.better,
            "kind": metric.kind,
            "inputs": list(metric.inputs),
            "breakdowns": list(metric.by),
            "parts": ["value", *metric.parts],
            "parameters": [
                {
                    "name": each.name,
                    "kind": each.kind,
                    "default": each.default,
                    "value": metric.values.get(each.name, each.default),
                    "description": each.description,
                }
                for each in metric.parameters
            ],
            "additive": metric.additive,
            "source": metric.source,
            "formula": wording.formula(metric.key),
            "pack": f"{known.pack_of(metric.key).distribution} {known.pack_of(metric.key).version}",
        }
        for metric in known
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False, default=str))
    else:
        width = max(len(str(row["key"])) for row in rows) if rows else 0
        for row in rows:
            click.echo(
                f"{row['key']:<{width}}  {wording.name(str(row['key']))} ({row['unit']}, {_BETTER[str(row['better'])]})"
            )
    for broken in known.broken:
        click.echo(f"refused: {broken.distribution} {broken.version}: {broken.reason}", err=True)


@metrics.command("refused")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: family, distribution, version, reason.")
def refused(as_json: bool) -> None:
    """List the packs and metrics that were refused, with the reasons; the exit code is 1 where there are any."""
    from dataclasses import asdict

    from tallymark.plugins.registry import registry

    broken = registry().broken
    if as_json:
        click.echo(json.dumps([asdict(each) for each in broken], indent=1, ensure_ascii=False))
    else:
        for each in broken:
            click.echo(f"{each.distribution} {each.version} ({each.family}): {each.reason}")
    if broken:
        raise SystemExit(1)


@metrics.command("texts")
@click.argument("pack")
@click.option(
    "--update", is_flag=True, help="Write the catalogues: add what is missing, drop what is unused."
)
def texts(pack: str, update: bool) -> None:
    """Say which texts of PACK lack a translation; with --update, write its catalogues.

    PACK is a family of an installed pack, such as "revenue", or the folder of a pack with its pyproject.toml.
    """
    from tallymark.plugins.packtexts import pack_texts
    from tallymark_sdk.catalogues import gaps, update_catalogues
    from tallymark_sdk.errors import TallymarkError

    try:
        missing = 0
        for found in pack_texts(pack):
            for each in update_catalogues(found.metrics, found.domain) if update else ():
                click.echo(f"{each.file}: {each.texts} texts, {each.untranslated} to translate")
                for dropped in each.dropped:
                    click.echo(f'  dropped "{dropped}"')
            lacking = gaps(found.metrics, found.domain)
            missing += len(lacking)
            if not update:
                for gap in lacking:
                    click.echo(str(gap))
                click.echo(f"{found.domain.family}: {len(lacking)} texts lack a translation")
    except TallymarkError as error:
        raise click.ClickException(str(error)) from error
    if missing and not update:
        raise SystemExit(1)
