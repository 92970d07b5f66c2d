"""Texts of a layout: Jinja2 in a sandbox, where an undefined name is an error and nothing is escaped."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.formula.functions import decimal_text
from generator.japan import wareki, yen
from generator.problem import nearest

NUMBER = "順番"  # what the texts of a row call its number
_NUMBERED = (NUMBER,)
_NAME = re.compile(r"\{\{ *([^\W\d_]\w*(?:\.[^\W\d_]\w*)*) *\}\}")
_LONGEST = 200_000  # characters a text may grow to

_KATAKANA = {c: c + 0x60 for c in range(0x3041, 0x3097)} | {0x309D: 0x30FD, 0x309E: 0x30FE}


def _era_date(value: datetime.date | None, blank: str = "") -> str:
    return blank if value is None else wareki.format_date(value)


def _amount(value: int | None, blank: str = "") -> str:
    return blank if value is None else yen.format_yen(value)


def _ten_thousands(value: int) -> str:
    """500000 → 50万円; what is no multiple of a 万 is written out (1234500 → 1,234,500円)."""
    return f"{yen.format_yen(value // 10_000)}万円" if value % 10_000 == 0 else f"{yen.format_yen(value)}円"


def _blank(value: object, blank: str = "") -> object:
    return blank if value is None or value == "" else value


def _katakana(value: str | None) -> str:
    return (value or "").translate(_KATAKANA)


def _circled(value: int) -> str:
    """1 → ①, to ㊿; beyond it in parentheses."""
    for first, last, start in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= value <= last:
            return chr(start + value - first)
    return f"({value})"


def _ratio(value: Fraction | int | None) -> str:
    """1/2 → 2分の1, as an ordinance writes it."""
    return "" if value is None else f"{Fraction(value).denominator}分の{Fraction(value).numerator}"


def _percentage(value: Fraction | int | None) -> str:
    """219/2000 → 10.95％; what no decimal can write stays a fraction."""
    if value is None:
        return ""
    try:
        return f"{decimal_text(Fraction(value) * 100)}％"
    except ValueError:
        return _ratio(value)


def _quantity(value: Fraction | int | None) -> str:
    return "" if value is None else yen.format_quantity(Fraction(value))


def _era_letter(value: datetime.date | None) -> str:
    return "" if value is None else wareki.era_letter(value)


def _short_date(value: datetime.date | None) -> str:
    return "" if value is None else f"{wareki.era_year(value)[1]}.{value.month}.{value.day}"


def _finalize(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, datetime.date):
        return wareki.format_date(value)
    return value


class _Environment(ImmutableSandboxedEnvironment):
    """Products of numbers only, no powers: a text cannot be made to grow without end. Nor can it change what it reads,
    which other texts and other cases read as well."""

    intercepted_binops = frozenset(("**", "*"))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An item of the case stands before what a dict has of its own (items, copy)."""
        return obj[attribute] if isinstance(obj, dict) and attribute in obj else super().getattr(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not all(isinstance(v, int | Fraction) for v in (left, right)):
            raise TypeError(f"「{operator}」は文の中で使えません")
        return super().call_binop(context, operator, left, right)


_environment = _Environment(
    undefined=jinja2.StrictUndefined, autoescape=False, finalize=_finalize, keep_trailing_newline=True
)
_environment.globals.clear()
FILTERS: dict[str, Any] = {
    "和暦": _era_date,
    "金額": _amount,
    "万円": _ten_thousands,
    "率": _ratio,
    "百分率": _percentage,
    "数量": _quantity,
    "空欄": _blank,
    "カタカナ": _katakana,
    "丸数字": _circled,
    "元号": _era_letter,
    "年月日": _short_date,
    "join": _environment.filters["join"],
    "length": _environment.filters["length"],
}
_environment.filters = FILTERS


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the layout gives it. ``paths`` are the dotted names it reads, as far as they are literal; ``words``
    what it says by itself, in whatever case."""

    source: str
    paths: tuple[str, ...]
    constant: bool
    words: str
    steps: tuple[str, ...] = ()  # of a text that is the name of one value: what to look up, one in the other

    def render(self, context: dict[str, Any]) -> str:
        """The text with the case's values; raises ValueError (Japanese) where a name or operation fails."""
        if self.constant:
            return self.source
        if self.paths == _NUMBERED and NUMBER in context:
            return _numbered(self.source, context[NUMBER])
        if self.steps:
            at: Any = context
            for step in self.steps:
                at = at.get(step) if isinstance(at, dict) else None
            if isinstance(at, str) and len(at) <= _LONGEST:
                return at
        return self._render(context)

    def _render(self, context: dict[str, Any]) -> str:
        try:
            template = _compiled(self.source)
            # as its `render` does, but without copying the context, which no text can change
            out = "".join(template.root_render_func(template.new_context(context, shared=True)))
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise ValueError(f"文の「{self.source[:40]}」を組み立てられません（{error}）") from error
        if len(out) > _LONGEST:
            raise ValueError(f"文の「{self.source[:40]}」が長くなりすぎます")
        return out


@lru_cache(maxsize=4096)
def _numbered(source: str, number: int) -> str:
    """Of a text that nothing else goes into: the rows of every case have the same ones."""
    return text(source)._render({NUMBER: number})


@lru_cache(maxsize=4096)
def _compiled(source: str) -> jinja2.Template:
    """When it is first used: most commands need few of a scheme's texts."""
    return _environment.from_string(source)


def _known(tree: nodes.Template) -> None:
    """What jinja2 itself would find only when it compiles."""
    for kind, names, called in (
        (nodes.Filter, FILTERS, "フィルター"),
        (nodes.Test, _environment.tests, "is の条件"),
    ):
        for node in tree.find_all(kind):
            if node.name not in names:
                near = nearest(node.name, names)
                hint = f"「{near}」ではありませんか" if near else f"使えるのは {'・'.join(names)} です"
                raise jinja2.TemplateSyntaxError(f"{called}「{node.name}」は使えません。{hint}", node.lineno)


def _paths(tree: nodes.Template) -> tuple[str, ...]:
    local = {n.name for n in tree.find_all(nodes.Name) if n.ctx == "store"}
    inner: set[int] = set()
    found: list[str] = []
    for node in tree.find_all((nodes.Getattr, nodes.Name)):
        if id(node) in inner:
            continue
        parts: list[str] = []
        at: nodes.Node = node
        while isinstance(at, nodes.Getattr):
            parts.append(at.attr)
            at = at.node
            inner.add(id(at))
        if isinstance(at, nodes.Name) and at.name not in local:
            found.append(".".join([at.name, *reversed(parts)]))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def text(source: str) -> Text:
    """Compile a text once; raises ValueError (Japanese) for a syntax error or an unknown filter."""
    if "{{" not in source and "{%" not in source and "{#" not in source:
        return Text(source, (), True, source)
    try:
        tree = _environment.parse(source)
        _known(tree)
        words = "".join(node.data for node in tree.find_all(nodes.TemplateData))
        paths, name = _paths(tree), _NAME.fullmatch(source)
        steps = name[1].split(".") if name and name[1] in paths else ()
        return Text(source, paths, False, words, tuple(steps))
    except jinja2.TemplateError as error:
        raise ValueError(f"文の書き方が正しくありません（{error.message}）") from error


@lru_cache(maxsize=1024)
def condition(source: str) -> Text:
    """A condition (`when`): the text is empty where it does not hold."""
    return text("{% if " + source + " %}1{% endif %}")
