"""The sentences of errors that people read: found where they are raised, so that they are written there once.

An error's text is English, also where it is stored. A page recognises it by the catalogue (`tallymark.i18n.said`), so
`raise KpiSetRefused(f"The KPI set doesn't have {key}.")` gives the text "The KPI set doesn't have %(key)s.".
"""

import ast
import re
from collections.abc import Iterator

ERRORS = frozenset(
    [
        "AccountError",
        "BadCredentials",
        "MemberUnknown",
        "PasswordTooWeak",
        "SettingRejected",
        "ValueRejected",
        "KpiSetRefused",
        "OwnKpiRefused",
        "OwnKpiUnknown",
        "InvalidParameter",
        "ScorecardRefused",
        "WrongFormula",
        "WrongKpi",
        "_wrong",
        "wrong",
        "CalendarError",
        "TargetError",
        "TargetRefused",
        "ThresholdsRefused",
        "RuleRefused",
        "UnknownDimension",
        "UnknownMetric",
        "CompositionError",
        "ScopeError",
        "RuleError",
        "Ambiguous",
        "BadValue",
        "ImportFailed",
        "MappingError",
        "UnreadableFile",
        "UploadMissing",
        "UploadRefused",
        "NoBridge",
        "_NotLinear",
        "NoCell",
        "NoExplanation",
        "GiveUp",
        "LeaseLost",
        "Retry",
        "RunTaken",
        "TimeLimitReached",
        "EngineError",
        "LakeError",
        "AssetRefused",
        "DocumentTooLarge",
        "RenderCrashed",
        "RenderOutOfMemory",
        "RenderTimedOut",
        "TooManyPages",
    ]
)
"""Errors whose text reaches a page, an answer of the interface or a document, besides all `…Refused` and `…Rejected`."""

SAYING = frozenset({"progress"})
"""Functions whose text is stored and read later."""

NAMED = frozenset({"sentence", "proof", "question", "reason", "detail", "message"})
"""Names that hold such texts, as variables and as arguments."""

_HELPERS = frozenset(
    {"str", "len", "strip", "join", "replace", "min", "max", "sorted", "split", "upper", "lower"}
)
_IDENTIFIER = re.compile(r"[a-z_]\w*", re.IGNORECASE)


def sentences(source: str) -> Iterator[str]:
    """The texts of errors raised in a module, and of what its classes say when nothing else is said."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _speaks(_name(node.func)):
            for each in node.args:
                yield from filter(None, map(_text, _choices(each)))
        if isinstance(node, ast.Assign) and {_name(each) for each in node.targets} & NAMED:
            yield from filter(None, map(_text, _choices(node.value)))
        if isinstance(node, ast.keyword) and node.arg in NAMED:
            yield from filter(None, map(_text, _choices(node.value)))


def _speaks(name: str) -> bool:
    return name in ERRORS | SAYING or name.endswith(("Refused", "Rejected"))


def _choices(node: ast.expr) -> list[ast.expr]:
    return [node.body, *_choices(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr) -> str:
    """A literal with named places for its values; "" for anything that is no sentence."""
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
    elif isinstance(node, ast.JoinedStr):
        text = ""
        named: dict[str, str] = {}
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value).replace("%", "%%")
            elif isinstance(part, ast.FormattedValue):
                text += f"%({_place(part.value, named)})s"
    else:
        return ""
    return text if " " in text.strip() else ""


def _place(value: ast.expr, named: dict[str, str]) -> str:
    """What a value is called: the last name in its expression, numbered where two differ."""
    written = ast.unparse(value)
    found = [each for each in _IDENTIFIER.findall(re.sub(r"'[^']*'", "", written)) if len(each) > 1]
    found = [each for each in found if each not in _HELPERS] or found
    name = (found[-1] if found else "value").strip("_").lower()
    wanted, number = name, 2
    while named.get(wanted, written) != written:
        wanted, number = f"{name}_{number}", number + 1
    named[wanted] = written
    return wanted
