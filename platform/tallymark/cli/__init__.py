"""The `tallymark` command."""
import click


@click.group()
def main() -> None:
    """Sales KPIs that can be explained to their rows."""
