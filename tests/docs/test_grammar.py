"""The lists of docs/制度を作る.md hold all that the program knows and nothing else, and their examples are right."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from documents import ROOT, blocks

from generator import paper
from generator.case import assess
from generator.case.build import load_case
from generator.formula import evaluation, functions, syntax
from generator.japan import open_days
from generator.japan.wareki import parse_date
from generator.scheme import check, duties, form, load, roles, rules, schema, text_language, text_template
from generator.source import read
from generator.source.fields import plain
from generator.spreadsheet import cell_format

MARKDOWN = (ROOT / "docs" / "制度を作る.md").read_text(encoding="utf-8")
_CODE = re.compile(r"`([^`]+)`")
_DATE = re.compile(r"令和\d+年|\d{4}-\d{2}-\d{2}")

# heading of the document → what the program knows
KNOWN = {
    **load.KEYS,
    **duties.KEYS,
    **rules.KEYS,
    "様式の一枚": form.KEYS["様式"],
    "行": form.KEYS["行"],
    "pages": form.KEYS["pages"],
    "against": form.KEYS["against"],
    "セルの種類": form.CELL_KINDS,
    "セルに添えるもの": tuple(key for key in form.KEYS["セル"] if key not in form.CELL_KINDS),
    "書体など": form.STYLE_KEYS,
    "初めからある名前": tuple(form.BUILT_IN),
    "紙": tuple(paper.PAPERS),
    "書式": cell_format.CELL_FORMATS,
    "書けるキーワード": schema.KEYWORDS,
    "足したキー": schema.OWN_KEYS,
    "値の種類": schema.ITEM_KINDS,
    "関数": tuple(functions.FUNCTIONS),
    "文で使える名前": check.TEXT_NAMES,
    "フィルター": tuple(text_language.FILTERS),
}

# heading and key → the values that may be written there, all of them named in the key's line
CHOICES = {
    ("制度", "roles"): tuple(role.value for role in roles.Role),
    ("手続", "shift"): open_days.SHIFTS,
    ("セルに添えるもの", "role"): form.ROLES,
    ("書体など", "weight"): form.WEIGHTS,
    **{("書体など", key): choices for key, choices in form.STYLE_CHOICES.items()},
    ("足したキー", "x-書き方"): schema.SCRIPTS,
}


def tables() -> dict[str, list[list[str]]]:
    """The rows of the first table under each heading."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in MARKDOWN.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|") and heading:
            cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found.setdefault(heading, []).append(cells)
        elif found.get(heading):
            heading = ""
    return {heading: rows[2:] for heading, rows in found.items()}


TABLES = tables()


def names(row: list[str]) -> list[str]:
    """What a row is about: the code in its first cell, of a function without its arguments."""
    return [re.split(r"\(", code)[0] for code in _CODE.findall(row[0])]


@pytest.mark.parametrize("heading", KNOWN)
def test_a_list_is_complete(heading: str) -> None:
    listed = [name for row in TABLES[heading] for name in names(row)]
    assert sorted(listed) == sorted(KNOWN[heading])


@pytest.mark.parametrize(("heading", "key"), CHOICES)
def test_a_key_names_all_its_choices(heading: str, key: str) -> None:
    [row] = [row for row in TABLES[heading] if key in names(row)]
    assert set(CHOICES[heading, key]) <= set(_CODE.findall(row[1]))


def test_papers_have_their_size() -> None:
    for name, size in TABLES["紙"]:
        assert paper.PAPERS[name.strip("`")] == tuple(map(float, size.split("×")))


def typed(value: Any) -> Any:
    """A value of the examples as a case would hold it."""
    match value:
        case list():
            return [typed(v) for v in value]
        case dict():
            return {key: typed(v) for key, v in value.items()}
        case float():
            return Fraction(str(value))
        case "はい" | "いいえ":
            return value == "はい"
        case str() if _DATE.match(value):
            return parse_date(value)
        case str() if re.fullmatch(r"\d+/\d+", value):
            return Fraction(value)
    return value


def example() -> dict[str, Any]:
    """The values that the examples of functions and filters are computed with."""
    [block] = [b for b in blocks(MARKDOWN) if b.words == ("yaml",) and "端数のある額" in b.text]
    values = typed(plain(read.parse(block.text, "the example").root))
    assert isinstance(values, dict)
    return values


def looked_up(name: str) -> Any:
    head, _, tail = name.partition(".")
    value = example()[head]
    return [item[tail] for item in value] if tail else value


@pytest.mark.parametrize("row", TABLES["関数"], ids=lambda row: names(row)[0])
def test_an_example_of_a_function_is_right(row: list[str]) -> None:
    [text] = _CODE.findall(row[2])
    assert f"{names(row)[0]}(" in text
    assert assess.shown(evaluation.evaluate(syntax.parse(text), looked_up)) == row[3]


@pytest.mark.parametrize("row", TABLES["フィルター"], ids=lambda row: names(row)[0])
def test_an_example_of_a_filter_is_right(row: list[str]) -> None:
    [text] = _CODE.findall(row[2])
    assert re.search(rf"\| *{names(row)[0]}\b", text)
    assert text_template.text(text).render(example()) == row[3]


@pytest.mark.parametrize("row", TABLES["書式"], ids=lambda row: names(row)[0])
def test_an_example_of_a_format_is_right(row: list[str]) -> None:
    [written] = _CODE.findall(row[2])
    value: Any = typed(written)
    if not isinstance(value, datetime.date) and re.fullmatch(r"-?[\d.]+", written):
        value = Fraction(written) if "." in written else int(written)
    assert cell_format.formatted(value, names(row)[0])[0] == row[3]


SMALL = {
    "scheme.yaml": """
scheme: small
name: 見本
authority: みほん市
basis: 要綱
begins: 2024-04-01
governing: 申請.申請日
stages: [{name: 申請, date: 申請.申請日}]
forms: [{id: "01", file: "01", label: 第１号様式, stage: 申請, issuer: 申請者}]
""",
    "case.schema.yaml": """
type: object
properties:
  制度: {type: string}
  案件番号: {type: string}
  申請: {type: object, properties: {申請日: {x-kind: 日付}, 値: {x-kind: KIND}}}
""",
    "rules.yaml": "{}\n",
    "01.2024-04-01.yaml": """
form: 第１号様式
margins: [20, 20, 20, 20]
columns: [170]
rows: [[{field: 申請.値}]]
""",
}
WRITTEN = [
    (names(row)[0], written) for row in TABLES["値の種類"] for written in _CODE.findall(row[1]) if written != "|"
]


@pytest.mark.parametrize(("kind", "written"), WRITTEN)
def test_what_a_kind_is_said_to_read_is_read(kind: str, written: str, tmp_path: Path) -> None:
    folder = tmp_path / "forms" / "small"
    folder.mkdir(parents=True)
    for name, text in SMALL.items():
        (folder / name).write_text(text.replace("KIND", kind), encoding="utf-8")
    path = tmp_path / "case.yaml"
    path.write_text(
        f"制度: small\n案件番号: R6-1\n申請:\n  申請日: 令和6年5月10日\n  値: {written}\n", encoding="utf-8"
    )
    found, problems = load_case(path, load.Schemes([tmp_path / "forms"]))
    assert not problems
    assert found.get("申請.値") is not None


def test_links_inside_lead_to_a_heading() -> None:
    anchors = {re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in MARKDOWN.splitlines()
               if line.startswith("#")}  # fmt: skip
    for link in re.findall(r"\]\(#([^)]+)\)", MARKDOWN):
        assert link in anchors, f"there is no heading for #{link}"


def test_every_refusal_says_why() -> None:
    table = MARKDOWN.partition("## 12. 拒まれること")[2].partition("\n\n案件を読むとき")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 20 and all(row[-1].strip(" |") for row in rows)
