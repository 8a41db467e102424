"""From text to a syntax tree that holds nothing but what a formula may hold.

The text is cut into tokens first. Only numbers, lower-case names and a handful of signs are tokens, so that neither
strings nor brackets, comments, assignments or anything else of Python's reaches Python's parser, which then does
precedence and nesting.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from tallymark_sdk.own.problem import WrongFormula
from tallymark_sdk.own.tokens import WORDS, Kind, Token, check_order

LONGEST: Final = 1000  # characters
MOST_TOKENS: Final = 300
DEEPEST: Final = 40  # levels of the tree, which evaluating it goes down by recursion
WHOLE_DIGITS: Final = 15
DECIMALS: Final = 10

_TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|<>|&&|\|\||[-+*/(),<>=!%^&|])"
)
# As people type them in other languages, or paste them from a page; each stands for one character.
_SPELLINGS = str.maketrans("×·÷∕−–‐٫٬،，（）＋－＊／＜＞＝", "**//---.,,,()+-*/<>=")
_INSTEAD = {
    "=": "==",
    "<>": "!=",
    "!": "not",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
}


@dataclass(frozen=True)
class Tree:
    """A formula's syntax tree, and its text in plain letters; the tree's places are the text's."""

    body: ast.expr
    plain: str

    def text_of(self, node: ast.expr) -> str:
        """What stands for a node in the text."""
        at, length = place(node)
        return self.plain[at : at + length]


def tree(text: str) -> Tree:
    """Read the text's syntax.

    Raises:
        WrongFormula: for anything that is no formula.
    """
    plain = _plain(text)
    found = _tokens(plain)
    check_order(found, len(plain))
    source = list(" " * len(plain))
    for token in found:
        source[token.at : token.at + len(token.text)] = _for_python(token)
    try:
        # Spaces before the formula would be an indent.
        body = ast.parse("(" + "".join(source) + ")", mode="eval").body
    except SyntaxError as error:
        place = min(max(0, (error.offset or 2) - 2), max(0, len(plain) - 1))
        raise WrongFormula("The formula can't be read from here on.", at=place) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise WrongFormula("The formula is nested too deeply; split it into several KPIs.") from error
    _check_depth(body)
    return Tree(body, plain)


def place(node: ast.expr) -> tuple[int, int]:
    """A node's first character and length in the text."""
    return node.col_offset - 1, (node.end_col_offset or node.col_offset + 1) - node.col_offset


def keys_in(text: str) -> dict[str, int]:
    """Every "family.name" in the text → where it first stands; the text need not be a formula."""
    found: dict[str, int] = {}
    for match in _TOKEN.finditer(_plain(text[:LONGEST])):
        if match["name"] and "." in match["name"]:
            found.setdefault(".".join(match["name"].split(".")[:2]), match.start())
    return found


def _plain(text: str) -> str:
    if len(text) > LONGEST:
        raise WrongFormula(
            "A formula has at most {most} characters; split it into several KPIs.", at=LONGEST, most=LONGEST
        )
    return "".join(_letter(letter) for letter in text)


def _letter(letter: str) -> str:
    if letter.isspace():
        return " "
    if not letter.isascii() and letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return letter.lower() if letter.isascii() else letter.translate(_SPELLINGS)


def _tokens(plain: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(plain):
        if plain[at] == " ":
            at += 1
            continue
        match = _TOKEN.match(plain, at)
        if match is None:
            raise WrongFormula('"{what}" has no meaning in a formula.', at=at, what=plain[at])
        kind: Kind = "number" if match["number"] else "name" if match["name"] else "sign"
        found.append(Token(kind, match[0], at))
        _check_token(found[-1], plain[match.end() : match.end() + 1])
        at = match.end()
        if len(found) > MOST_TOKENS:
            raise found[-1].wrong("The formula is too long; split it into several KPIs.")
    return found


def _check_token(token: Token, following: str) -> None:
    if token.kind == "number":
        whole, _, fraction = token.text.partition(".")
        if following.isalnum() or following in {"_", "."}:
            raise token.wrong("Write a number as 1000 or 0.25, without letters or a second point.")
        if len(whole) > 1 and whole.startswith("0"):
            raise token.wrong("A number doesn't begin with 0; write 1000, not 1,000.")
        if len(whole) > WHOLE_DIGITS or len(fraction) > DECIMALS:
            raise token.wrong("A number has at most 15 digits before the point and 10 after it.")
    elif token.kind == "name" and following == ".":
        raise token.wrong("A metric is written as its key, family.name, such as revenue.bookings.")
    elif token.text == "%":
        raise token.wrong("There is no percent sign in formulas; write 0.05 for 5 %.")
    elif token.text in {"**", "^", "//"}:
        raise token.wrong('There is no operator "{what}"; there are + - * and /.')
    elif token.text in _INSTEAD:
        raise token.wrong('"{what}" isn\'t used in formulas.', _INSTEAD[token.text])


def _for_python(token: Token) -> str:
    """The token as Python's parser takes it: words that are Python's own, such as `if`, in capitals."""
    if token.kind != "name" or token.text in WORDS:
        return token.text
    return ".".join(part.upper() if keyword.iskeyword(part) else part for part in token.text.split("."))


def _check_depth(body: ast.expr) -> None:
    level: list[ast.AST] = [body]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            at, length = place(body)
            raise WrongFormula(
                "The formula is nested too deeply; split it into several KPIs.", at=at, length=length
            )
        level = [
            child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
        ]
