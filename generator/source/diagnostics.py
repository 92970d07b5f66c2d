"""What people mistype in YAML, found line by line, and the parser's complaints in our words.

A Japanese keyboard gives full-width colons and spaces, which YAML reports late, in English, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any, NamedTuple

import yaml

from generator.problem import Wording

WIDE = "\u3000\u00a0"  # spaces that look like indentation and are not
_KEY_LIKE = r"[^\W\d_][\w・（）()-]{0,29}?"
# A colon that separates nothing: full-width, or not followed by a half-width space (but no URL, path or time of day).
_COLON = re.compile(rf"(?:- +)*{_KEY_LIKE}[ {WIDE}]*(?P<colon>：|:(?=[^ \t/\\]))")


class Slip(NamedTuple):
    """A mistake at its place; ``line`` and ``column`` from 0. ``shown``: an excerpt without values."""

    line: int
    column: int
    said: Wording
    length: int = 1
    shown: str | None = None


_CUT = re.compile(r"[ \t]+(#[^\s#][^\n]*)")
QUOTE_IT = '文字として書くときは値の全体を引用符（"）で囲んでください'
KEY_HINT = (
    '「項目名: 値」のように、半角の「:」と半角の空白で区切ってください。文章なら全体を引用符（"）で囲んでください'
)
NO_KEY = Wording("項目名がありません", KEY_HINT, code="source.no-key")
ALIAS = Wording("別名（*）は使えません", f"同じ内容でもそのまま書いてください。{QUOTE_IT}", code="source.alias")
ANCHOR = Wording("目印（&）は使えません", QUOTE_IT, code="source.anchor")
TAG = Wording("型の指定（!）は使えません", QUOTE_IT, code="source.tag")
CUT = Wording(
    "「 #」から後は注釈とみなされ、値に入りません",
    '値に入れるときは、値の全体を引用符（"）で囲んでください。注釈のときは「#」の後に半角の空白を入れてください',
    code="source.cut-by-comment",
)
_TAB = Wording("字下げにタブが使われています", "タブを半角の空白に直してください（一段は空白2つ）", code="source.tab")
_WIDE_SPACE = Wording(
    "字下げに全角の空白が使われています", "半角の空白に直してください（一段は空白2つ）", code="source.wide-space"
)
_QUOTE = Wording(
    "引用符が閉じられていません", "値の終わりに、始めと同じ引用符を書いてください", code="source.open-quote"
)
_AFTER_QUOTE = Wording(
    "引用符の後に余分な文字があります",
    "値の全体を引用符で囲むか、引用符を使わずに書いてください",
    code="source.text-after-quote",
)
_UNREADABLE = Wording("YAML として読めません", KEY_HINT, code="source.not-yaml")

# What the parser says (C or pure), whether its context is the better place, whether it may be a mere
# consequence of a mistyped line above, and what we say.
_COMPLAINTS: tuple[tuple[str, bool, bool, Wording], ...] = (
    (r"quoted scalar: found unexpected", True, False, _QUOTE),
    (
        r"quoted scalar: ",
        False,
        False,
        Wording(
            '「"」で囲んだ中の「\\」の書き方が正しくありません',
            "「\\」をそのまま書くときは「'」で囲んでください",
            code="source.escape",
        ),
    ),
    (r"an alias", True, False, ALIAS),
    (r"an anchor", True, False, ANCHOR),
    (r" tag", True, False, TAG),
    (
        r"block scalar",
        True,
        False,
        Wording(
            "「|」や「>」の後に文字があります",
            f"文章は次の行から字下げして書いてください。{QUOTE_IT}",
            code="source.block-text",
        ),
    ),
    (
        r"mapping values",
        False,
        True,
        Wording(
            "「:」の位置が正しくありません",
            f"字下げが前の行とそろっているかを確かめてください。「: 」を{QUOTE_IT}",
            code="source.colon",
        ),
    ),
    (r"expected ':'", True, True, Wording("「項目名: 値」の形になっていません", KEY_HINT, code="source.no-colon")),
    (
        r"sequence entries",
        False,
        True,
        Wording(
            "「- 」の位置が正しくありません", f"「- 」は新しい行の頭に書いてください。{QUOTE_IT}", code="source.dash"
        ),
    ),
    (
        r"flow sequence",
        True,
        False,
        Wording(
            "「[」が正しく閉じられていません",
            f"「]」で閉じ、間を「, 」で区切ってください。{QUOTE_IT}",
            code="source.open-bracket",
        ),
    ),
    (
        r"flow mapping",
        True,
        False,
        Wording(
            "「{」が正しく閉じられていません",
            f"「}}」で閉じ、間を「, 」で区切ってください。{QUOTE_IT}",
            code="source.open-brace",
        ),
    ),
    (
        r"expected key|<block end>|indicator",
        False,
        True,
        Wording(
            "字下げが前の行とそろっていません",
            "同じ段の項目は、行の頭の半角の空白を同じ数にしてください",
            code="source.indentation",
        ),
    ),
)


def cut(line: str, end: int) -> tuple[int, int] | None:
    """Column (from 0) and length of what may be no comment, right behind a value without quotes: 1番地 #101."""
    match = _CUT.match(line, end)
    return (match.start(1), len(match[1].rstrip())) if match else None


def indentation(lines: tuple[str, ...], number: int) -> list[Slip]:
    """Tabs or wide spaces at the head of this line."""
    line = lines[number]
    lead = line[: len(line) - len(line.lstrip(" \t" + WIDE))]
    for pattern, said in (("\t+", _TAB), (f"[{WIDE}]+", _WIDE_SPACE)):
        if match := re.search(pattern, lead):
            return [Slip(number, match.start(), said, length=len(match[0]))]
    return []


def colon(lines: tuple[str, ...], number: int, start: int = -1) -> list[Slip]:
    """A mistyped colon after what looks like a key at ``start``, else at the first character of this line."""
    line = lines[number]
    if start < 0:
        start = len(line) - len(line.lstrip(" \t" + WIDE))
    if not (match := _COLON.match(line, start)):
        return []
    end = match.end()
    if match["colon"] == "：":
        said = Wording("「：」が全角です", KEY_HINT, code="source.wide-colon")
    elif line[end] in WIDE:
        said = Wording("「:」の後の空白が全角です", KEY_HINT, code="source.wide-space-after-colon")
    else:
        said = Wording("「:」の後に半角の空白がありません", KEY_HINT, code="source.no-space-after-colon")
    # The key may be shown with its colon, but not what stands before it in a {…}.
    shown = line[:end] + ("…" if line[end:].strip() else "") if not line[:start].strip(" \t-" + WIDE) else None
    return [Slip(number, end - 1, said, shown=shown)]


def syntax(error: yaml.MarkedYAMLError, last: Any, lines: tuple[str, ...], inside: Container[int]) -> list[Slip]:
    """Why the text is no YAML: the mistyped lines and, unless they explain it, what the parser says.

    ``last`` is the latest event before the error, ``inside`` the lines (from 0) that continue a scalar read so far.
    """
    slip, structural = _explained(error, last, lines)
    end = max((n for n, line in enumerate(lines) if line.strip()), default=0)
    if slip.line > end:
        slip = slip._replace(line=end, column=len(lines[end].rstrip()))
    slips = _suspects(lines, inside)
    if not (structural and any(s.line <= slip.line for s in slips)):
        slips.append(slip)
    return slips


def _suspects(lines: tuple[str, ...], inside: Container[int]) -> list[Slip]:
    """Each mistyped line outside of texts."""
    slips = []
    floor = -1  # lines indented deeper than this belong to the text begun above; -1: no text
    for number, line in enumerate(lines):
        body = line.lstrip(" \t" + WIDE)
        spaces = len(line) - len(line.lstrip(" "))
        if not body or body.startswith("#") or number in inside or (floor >= 0 and spaces > floor):
            continue
        slips += indentation(lines, number) + colon(lines, number)
        inner = spaces + len(body) - len(re.sub("^(?:- +)+", "", body))
        floor = -1
        if re.match(r"[^:]+: +[^ ]", line[inner:]):
            floor = inner  # a value, or the sign of a block text, stands after the key
        elif re.match("[|>]", line[inner:]):
            floor = line.rfind("-", 0, inner)
    return slips


def _explained(error: yaml.MarkedYAMLError, last: Any, lines: tuple[str, ...]) -> tuple[Slip, bool]:
    """The parser's complaint in our words; True when a mistyped line above would explain it."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Slip(0, 0, _UNREADABLE), True
    said = f"{error.context}: {error.problem}"
    line, column = mark.line, mark.column
    here = lines[line][column : column + 1] if line < len(lines) else ""
    if "expected key" in said or "<block end>" in said:
        if getattr(last, "style", None) in ("'", '"') and last.end_mark.line == line:
            if last.start_mark.line < line:  # it ran on until the next quotation mark
                return Slip(last.start_mark.line, last.start_mark.column, _QUOTE), False
            return Slip(line, column, _AFTER_QUOTE), False
        if here == ":":
            return Slip(line, column, NO_KEY), True
        if here and here in "]}":
            return Slip(
                line,
                column,
                Wording(f"余分な「{here}」があります", f"消してください。{QUOTE_IT}", code="source.bracket"),
            ), False
    if here == "\t" and ("tab" in said or "cannot start" in said):
        return Slip(line, column, _TAB), False
    if "cannot start" in said:
        return Slip(
            line, column, Wording(f"「{here}」で値を始めることはできません", QUOTE_IT, code="source.first-character")
        ), False
    for pattern, at_context, structural, words in _COMPLAINTS:
        if re.search(pattern, said):
            at = (error.context_mark or mark) if at_context else mark
            return Slip(at.line, at.column, words), structural
    return Slip(line, column, _UNREADABLE), True
