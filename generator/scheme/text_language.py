"""The language of texts: Jinja2 in a sandbox, where an undefined name is an error and nothing is escaped.

Slow to load: `text_template` does so for a text that is read for the first time, or that no program puts together.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.problem import nearest
from generator.scheme import text_filters
from generator.scheme.text_program import COMPARISONS, Program, prepared


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
    undefined=jinja2.StrictUndefined, autoescape=False, finalize=text_filters.shown, keep_trailing_newline=True
)
_environment.globals.clear()
FILTERS: dict[str, Any] = {**text_filters.FILTERS, "join": _environment.filters["join"]}  # with attribute=…
_environment.filters = FILTERS
_SPECIAL = frozenset(("loop", "self", "super", "caller", "varargs", "kwargs"))  # names that mean something to Jinja


def read(source: str) -> tuple[tuple[str, ...], str, Program | None]:
    """The dotted names that a text reads, as far as they are literal; what it says by itself; its program, None where
    it needs Jinja. Raises ValueError (Japanese) for a syntax error or an unknown filter.
    """
    try:
        tree = _environment.parse(source)
        _known(tree)
    except jinja2.TemplateError as error:
        raise ValueError(f"文の書き方が正しくありません（{error.message}）") from error
    words = "".join(node.data for node in tree.find_all(nodes.TemplateData))
    return _paths(tree), words, _program(tree)


def render(source: str, context: dict[str, Any]) -> str:
    """The text with the values of the context. Raises ValueError (Japanese) where a name or operation fails."""
    try:
        template = _compiled(source)
        # as its `render` does, but without copying the context, which no text can change
        return "".join(template.root_render_func(template.new_context(context, shared=True)))
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ValueError(f"文の「{source[:40]}」を組み立てられません（{error}）") from error


@lru_cache(maxsize=4096)
def _compiled(source: str) -> jinja2.Template:
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
    paths: list[str] = []
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
            paths.append(".".join([at.name, *reversed(parts)]))
    return tuple(dict.fromkeys(paths))


class _OtherError(Exception):
    """A text has something in it that programs have not."""


def _program(tree: nodes.Template) -> Program | None:
    try:
        return _statements(tree.body, outermost=True)
    except _OtherError:
        return None


def _statements(body: list[nodes.Node], outermost: bool = False) -> Program:
    return tuple(statement for node in body for statement in _statement(node, outermost))


def _statement(node: nodes.Node, outermost: bool) -> list[Program]:
    match node:
        case nodes.Output():
            return [
                ("words", n.data) if isinstance(n, nodes.TemplateData) else ("value", _expression(n))
                for n in node.nodes
            ]
        case nodes.If():
            branches = [(_expression(part.test), _statements(part.body)) for part in (node, *node.elif_)]
            return [("if", *branches, (("constant", True), _statements(node.else_)))]
        case nodes.For(target=nodes.Name(name=name), else_=[], test=None, recursive=False) if name not in _SPECIAL:
            return [("for", name, _expression(node.iter), _statements(node.body))]
        case nodes.Assign(target=nodes.Name(name=name)) if outermost and name not in _SPECIAL:
            return [("set", name, _expression(node.node))]
    raise _OtherError


def _expression(node: nodes.Node | None) -> Program:
    match node:
        case nodes.Const():
            return ("constant", node.value)
        case nodes.Name() if node.name not in _SPECIAL:
            return ("path", node.name)
        case nodes.Getattr():
            of = _expression(node.node)
            if of[0] == "path":
                return (*of, node.attr)
        case nodes.Getitem():
            item = ("item", _expression(node.node), _expression(node.arg))
            if next(node.find_all(nodes.Name), None) is None and prepared((("value", item),))({}) is None:
                raise _OtherError  # Jinja looks it up when it reads the text, and may fail though it is never reached
            return item
        case nodes.Filter(kwargs=[], dyn_args=None, dyn_kwargs=None) if node.name in text_filters.FILTERS:
            return ("filter", node.name, _expression(node.node), *map(_expression, node.args))
        case nodes.List():
            return ("list", *map(_expression, node.items))
        case nodes.CondExpr():
            return ("choice", _expression(node.test), _expression(node.expr1), _expression(node.expr2))
        case nodes.Compare(ops=[nodes.Operand(op=sign, expr=right)]) if sign in COMPARISONS:
            return ("compare", sign, _expression(node.expr), _expression(right))
        case nodes.BinExpr() if node.operator in ("and", "or"):
            return (node.operator, _expression(node.left), _expression(node.right))
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Mod():
            return ("compute", type(node).__name__.lower(), _expression(node.left), _expression(node.right))
        case nodes.Not():
            return ("not", _expression(node.node))
    raise _OtherError
