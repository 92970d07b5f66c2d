"""The syntax of formulas: Excel's text into a small tree, and what is refused.

What Excel knows beyond it (ranges, arrays, links, errors, exponents) is refused, so that a formula means the same
in a workbook.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from generator.formula.errors import FormulaSyntaxError
from generator.formula.functions import FUNCTIONS

LONGEST, DEEPEST = 8192, 64  # Excel's limits for characters and nesting
LEVELS = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4}
_CONDITIONS = frozenset({"AND", "OR", "NOT", "ISBLANK", "ISNUMBER"})  # functions that give TRUE or FALSE

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", re.ASCII)
_STRING = re.compile(r'"[^"]*"')
_CELL = re.compile(r"\$?[A-Z]{1,3}\$?[0-9]+|R[0-9]*(C[0-9]*)?|C[0-9]*")
# Outside of strings these begin arrays, links, tables, errors, other sheets, unions or intersections.
_REFUSED = re.compile(r"[^\S \n]|[\[\]{}'#!@;\\^\x00-\x09\x0b-\x1f]")

_WORD = r"""[^ \n"(),;+\-*/^&=<>%]"""
_LEXEME = re.compile(
    rf"""(?P<space>[ \n]+)
      | (?P<call>{_WORD}++\()
      | (?P<operand>"(?:[^"]|"")*+" | [1-9](?:\.[0-9]+)?[Ee][+-]{_WORD}* | {_WORD}++(?!"))
      | (?P<infix><>|<=|>=|[+\-*/&=<>])
      | (?P<postfix>%)
      | (?P<open>\()
      | (?P<close>\))
      | (?P<comma>,)""",
    re.VERBOSE,
)
_ENDS = frozenset(("operand", "postfix", "close"))  # after these a sign is an operator between two values
_UNPAIRED = "式の括弧か引用符の組が合っていません"


class _Token(NamedTuple):
    kind: str  # operand, prefix, infix, postfix, call, open, close, comma
    value: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text or truth value that is written out in the formula."""

    value: int | Fraction | str | bool


@dataclass(frozen=True, slots=True)
class Name:
    """A name whose value comes from outside."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """The operand with a minus before it."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Percent:
    """The operand with % behind it: a hundredth of it."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one precedence, applied from the left. Flat, so that a sum of a
    thousand terms does not nest a thousand deep."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function, in capital letters, and its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node = Constant | Name | Negative | Percent | Chain | Call


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula. ``names`` are each name once, in order of appearance."""

    text: str
    names: tuple[str, ...]
    root: Node


def parse(text: str) -> Formula:
    """The formula written in ``text``, which begins with '='. Raises FormulaSyntaxError."""
    if not text.startswith("="):
        raise FormulaSyntaxError("式は = で始めてください", code="formula.no-equals-sign")
    if len(text) > LONGEST:
        raise FormulaSyntaxError(f"式が長すぎます（{LONGEST}字まで）", code="formula.too-long")
    root = _Parser(_tokens(text)).whole()
    names = (node.name for node in walk(root) if isinstance(node, Name))
    return Formula(text, tuple(dict.fromkeys(names)), root)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in order of appearance."""
    yield node
    for part in parts(node):
        yield from walk(part)


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes directly below this one."""
    match node:
        case Negative(operand) | Percent(operand):
            return (operand,)
        case Chain(first, rest):
            return (first, *(operand for _, operand in rest))
        case Call(_, arguments):
            return arguments
    return ()


def is_condition(node: Node, flag: Callable[[str], bool]) -> bool:
    """Whether the node is TRUE or FALSE whatever its names hold; ``flag`` tells which names are."""
    match node:
        case Constant(value):
            return isinstance(value, bool)
        case Name(name):
            return flag(name)
        case Chain(_, rest):
            return LEVELS[rest[0][0]] == 1
        case Call("IF", (_, *branches)):
            return all(is_condition(branch, flag) for branch in branches)
        case Call(function, _):
            return function in _CONDITIONS
    return False


def _tokens(text: str) -> list[_Token]:
    refused = _REFUSED.search(_STRING.sub('""', text))
    if refused:
        character = refused.group()
        shown = f"「{character}」" if character.isprintable() else f"U+{ord(character):04X}"
        raise FormulaSyntaxError(f"式に使えない文字があります: {shown}", code="formula.character")
    tokens: list[_Token] = []
    inside: list[str] = []  # what each open parenthesis belongs to
    at = 1
    while at < len(text):
        lexeme = _LEXEME.match(text, at)
        if lexeme is None or lexeme.lastgroup is None:
            raise FormulaSyntaxError(_UNPAIRED, code="formula.unpaired")
        kind, at = lexeme.lastgroup, lexeme.end()
        if kind == "space":
            continue
        if kind == "infix" and lexeme[0] in "+-" and (not tokens or tokens[-1].kind not in _ENDS):
            kind = "prefix"
        elif kind in ("open", "call"):
            inside.append(kind)
        elif kind == "close":
            if not inside:
                raise FormulaSyntaxError(_UNPAIRED, code="formula.unpaired")
            inside.pop()
        elif kind == "comma" and inside[-1:] != ["call"]:
            kind = "infix"  # Excel's union of ranges
        tokens.append(_Token(kind, lexeme[0]))
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def whole(self) -> Node:
        node = self.expression(0, 1)
        if self.at < len(self.tokens):
            raise FormulaSyntaxError(
                f"「{self.tokens[self.at].value}」の前に演算子がありません", code="formula.no-operator"
            )
        return node

    def next(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def level(self) -> int:
        token = self.next()
        if token is None or token.kind != "infix":
            return 0
        if token.value not in LEVELS:
            raise FormulaSyntaxError(f"演算子「{token.value}」は使えません", code="formula.operator")
        return LEVELS[token.value]

    def expression(self, least: int, depth: int) -> Node:
        """Operands joined by operators of at least this level, above 0."""
        if depth > DEEPEST:
            raise FormulaSyntaxError(f"式の入れ子が深すぎます（{DEEPEST}段まで）", code="formula.too-deep")
        node = self.prefixed(depth)
        while (level := self.level()) and level >= least:
            rest = []
            while self.level() == level:
                operator = self.tokens[self.at].value
                self.at += 1
                rest.append((operator, self.expression(level + 1, depth + 1)))
            node = Chain(node, tuple(rest))
        return node

    def prefixed(self, depth: int) -> Node:
        signs = 0
        while (token := self.next()) and token.kind == "prefix":
            signs += token.value == "-"
            self.at += 1
        node = self.operand(depth)
        if depth + signs > DEEPEST:
            raise FormulaSyntaxError(f"式の入れ子が深すぎます（{DEEPEST}段まで）", code="formula.too-deep")
        for _ in range(signs):
            node = Negative(node)
        if (token := self.next()) and token.kind == "postfix":  # binds looser than the sign, as in Excel
            self.at += 1
            node = Percent(node)
            if (token := self.next()) and token.kind == "postfix":
                raise FormulaSyntaxError("「%」が重なっています", code="formula.double-percent")
        return node

    def operand(self, depth: int) -> Node:
        token = self.next()
        if token is None:
            raise FormulaSyntaxError("式が途中で終わっています", code="formula.unfinished")
        self.at += 1
        if token.kind == "operand":
            return _operand(token.value)
        if token.kind == "open":
            node = self.expression(0, depth + 1)
            self.close()
            return node
        if token.kind == "call":
            return _call(token.value[:-1], tuple(self.arguments(depth + 1)))
        raise FormulaSyntaxError(f"「{token.value}」の前に値がありません", code="formula.no-value")

    def arguments(self, depth: int) -> Iterator[Node]:
        token = self.next()
        while token is None or token.kind != "close":
            yield self.expression(0, depth)
            token = self.next()
            if token is not None and token.kind == "comma":
                self.at += 1
                token = None  # after a comma an argument must follow
            elif token is None or token.kind != "close":
                break
        self.close()

    def close(self) -> None:
        token = self.next()
        if token is None or token.kind != "close":
            raise FormulaSyntaxError(
                "「)」が足りません" if token is None else f"「{token.value}」の前に演算子がありません",
                code="formula.unclosed",
            )
        self.at += 1


def _call(written: str, arguments: tuple[Node, ...]) -> Call:
    name = written.upper()
    function = FUNCTIONS.get(name)
    if function is None:
        raise FormulaSyntaxError(
            f"関数「{written}」は使えません（使える関数: {', '.join(FUNCTIONS)}）", code="formula.unknown-function"
        )
    if not function.least <= len(arguments) <= function.most:
        span = f"{function.least}" if function.least == function.most else f"{function.least}から{function.most}"
        raise FormulaSyntaxError(
            f"関数{name}の引数は{span}個です（{len(arguments)}個あります）", code="formula.arguments"
        )
    for index, argument in enumerate(arguments):
        # Excel wants a range here; only a name can be one.
        if index in function.ranges and not isinstance(argument, Name):
            raise FormulaSyntaxError(
                f"関数{name}の{index + 1}番目の引数は一覧の列の名前にしてください", code="formula.column-expected"
            )
    return Call(name, arguments)


def _operand(text: str) -> Node:
    if text.startswith('"'):
        return Constant(text[1:-1].replace('""', '"'))
    if text.upper() in ("TRUE", "FALSE"):
        return Constant(text.upper() == "TRUE")
    if _NUMBER.fullmatch(text):
        if len(text.replace(".", "").lstrip("0")) > 15:  # a double holds no more
            raise FormulaSyntaxError(f"数「{text}」の桁が多すぎます（15桁まで）", code="formula.too-many-digits")
        number = Fraction(text)
        return Constant(int(number) if number.denominator == 1 else number)
    if text[0] in "0123456789.":
        raise FormulaSyntaxError(f"「{text}」は数として読めません", code="formula.no-number")
    return Name(_checked(text))


def _checked(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).upper()  # Excel takes Ａ１ for A1
    segments = plain.split(".")
    if ":" in plain or "$" in plain or any(_CELL.fullmatch(segment) for segment in segments):
        raise FormulaSyntaxError(
            f"「{name}」はセル番地と紛れるため、名前として使えません", code="formula.name-like-address"
        )
    if plain in ("TRUE", "FALSE") or not all(part.isidentifier() for part in name.split(".")):
        raise FormulaSyntaxError(
            f"「{name}」は名前として使えません（記号や空白は半角で書いてください）", code="formula.name"
        )
    return name
