"""The `tallymark` command: its list of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import click

# Name → (module:command, the line in --help). The lines stand here so that --help imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("tallymark.cli.demo:demo", "Make a sample company, compute its scorecard and serve it."),
    "serve": ("tallymark.cli.serve:serve", "Serve the web pages until stopped."),
    "worker": ("tallymark.cli.workers:worker", "Run queued work, one job at a time, until stopped."),
    "dispatcher": ("tallymark.cli.workers:dispatcher", "Send due runs to the workers, until stopped."),
    "runs": ("tallymark.cli.runs:runs", "List work in the background, and cancel it."),
    "tenant": ("tallymark.cli.tenants:tenant", "Create and list tenants."),
    "import": ("tallymark.cli.imports:import_command", "Import a CSV or XLSX file into a dataset."),
    "datasets": ("tallymark.cli.datasets:datasets", "List and show the datasets that can be imported."),
    "metrics": ("tallymark.cli.metrics:metrics", "List metrics; make a pack of your own, and check it."),
    "kpis": ("tallymark.cli.kpis:kpis", "Make and list KPI sets."),
    "targets": ("tallymark.cli.targets:targets", "Set, list and show targets."),
    "alerts": (
        "tallymark.cli.alerts:alerts",
        "Check and list alerts: KPIs that crossed a limit or are unusual.",
    ),
    "compute": ("tallymark.cli.compute:compute", "Compute metrics of a tenant."),
    "explain": ("tallymark.cli.explain:explain", "Explain a figure down to its rows."),
    "bridge": ("tallymark.cli.bridge:bridge", "Split why a KPI changed between two periods."),
    "deliver": (
        "tallymark.cli.deliver:deliver",
        "List and send schedules of scorecards; note what came back.",
    ),
    "scorecard": ("tallymark.cli.scorecard:scorecard", "Render a scorecard as PDF."),
    "doctor": ("tallymark.cli.doctor:doctor", "Check what Tallymark needs, and say what is wrong."),
}
_STOPPED = 130  # what shells report for a command ended by Ctrl-C


class LazyGroup(click.Group):
    """A group that imports a command when it is called, and ends every error as one line and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands of this installation."""
        return [name for name, (target, _) in COMMANDS.items() if find_spec(target.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]
        """Run the command; with `standalone_mode` the process ends here."""
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        try:
            code = super().main(args, standalone_mode=False, **extra)
        except click.ClickException as error:
            sentence = " ".join(error.format_message().split())
            click.echo(f"Error: {sentence}", err=True)
            sys.exit(2)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(_STOPPED)
        except (ValueError, RuntimeError) as error:
            from tallymark.services import ServiceError
            from tallymark.settings import SettingsError

            if not isinstance(error, SettingsError | ServiceError):
                raise
            click.echo(f"Error: {' '.join(str(error).split())}", err=True)
            sys.exit(2)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tallymark", prog_name="tallymark")
def main() -> None:
    """Sales KPIs that can be explained to their rows."""
