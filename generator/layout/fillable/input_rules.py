"""The inputs of a form to be filled in: what each accepts, when an answer is still missing, what is counted beside it.

All of it follows from the schema; nothing here knows a scheme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.case.case import Case
from generator.case.schema_messages import EXAMPLES
from generator.document import Input, Style
from generator.japan import characters
from generator.layout.fillable import text_formulas
from generator.layout.filled_cell import Draft, Grid
from generator.scheme.schema import Item, Schema
from generator.spreadsheet import cell_format

TINT = "FFF9E1"
ASIDE = (3.0, 22.0, 62.0)  # mm: a gap, the count, a note
_ERAS = ("T", "S", "H", "R")
_NOTE = Style(font="gothic", size=8, smallest=5, align="left", valign="top")
_COUNT = Style(font="gothic", size=9, smallest=5, align="right", valign="top")
_COUNTED = "字数_"  # and a number: the defined name of a count
_ASKED = 6  # inputs that are looked at to see whether a row of a list is begun
_LIST = "一覧から選んでください"
_PARTS = {
    "元号": "元号を選んでください（T 大正、S 昭和、H 平成、R 令和）",
    "年": "和暦の年を数字で書いてください（元年は 1）",
    "月": "月を1から12までの数字で書いてください",
    "日": "日を1から31までの数字で書いてください",
}
_HOW = EXAMPLES | {
    "電話番号": "市外局番から書いてください（例 044-000-0000）",
    "Eメール": "例 tanto@example.jp",
    "カタカナ": "全角カタカナで書いてください",
    "郵便番号": "例 210-0000",
    "文章": "Alt＋Enter で改行できます",
}
_DATE = "元号から日まで続けて書いてください（例 昭和38年4月5日、S38.4.5）"
Places = Sequence[tuple[str, Draft]]


def prepare(grids: Sequence[Grid], schema: Schema) -> None:
    """Before linking: every input knows its item, and a choice among many gets room for its words beside it."""
    for grid in grids:
        for draft in [d for d in grid.drafts if d.field]:
            draft.item = schema.at(draft.field)
            if draft.field.endswith("]") and len(draft.choices) > 1:
                end = draft.column + draft.columns
                room = len(grid.form.columns) - end
                if room > 0:
                    draft.words = Draft(draft.row, end, 1, room, replace(draft.style, align="left"), "", "text")
        grid.drafts += [d.words for d in grid.drafts if d.words]


def equip(grids: Sequence[Grid], titles: Sequence[str], case: Case) -> dict[str, str]:
    """After linking: give each input what it accepts, and the counts beside the forms; the counts' defined names."""
    places = [(t, d) for g, t in zip(grids, titles, strict=True) for d in g.drafts if d.field and not d.formula]
    schema = case.scheme.schema
    starting: dict[str, list[tuple[str, Draft]]] = {}
    for grid, title in zip(grids, titles, strict=True):
        for draft in grid.drafts:
            for scope in _scopes(draft.field or draft.follows, schema):
                starting.setdefault(scope, []).append((title, draft))
    for place in places:
        title, draft = place
        assert draft.item is not None
        needed = _required(draft.field, schema)
        scope = next(iter(_scopes(draft.field, schema)), "")
        draft.input = _input(draft, draft.item, needed, _missing(place, scope, starting) if needed else "")
        draft.style = replace(draft.style, fill=TINT)
        if not draft.format:
            draft.format = cell_format.awaiting(draft.kind, draft.shape)
    names: dict[str, str] = {}
    for grid, title in zip(grids, titles, strict=True):
        _beside(grid, title, names)
    return names


def _input(draft: Draft, item: Item, needed: bool, missing: str) -> Input:
    kind = draft.shape if draft.part else item.script or item.kind
    choices = _ERAS if kind == "元号" else draft.choices
    if item.kind == "真偽":
        choices = (text_formulas.ON, text_formulas.NO) if draft.mark else ("はい", "いいえ")
    how = _PARTS[kind] if draft.part else _HOW.get(kind, "")
    if choices and not draft.part:
        how = (
            f"当てはまるときは {text_formulas.ON}、当てはまらないときは {text_formulas.NO} を選んでください"
            if draft.mark
            else _LIST
        )
    told = [item.description] if item.description and not draft.part else []
    if told and "例" in told[0] and not choices:
        how = ""
    limit = [f"{item.limit}字以内（改行は数えません）"] if item.limit else []
    plain = _DATE if draft.part else "" if kind == "文章" else how
    if draft.mark:
        plain = "当てはまるときに印を付けてください"
    prompt, plain = (_said([*told, *limit, h], needed) for h in (how, plain))
    return Input(kind, item.title, prompt, plain, choices, draft.named, item.limit, needed, missing=missing)


def _said(sentences: Sequence[str], needed: bool) -> str:
    optional = [] if needed else ["（書かなくてもかまいません）"]
    return "。".join(t.rstrip("。") for t in (*sentences, *optional) if t)


def _required(path: str, schema: Schema) -> bool:
    """Whether the item is asked for wherever what it belongs to is given."""
    parent, _, key = path.rpartition(".")
    above = schema.at(parent)
    if path.endswith("]"):
        return path.endswith("[0]")
    return above is not None and key in above.required


def _scopes(path: str, schema: Schema) -> Iterator[str]:
    """The parts around an item that need not be given, the innermost first: a further row of a list, say."""
    parts = path.split(".")
    for count in range(len(parts) - 1, 1, -1):
        at = ".".join(parts[:count])
        name = parts[count - 1].partition("[")[0]
        above = schema.at(".".join(parts[: count - 1]))
        if at.endswith("]"):
            listed = schema.at(at[: at.rindex("[")])
            asked = above is not None and name in above.required and listed is not None
            if not (asked and listed is not None and int(at[at.rindex("[") + 1 : -1]) < max(1, listed.least)):
                yield at
        elif above is not None and name not in above.required:
            yield at


def _empty(place: tuple[str, Draft]) -> str:
    source, draft = text_formulas.address(place).rpartition("!")[2], place[1]
    if draft.value is None and draft.text and not draft.mark:
        return f'OR({source}="",{source}={text_formulas.literal(draft.text)})'
    return f'{source}=""'


# A condition for a format does well to look at its own sheet alone.
def _missing(place: tuple[str, Draft], scope: str, starting: dict[str, list[tuple[str, Draft]]]) -> str:
    if place[1].mark:
        return ""
    if not scope:
        return _empty(place)
    title, draft = place
    others = [(t, d) for t, d in starting[scope] if t == title and d is not draft and not d.mark][:_ASKED]
    if not others:
        return ""
    return f"AND({_empty(place)},NOT(AND({','.join(_empty(p) for p in others)})))"


def _beside(grid: Grid, title: str, names: dict[str, str]) -> None:
    """Right of the form, where nothing is printed: the count of a limited answer.

    It is a formula under a name, which a check (of 255 characters at the most) can use as well.
    """
    limited = [d for d in grid.drafts if d.input and d.input.limit]
    end = len(grid.form.columns)
    for draft in limited:
        assert draft.input is not None and draft.input.limit is not None
        (sheet, _, source), limit = text_formulas.address((title, draft)).rpartition("!"), draft.input.limit
        value = characters.count(draft.text if draft.value is not None else "")
        count = Draft(draft.row, end + 1, 1, 1, _COUNT, f"{value}／{limit}字", "text", value, f'0"／{limit}字"')
        count.formula = f"{_COUNTED}{len(names) + 1}"
        names[count.formula] = characters.counting(sheet, source, limit)
        draft.input = replace(draft.input, count=count.formula)
        count.warn = f"{text_formulas.address((title, count)).rpartition('!')[2]}>{limit}"
        grid.drafts.append(count)
    if limited and not grid.aside:
        grid.aside = ASIDE


def point(grids: Sequence[Grid], titles: Sequence[str]) -> None:
    """Beside the last row of a list that goes on elsewhere: where, and how to get there."""
    where: dict[str, str] = {}
    for grid, title in zip(grids, titles, strict=True):
        for draft in grid.drafts:
            if draft.field and grid.hidden:
                where.setdefault(_listed(draft.field), title)
    for grid in grids:
        if grid.hidden or grid.entry is None:
            continue
        last: dict[str, Draft] = {}
        for draft in grid.drafts:
            if draft.field and _listed(draft.field) in where:
                last[_listed(draft.field)] = draft
        for listed, draft in last.items():
            text = (
                f"欄が足りないときは、シート「{where[listed]}」に続けてください（シート見出しを右クリックし［再表示］）"
            )
            rows = min(3, draft.row + 1)  # room for the words
            place = (draft.row + 1 - rows, len(grid.form.columns) + 2)
            if all((d.row + d.rows - 1, d.column) < place for d in grid.drafts if d.column == place[1]):
                grid.drafts.append(Draft(*place, rows, 1, _NOTE, text, "text"))
            grid.aside = ASIDE


def _listed(path: str) -> str:
    """The list that an item stands in, '' outside of any."""
    return path[: path.rindex("[")] if "[" in path.rpartition(".")[0] else ""
