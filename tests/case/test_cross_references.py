"""What a document quotes of another one: from the register once it is there, else what the case says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from generator.case.build import build_case
from generator.case.cross_references import quotation
from generator.case.document_number import DocumentNumber
from generator.scheme.load import Schemes
from generator.source import read

SCHEMES = Schemes([Path(__file__).parents[1] / "schemes"])
CASE = """制度: tiny
案件番号: T-1
申請: {申請日: 2024-04-01, 申請者: {事業者名: 株式会社見本, 代表者: 見本　花子}, 金額: 1000}
決定: {決定日: 2024-05-01, 金額: 1000}
確定: {確定日: 2025-03-31, 金額: 1000}
"""


def test_a_number_that_is_not_in_the_register_yet() -> None:
    case, problems = build_case(read.parse(CASE, "案件.yaml"), SCHEMES)
    assert not problems
    form, stage, quotes = case.scheme.form("07"), case.stages[-1], case.scheme.quotes
    other = {("07", 0): DocumentNumber("見１第1号", date(2025, 3, 31))}
    for numbers in ({}, other):
        assert quotation(case, numbers, quotes["指令日"], form, stage) == date(2024, 5, 1)
        assert quotation(case, numbers, quotes["指令番号"], form, stage) is None
    given = {**other, ("04", 0): DocumentNumber("見本市指令第1号", date(2024, 5, 7))}
    assert quotation(case, given, quotes["指令日"], form, stage) == date(2024, 5, 7)
    assert quotation(case, given, quotes["指令番号"], form, stage) == "見本市指令第1号"
