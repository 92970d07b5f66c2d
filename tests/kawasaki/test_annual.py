"""The year's report: every figure adds up, in the workbook by its own formulas; the chart is seen and read."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import command
import kawasaki_samples
import libreoffice
import offices
import openpyxl
import pytest
import samples
import tagged
import verapdf
from audit import errors

from generator.case import cross_references
from generator.case.figures import figures
from generator.document import Chart, Document
from generator.operations import corrections, issue
from generator.operations.check import check_files
from generator.operations.order import Order
from generator.problem import RefusedError
from generator.register import budget
from generator.render import renderer
from generator.reports import annual
from generator.reports.annual import Spending
from generator.reports.outcome import MADE, Outcome
from generator.scheme.load import Schemes

KNOWN = Schemes([samples.FORMS])
SCHEME = kawasaki_samples.SCHEME
LABELS = ("申請額", "決定額", "確定額", "支払額", "返還額")


def outcome(path: Path) -> Outcome:
    (one,) = check_files([path], KNOWN, fit=False)
    assert one.case is not None
    found = figures(one.case, one.assessment)
    return Outcome(str(path), MADE, SCHEME, one.case.number, "株式会社見本", "確定", figures=found)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return [outcome(path) for path in kawasaki_samples.ALL]


def report(outcomes: list[Outcome], limit: int | None = 5_000_000) -> Document:
    spending = (lambda scheme, year: Spending(limit, 1_250_000)) if limit else None
    return annual.report(outcomes, {SCHEME: KNOWN.get(SCHEME)}, date(2024, 6, 3), spending)


def workbook(document: Document, values: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(renderer("xlsx")(document)), data_only=values)


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet below its heading, as far as the table goes."""
    rows = list(book[sheet].iter_rows(min_row=3, values_only=True))
    heads = [h for h in rows[0] if h]
    found = []
    for row in rows[1:]:
        found.append(dict(zip(heads, row, strict=False)))
        if str(row[0]).startswith("合計"):
            break
    return found


def test_each_case_once_with_its_amounts(outcomes: list[Outcome]) -> None:
    book = workbook(report(outcomes), True)
    rows = {r["案件番号"]: r for r in table(book, "一覧 令和5年度")}
    assert len(rows) == 12
    told = [rows["R5-001"][label] for label in LABELS]
    assert told == [500_000, 500_000, 470_005, 470_005, None]
    assert [rows["R5-008"][label] for label in LABELS] == [489_200, 489_200, 488_650, 488_650, 41_250]
    assert rows["R5-006"]["決定額"] is None
    assert rows["R5-010"]["決定額"] == 0  # 辞退
    assert [r["案件番号"] for r in table(book, "一覧 令和4年度")][:1] == ["R4-001"]


def test_a_decision_that_counts_as_never_made_is_no_amount(outcomes: list[Outcome]) -> None:
    rows = {r["案件番号"]: r for r in table(workbook(report(outcomes), True), "一覧 令和5年度")}
    assert (rows["R5-007"]["申請額"], rows["R5-007"]["決定額"]) == (310_500, 0)  # 取下げ


def test_totals_agree_everywhere(outcomes: list[Outcome]) -> None:
    book = workbook(report(outcomes), True)
    summary = {r["年度"]: r for r in table(book, "予算の執行")}
    for year in ("令和4年度", "令和5年度"):
        listed, months = table(book, f"一覧 {year}"), table(book, f"月別 {year}")
        for label in LABELS:
            own = sum(r[label] or 0 for r in listed[:-1])
            assert own == listed[-1][label] == months[-1][label] == summary[year][label]
            assert own == sum(r[label] or 0 for r in months[:-1])
    assert summary["令和5年度"]["残額"] == 3_750_000 and float(summary["令和5年度"]["執行率"]) == 0.25
    categories = table(book, "費目別 令和5年度")
    assert categories[0]["費目"] == "謝金" and categories[-1]["計画額"] == sum(r["計画額"] for r in categories[:-1])


def test_months_are_those_of_the_documents(outcomes: list[Outcome]) -> None:
    (one,) = (o for o in outcomes if o.number == "R5-001")
    months = {r["月"]: r for r in table(workbook(report([one]), True), "月別 令和5年度")}
    days = {label: date.fromisoformat(day) for label, value, day in one.figures.amounts if value is not None}
    assert months[f"{days['決定額'].month}月"]["決定額"] == 500_000
    assert list(months)[:12] == [f"{m}月" for m in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]


def test_outside_of_any_office_there_is_no_budget(outcomes: list[Outcome]) -> None:
    assert "予算額" not in table(workbook(report(outcomes, None), True), "予算の執行")[0]


@pytest.mark.skipif(not libreoffice.available(), reason="needs LibreOffice")
def test_a_spreadsheet_works_out_the_same(outcomes: list[Outcome], tmp_path: Path) -> None:
    path = tmp_path / "報告.xlsx"
    path.write_bytes(renderer("xlsx")(report(outcomes)))
    again = openpyxl.load_workbook(libreoffice.convert(path, "xlsx", tmp_path / "again"), data_only=True)
    kept, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    counted = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    counted += 1
                    value = again[sheet.title][cell.coordinate].value
                    assert value == pytest.approx(kept[sheet.title][cell.coordinate].value, abs=1e-9)
    assert counted > 30


def charts(document: Document) -> Iterator[Chart]:
    for sheet in document.sheets:
        yield from sheet.charts


def test_the_chart_in_the_workbook(outcomes: list[Outcome], tmp_path: Path) -> None:
    document = report(outcomes)
    data = renderer("xlsx")(document)
    assert renderer("xlsx")(document) == data
    (tmp_path / "a.xlsx").write_bytes(data)
    assert errors(tmp_path / "a.xlsx") == []
    package = ZipFile(io.BytesIO(data))
    parts = sorted(n for n in package.namelist() if n.startswith("xl/charts/"))
    assert len(parts) == len(list(charts(document))) == 4
    space = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for name, chart in zip(parts, charts(document), strict=True):
        drawn = ET.fromstring(package.read(name))
        for series, bars in zip(drawn.findall(".//c:ser", space), chart.series, strict=True):
            where = series.findtext("c:val//c:f", namespaces=space) or ""
            cells = [c.value for row in book[where.split("'")[1]][where.split("!")[1].replace("$", "")] for c in row]
            assert cells == [int(v.text or "") for v in series.findall("c:val//c:v", space)] == list(bars.values)
            heading = series.findtext("c:tx//c:f", namespaces=space) or ""
            assert book[where.split("'")[1]][heading.split("!")[1].replace("$", "")].value == bars.name
    drawings = b"".join(package.read(n) for n in package.namelist() if n.startswith("xl/drawings/drawing"))
    assert all(f'descr="{chart.text}"'.encode() in drawings for chart in charts(document))


def test_the_chart_in_the_pdf(outcomes: list[Outcome]) -> None:
    document = report(outcomes)
    data = renderer("pdf")(document)
    assert renderer("pdf")(document) == data
    figures_ = tagged.read(data).find("Figure")
    assert len(figures_) == 4
    for figure, chart in zip(figures_, charts(document), strict=True):
        assert all(word in figure.text for word in (chart.title, *(s.name for s in chart.series)))
        assert len(figure.attributes["BBox"]) == 4
    plain = data.replace(b"\n", b"")
    for chart in charts(document):
        assert b"/Alt <FEFF" + chart.text.encode("utf-16-be").hex().upper().encode() + b">" in plain


@pytest.mark.xdist_group("verapdf")
@pytest.mark.skipif(not verapdf.available(), reason="needs a JDK and JAXB (Debian: libjaxb-java)")
def test_the_pdf_is_fit_for_the_archive(outcomes: list[Outcome], tmp_path: Path) -> None:
    found = verapdf.validate({"report": (renderer("pdf")(report(outcomes)), ["2a", "ua1"])}, tmp_path)
    assert found == {"report": {"2a": [], "ua1": []}}


def test_the_report_of_an_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the 予算 of yoshiki.toml and what the register says of it."""
    desk = offices.office(tmp_path / "office")
    settings = desk.root / "yoshiki.toml"
    text = settings.read_text(encoding="utf-8").replace('["予算"]', '["予算"]\n"令和5年度" = 1000000', 1)
    settings.write_text(text, encoding="utf-8")
    sample = command.ROOT / "fixtures" / SCHEME / "R5-003.yaml"
    (desk.root / "cases" / sample.name).write_bytes(sample.read_bytes())
    monkeypatch.chdir(desk.root)
    said = command.run("batch", "cases", "--format", "pdf", "--issue", "04", "--yes", "--report", "年度.xlsx")
    assert said.code == 0, said.output
    row = table(openpyxl.load_workbook(desk.root / "年度.xlsx", data_only=True), "予算の執行")[0]
    assert row["予算額"] == 1_000_000 and row["予算執行額"] == row["決定額"] > 0
    assert row["残額"] == 1_000_000 - row["決定額"]
    manifest = [json.loads(line) for line in (desk.root / "output" / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert [m["案件番号"] for m in manifest] == ["R5-003"]


PROMISED = {"R5-001": 470_005, "R5-004": 0, "R5-005": 150_000, "R5-007": 180_000, "R5-008": 488_650}


def test_what_the_documents_promise_together(tmp_path: Path) -> None:
    """After a change, a stop, a confirmation, a cancellation: the latest document tells; a 取下げ is noted by hand."""
    desk = offices.office(tmp_path / "office")
    register, scheme = desk.register(), KNOWN.get(SCHEME)
    assert scheme.procedure.budget is not None
    orders: list[tuple[date, Path, str, int]] = []
    for number in PROMISED:
        path = command.ROOT / "fixtures" / SCHEME / f"{number}.yaml"
        assessment = offices.assessed(path, KNOWN)
        for form in ("04", "10", "07", "13"):
            entry = next(e for e in scheme.forms if e.id == form)
            for stage in assessment.case.stages:
                on = cross_references.dated(assessment.case, entry, stage) if stage.stage.name == entry.stage else None
                if on is not None:
                    orders.append((on, path, form, (stage.index or 0) + 1))
    for on, path, form, nth in sorted(orders):
        order = Order(form, nth, on)
        issue.issue(register, offices.assessed(path, KNOWN), KNOWN, order, offices.CLERK)

    def promised() -> dict[str, int]:
        found = budget.promises(register.archive, register.ledger.entries(), scheme.procedure.budget)
        assert {p.year for p in found.values()} == {"令和5年度"}
        return {number: p.amount for number, p in found.items()}

    assert promised() == PROMISED
    repaid = offices.assessed(command.ROOT / "fixtures" / SCHEME / "R5-008.yaml", KNOWN)
    with pytest.raises(RefusedError) as refused:  # cancelled after 出納閉鎖, and nothing is paid back
        corrections.release(register, repaid, offices.CLERK)
    assert "取下げも、令和6年5月31日までの納付も書かれていません" in refused.value.problems[0].message
    withdrawn = offices.assessed(command.ROOT / "fixtures" / SCHEME / "R5-007.yaml", KNOWN)
    released = corrections.release(register, withdrawn, offices.CLERK)
    assert promised() == PROMISED | {"R5-007": 0}
    assert corrections.release(register, withdrawn, offices.CLERK) == released  # the command came twice


PAID_BACK = """  納付:
    - {納付日: 令和6年5月20日, 金額: 20000}
    - {納付日: 令和6年5月31日, 金額: 1}
    - {納付日: 令和6年6月1日, 金額: 21249}
"""


IN_TIME, LATE = "令和6年5月7日", "令和6年6月3日"


@pytest.mark.parametrize(("paid", "cancelled"), [(True, IN_TIME), (False, IN_TIME), (False, LATE)])
def test_what_is_paid_back_after_the_year_is_closed_is_income_of_a_later_year(
    tmp_path: Path, paid: bool, cancelled: str
) -> None:
    desk = offices.office(tmp_path / "office")
    register, scheme = desk.register(), KNOWN.get(SCHEME)
    text = (command.ROOT / "fixtures" / SCHEME / "R5-008.yaml").read_text(encoding="utf-8")
    for key in ("取消日", "命令日"):
        text, count = re.subn(rf"{key}: .*", f"{key}: {cancelled}", text)
        assert count == 1
    text = text[: text.index("請求:")] + text[text.index("取消:") : text.index("返還:")] if not paid else text
    path = desk.root / "cases" / "R5-008.yaml"
    path.write_text(text, encoding="utf-8")

    def spent() -> int:
        (promise,) = budget.promises(register.archive, register.ledger.entries(), scheme.procedure.budget).values()
        assert promise.year == "令和5年度"
        return promise.amount

    for form in ("04", "07", "13"):
        issue.issue(register, offices.assessed(path, KNOWN), KNOWN, Order(form), offices.CLERK)
    if not paid:  # nothing was spent: the decision itself is smaller, unless its year is closed
        assert spent() == (447_400 if cancelled == IN_TIME else 488_650)
        return
    issue.issue(register, offices.assessed(path, KNOWN), KNOWN, Order("14"), offices.CLERK)
    assert spent() == 488_650  # an order to pay back has brought nothing yet
    path.write_text(text.rstrip() + "\n" + PAID_BACK, encoding="utf-8")
    assessment = offices.assessed(path, KNOWN)
    entry = corrections.release(register, assessment, offices.CLERK)
    assert (entry.reason, entry.note, spent()) == ("戻入", "戻入額20,001円", 468_649)
    assert corrections.release(register, assessment, offices.CLERK) == entry
    rows = table(workbook(report([outcome(path)]), True), "一覧 令和5年度")
    assert [rows[0][label] for label in ("返還額", "戻入額", "過年度収入", "加算金")] == [
        41_250,
        20_001,
        21_249,
        None,
    ]
    months = {r["月"]: r for r in table(workbook(report([outcome(path)]), True), "月別 令和5年度")}
    assert (months["翌年5月"]["戻入額"], months["その他の月"]["過年度収入"]) == (20_001, 21_249)


def test_nothing_paid_back_is_no_column_and_an_amount_is_never_broken(outcomes: list[Outcome]) -> None:
    def dearer(one: Outcome) -> Outcome:
        amounts = tuple((label, value and value * 1000, day) for label, value, day in one.figures.amounts)
        return replace(one, figures=replace(one.figures, amounts=amounts))

    document = report([dearer(one) for one in outcomes])
    heads = {cell.text for sheet in document.sheets for cell in sheet.cells if cell.role == "heading"}
    assert "返還額" in heads and not {"戻入額", "過年度収入"} & heads
    amounts = [c for s in document.sheets for c in s.cells if c.role == "value" and "," in c.text]
    assert len(amounts) > 100 and all(len(cell.lines) == 1 and cell.lines[0].text == cell.text for cell in amounts)
    (chart,) = [chart for chart in charts(document) if "令和5年度" in chart.title and "月別" in chart.title]
    assert [series.name for series in chart.series] == ["申請額", "決定額", "確定額", "支払額"]
