"""The packs that are installed here, found without the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, entry_points
from pathlib import Path
from traceback import walk_tb
from typing import Final, cast

from tallymark_sdk.charts import Chart, problem
from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_sdk.hookspecs import ENTRY_POINT_GROUP, PROJECT
from tallymark_sdk.metric import Metric
from tallymark_sdk.needs import unmet

HOOK: Final = "tallymark_metrics"
CHARTS: Final = "tallymark_charts"


class NoSuchPack(TallymarkError):
    """No pack of that family is installed, or it can't be loaded."""


@dataclass(frozen=True, kw_only=True)
class InstalledPack:
    """An installed pack as its tests see it.

    Attributes:
        family: its entry point's name.
        module: the module that the entry point names.
        folder: where its `cases` and `locale` are: the folder of the module's package.
        metrics: what its hook gives, as declared.
        hook: its `tallymark_metrics`.
        charts: the charts it offers, as declared.
    """

    family: str
    module: str
    folder: Path
    metrics: tuple[Metric, ...]
    hook: Callable[[], Iterable[object]] = tuple
    charts: tuple[Chart, ...] = ()

    @property
    def case_files(self) -> tuple[Path, ...]:
        """`cases/<family>*.toml` of its package or one above, without those of a family with a longer name."""
        neighbours = [name for name in families() if name.startswith(self.family) and name != self.family]
        found = [
            path
            for folder in (self.folder, *_packages_above(self.folder))
            for path in sorted((folder / "cases").glob(f"{self.family}*.toml"))
        ]
        return tuple(path for path in found if not path.stem.startswith(tuple(neighbours)))

    @property
    def sources(self) -> list[Path]:
        """Its Python files: those of its package, or its one module."""
        module = import_module(self.module)
        if not (self.folder / "__init__.py").exists():
            return [Path(str(module.__file__))]
        return sorted(self.folder.rglob("*.py"))


def _packages_above(folder: Path) -> list[Path]:
    """The packages that hold this one, nearest first."""
    return [
        parent
        for number, parent in enumerate(folder.parents)
        if all((each / "__init__.py").exists() for each in (folder, *folder.parents[: number + 1]))
    ]


def families() -> tuple[str, ...]:
    """The families of every installed pack, sorted."""
    return tuple(sorted({point.name for point in entry_points(group=ENTRY_POINT_GROUP)}))


@cache
def pack(family: str) -> InstalledPack:
    """The installed pack of that family.

    Raises:
        NoSuchPack: none is installed, or it can't be loaded.
    """
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name == family:
            return _loaded(point)
    raise NoSuchPack(
        f'no pack "{family}" is installed; install it with "pip install -e ." in its folder.'
        f"{did_you_mean(family, families())}"
    )


@cache
def installed_metrics() -> tuple[Metric, ...]:
    """Every metric of every installed pack that loads, for references from one pack to another."""
    found: list[Metric] = []
    for family in families():
        try:
            found.extend(pack(family).metrics)
        except NoSuchPack:
            continue  # a neighbour that can't be loaded is no fault of the pack under test
    return tuple(found)


def asked_again(of: InstalledPack) -> tuple[Metric, ...]:
    """What the pack's hook gives when it is called anew."""
    return tuple(cast("Iterable[Metric]", of.hook()))


def author_command(name: str) -> str:
    """How an author calls `new` or `check` here: by the platform's command line, or the SDK's where it stands alone."""
    try:
        distribution("tallymark")
    except PackageNotFoundError:
        return f"python -m tallymark_sdk {name}"
    return f"tallymark metrics {name}"


def _place(error: BaseException, point: EntryPoint) -> str:
    """The last line of the pack's own that the error came through, as " (file, line 3)"; a SyntaxError says its own."""
    top = point.module.partition(".")[0]
    own = [
        f" ({frame.f_code.co_filename}, line {line})"
        for frame, line in walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] == top
    ]
    return own[-1] if own else ""


def _hint(error: BaseException, point: EntryPoint) -> str:
    """What to do about a module that isn't there."""
    if not isinstance(error, ModuleNotFoundError) or error.name is None:
        return ""
    if point.module == error.name or point.module.startswith(f"{error.name}."):
        return '; name the module that is there in the entry point, or install the pack again with "pip install -e ."'
    return "; mend the name, or add its distribution to the dependencies in pyproject.toml and install the pack again"


def _loaded(point: EntryPoint) -> InstalledPack:
    if point.dist is not None and (reason := unmet(point.dist)) is not None:
        raise NoSuchPack(f"{point.dist.name} can't be used here: {reason}")
    try:
        module = import_module(point.module)
        hook = _hook(point)
        declared = tuple(hook())
        charts = tuple(getattr(module, CHARTS, tuple)())
    except NoSuchPack:
        raise
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {error}{_place(error, point)}"
        raise NoSuchPack(f"{point.value} can't be loaded: {what}{_hint(error, point)}") from error
    if not hasattr(hook, f"{PROJECT}_impl"):
        raise NoSuchPack(
            f"{point.value}: mark tallymark_metrics() with @hookimpl, or the platform won't ask it"
        )
    for metric in declared:
        if not isinstance(metric, Metric):
            raise NoSuchPack(f"{point.value}: tallymark_metrics() gave {type(metric).__name__}, not a Metric")
    own = {metric.key: metric for metric in cast("tuple[Metric, ...]", declared)}
    for chart in charts:
        if reason := problem(chart, point.name) or _unknown(chart, point.name, own):
            raise NoSuchPack(f"{point.value}: {reason}")
    if charts and not hasattr(getattr(module, CHARTS), f"{PROJECT}_impl"):
        raise NoSuchPack(f"{point.value}: mark {CHARTS}() with @hookimpl, or the platform won't ask it")
    if module.__file__ is None:
        raise NoSuchPack(f"{point.value} is a folder without __init__.py, so it holds no metrics")
    return InstalledPack(
        family=point.name,
        module=point.module,
        folder=Path(module.__file__).parent,
        metrics=cast("tuple[Metric, ...]", declared),
        hook=hook,
        charts=charts,
    )


def _unknown(chart: Chart, family: str, own: Mapping[str, Metric]) -> str | None:
    """What a chart speaks of that the pack doesn't have; what another pack has can't be told here."""
    for key in chart.metrics:
        if key.startswith(f"{family}.") and key not in own:
            return f'{chart.key} shows "{key}", which isn\'t there.{did_you_mean(key, own)}'
        if chart.by and key in own and chart.by not in own[key].by:
            return f'{chart.key} shows {key} by "{chart.by}", which it doesn\'t offer'
    return None


def _hook(point: EntryPoint) -> Callable[[], Iterable[object]]:
    named = point.load()
    if not hasattr(named, HOOK):
        near = get_close_matches(HOOK, vars(named), n=1)
        todo = f'rename "{near[0]}"' if near else "define it and mark it with @hookimpl"
        raise NoSuchPack(f"{point.value} has no {HOOK}(); {todo}")
    return cast("Callable[[], Iterable[object]]", getattr(named, HOOK))
