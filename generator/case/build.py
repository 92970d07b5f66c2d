"""A case file read against its scheme: typed values with their places, or every Problem at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from generator.case import prompts, schema_messages
from generator.case.model import INVALID, Case, usable_number
from generator.case.violations import heading, violations
from generator.japan import characters, wareki, yen
from generator.problem import Position, Problem, UnreadableError, in_order, nearest
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.scheme.schema import Item
from generator.source import diagnostics, read
from generator.source.nodes import Mapping, Node, Scalar, Sequence, Source
from generator.values import OtherKindError

_YES_NO = {"true": True, "はい": True, "false": False, "いいえ": False}
_INTEGER = re.compile("[+-]?[0-9０-９]{1,9}")  # a longer one is slow to read, and int() complains in English
_THOUSANDS = re.compile("[0-9]{3}円?")  # what {単価: 1,230} leaves behind


# For each character of a text that cannot be printed: its index (code points), the character with what is combined with
# it, and what to do about it.
Unprintable = Callable[[str], Iterable[tuple[int, str, str]]]


def load_case(path: Path, schemes: Schemes, unprintable: Unprintable | None = None) -> tuple[Case, tuple[Problem, ...]]:
    """`build_case` of a file. Raises UnreadableError also for a file that cannot be read or is no YAML."""
    return build_case(read.read(path), schemes, unprintable)


def build_case(
    source: Source, schemes: Schemes, unprintable: Unprintable | None = None
) -> tuple[Case, tuple[Problem, ...]]:
    """A case and everything wrong with its contents, in the order of the file.

    A missing or unreadable value is INVALID in the case; an unusable 案件番号 is ''. ``unprintable`` finds the
    characters that no font has; without it they are not looked for. Raises UnreadableError where there is no case to
    speak of, because its scheme is unknown, and SchemeError where the scheme is at fault.
    """
    scheme = _scheme(source, schemes)
    reader = _CaseReader(scheme, source, unprintable or (lambda text: ()))
    value, instance = reader.node(source.root, scheme.schema.root, "")
    number = reader.number(value)
    case = Case(scheme, number, value, reader.positions, source, frozenset(reader.private_lines))
    problems = [
        replace(p, private=True) if p.position and p.position.line in case.private_lines else p
        for p in (*reader.problems, *violations(case, instance, reader.failed))
    ]
    return case, tuple(in_order(problems))


def _scheme(source: Source, schemes: Schemes) -> Scheme:
    entry = source.root.entries.get("制度")
    if entry is None:
        names = "・".join(schemes.folders)
        hint = f"一行目に「制度: 」と制度の名前（{names}）を書いてください"
        at = replace(source.root.position, excerpt="")
        raise UnreadableError([Problem("「制度」がありません", at, hint=hint, code="case.no-scheme")])
    name = entry[1]
    if not isinstance(name, Scalar):
        hint = f"「制度: {'・'.join(schemes.folders)}」のように書いてください"
        message = "「制度」には制度の名前を書いてください"
        raise UnreadableError([Problem(message, name.position, hint=hint, code="case.no-scheme")])
    try:
        return schemes.get(name.text)
    except KeyError:
        raise schemes.unknown(name.text, name.position) from None


@dataclass
class _CaseReader:
    """Walks the nodes along the schema; gives the typed value and the instance for the JSON Schema validator."""

    scheme: Scheme
    source: Source
    unprintable: Unprintable
    problems: list[Problem] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    private_lines: set[int] = field(default_factory=set)

    def blame(self, path: str, item: Item, position: Position, message: str, hint: str, code: str) -> None:
        """Note that the value at ``path`` cannot be used."""
        self.failed.add(path)
        label = self.scheme.item_label(path) if path else ""
        private = _personal(item)
        self.problems.append(Problem(message, position, label, hint, item.basis, private=private, code=code))

    def node(self, node: Node, item: Item, path: str) -> tuple[Any, Any]:
        if item.kind == "object":
            return self.mapping(node, item, path)
        if item.kind == "list":
            return self.sequence(node, item, path)
        if not isinstance(node, Scalar):
            hint = f"「{item.key}: 」の同じ行に値だけを書いてください"
            self.blame(path, item, node.position, "ここには一つの値を書いてください", hint, code="case.not-a-value")
            return INVALID, None
        if item.personal:
            self.private_lines.add(node.position.line)
        return self.scalar(node, item, path)

    def mapping(self, node: Node, item: Item, path: str) -> tuple[Any, Any]:
        if not isinstance(node, Mapping):
            keys = "・".join(list(item.properties)[:4])
            message = "ここには「項目: 値」の並びを書いてください"
            self.blame(path, item, node.position, message, f"項目は {keys} などです", code="case.not-items")
            return INVALID, None
        value: dict[str, Any] = {}
        instance: dict[str, Any] = {}
        for key, (key_node, child) in node.entries.items():
            name = item.aliases.get(key, key) if item.aliases else key
            below = item.properties.get(name)
            if below is None:
                self.unknown(key, key_node, child, item, path)
                continue
            name = below.key  # the one text that all cases share
            inner = f"{path}.{name}" if path else name
            if inner in self.positions:
                message = f"「{key}」は「{name}」と同じ項目で、二度書かれています"
                self.blame(inner, below, key_node.position, message, "どちらか一方を消してください", code="case.twice")
                value[name] = INVALID
                continue
            if not isinstance(child, Scalar):
                self.positions[inner] = key_node.position
            elif child.plain and child.empty and not (child.cut and _is_text(below)):
                self.positions[inner] = key_node.position
                if not path and below.kind in ("object", "list"):
                    message = f"「{key}」に何も書かれていません"
                    hint = f"下に書き足すか、「{key}:」の行を消してください"
                    self.blame(inner, below, key_node.position, message, hint, code="case.empty-section")
                    value[name] = INVALID
                continue
            else:
                self.positions[inner] = child.position
            value[name], instance[name] = self.node(child, below, inner)
        for name in item.required:
            value.setdefault(name, INVALID)
        return value, instance

    def unknown(self, key: str, node: Scalar, child: Node, item: Item, path: str) -> None:
        """A key that the schema does not have; the one it was meant for is not missed a second time."""
        near = nearest(key, item.properties)
        hint = f"「{near}」ではありませんか" if near else f"ここに書ける項目は {'・'.join(item.properties)} です"
        valueless = isinstance(child, Scalar) and child.empty
        if valueless and _THOUSANDS.fullmatch(key):
            hint = '「,」のある金額は引用符（"）で囲んでください（例 "1,230"）'
        if near:
            self.failed.add(f"{path}.{near}" if path else near)
        message = f"「{key[:30]}」という項目はありません"
        if not near and valueless and any(below.personal for below in item.properties.values()):
            message = "この名前の項目はありません"  # a stray name or address, torn off its key
        label = self.scheme.item_label(path) if path else ""
        at = replace(node.position, excerpt="") if valueless else heading(node.position)
        self.problems.append(
            Problem(message, at or node.position, label, hint, private=at is None, code="case.unknown-key")
        )

    def sequence(self, node: Node, item: Item, path: str) -> tuple[Any, Any]:
        assert item.items is not None
        if not isinstance(node, Sequence):
            hint = "一件ごとに、始めの行の頭に「- 」を付けてください"
            self.blame(
                path, item, node.position, "ここには「- 」で始まる行を並べてください", hint, code="case.not-a-list"
            )
            return INVALID, None
        values: list[Any] = []
        instances: list[Any] = []
        for index, child in enumerate(node.items):
            inner = f"{path}[{index}]"
            self.positions[inner] = child.position
            if isinstance(child, Scalar) and child.empty:
                hint = "行を消すか、値を書いてください"
                self.blame(inner, item, child.position, "何も書かれていません", hint, code="case.empty")
                values.append(INVALID)
                instances.append(None)
                continue
            value, instance = self.node(child, item.items, inner)
            values.append(value)
            instances.append(instance)
        return values, instances

    def scalar(self, node: Scalar, item: Item, path: str) -> tuple[Any, Any]:
        text = node.text.removesuffix("\n") if item.kind == "文章" or not node.plain else node.text
        try:
            match item.kind:
                case "円":
                    return yen.parse_yen(text), text
                case "数量":
                    return yen.parse_quantity(text), text
                case "日付":
                    return wareki.parse_date(text), text
                case "整数":
                    number = int(text) if _INTEGER.fullmatch(text) else _other_kind()
                    return number, number
                case "真偽":
                    answer = _YES_NO[text] if text in _YES_NO else _other_kind()
                    return answer, answer
        except ValueError as error:
            shown = "この値" if item.personal else f"「{text[:30]}」"
            message = f"{shown}は{schema_messages.NAMES[item.kind]}として読めません"
            if item.kind == "真偽":
                message = f"{shown}は「はい」でも「いいえ」でもありません"
            elif not isinstance(error, OtherKindError):
                message = f"{message}。{error}"
            self.blame(path, item, node.position, message, prompts.prompt(item.kind), code="case.not-of-its-kind")
            return INVALID, None
        return self.text(node, text, item, path), text

    def text(self, node: Scalar, text: str, item: Item, path: str) -> Any:
        if node.cut:
            self.blame(path, item, node.cut, diagnostics.CUT.message, diagnostics.CUT.hint, code="case.cut-by-comment")
            return INVALID
        if "\n" in text and item.kind != "文章":
            self.blame(
                path, item, node.position, "一行で書いてください", "改行を取り除いてください", code="case.several-lines"
            )
        if item.limit is not None and (over := characters.count(text) - item.limit) > 0:
            message = f"{item.limit}字以内のところ、{over}字超えています（{item.limit + over}字）"
            hint = "文を短くしてください（改行は字数に数えません）"
            self.blame(path, item, node.position, message, hint, code="case.too-long")
        for index, cluster, hint in self.unprintable(text):
            points = " ".join(f"U+{ord(c):04X}" for c in cluster)
            at = self.source.place_of(node, text, index, cluster)
            if item.personal and at.line != node.position.line:
                at = replace(at, excerpt="")
            message = f"{index + 1}文字目の文字（{points}）は印刷できる書体がありません"
            self.blame(path, item, at, message, hint, code="case.no-glyph")
        return text

    def number(self, value: dict[str, Any]) -> str:
        """The 案件番号, or '' after a Problem that tells why there is none."""
        if "案件番号" in self.failed:
            return ""
        number = value.get("案件番号", INVALID)
        if not isinstance(number, str):
            at = self.positions.get("案件番号") or replace(self.source.root.position, excerpt="")
            hint = "二行目に「案件番号: R5-001」のように書いてください"
            self.problems.append(Problem("「案件番号」がありません", at, hint=hint, code="case.no-number"))
        elif not usable_number(number):
            hint = "半角の英数字とハイフンで40字まで、英数字で始めてください（CON や NUL などは使えません）"
            reason = f"（{len(number)}字あります）" if len(number) > 40 else ""
            message, at = f"この案件番号は使えません{reason}", self.positions["案件番号"]
            self.problems.append(Problem(message, at, hint=hint, code="case.unusable-number"))
        else:
            return number
        self.failed.add("案件番号")
        return ""


def _personal(item: Item) -> bool:
    """Whether what was written there could be personal data: of the item itself or of what belongs into it."""
    below = (*item.properties.values(), *([item.items] if item.items else ()))
    return item.personal or any(_personal(i) for i in below)


def _is_text(item: Item) -> bool:
    return item.kind not in (*schema_messages.NAMES, "object", "list")


def _other_kind() -> NoReturn:
    raise OtherKindError
