"""Each thing that is wrong with a formula has its code, by which other programs know it whatever is said of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from generator.formula import evaluation
from generator.formula.errors import CalculationError, FormulaSyntaxError
from generator.formula.evaluation import evaluate
from generator.formula.excel import check_rates
from generator.formula.syntax import parse

VALUES = {"金額": 5, "日": date(2024, 2, 29), "文": "甲", "空": None, "列": [1, 2], "長い列": [1, 2, 3]}
SYNTAX = {
    "1": "no-equals-sign",
    "=" + "1+" * 4096 + "1": "too-long",
    "=[1]": "character",
    "=(1": "unclosed",
    "=1)": "unpaired",
    "=1 2": "no-operator",
    "=1:2": "no-number",
    "=(1,2)": "operator",
    "=" + "(" * 70 + "1" + ")" * 70: "too-deep",
    "=1%%": "double-percent",
    "=1+": "unfinished",
    "=*1": "no-value",
    "=VLOOKUP(1)": "unknown-function",
    "=NOT()": "arguments",
    "=SUMIF(1,2)": "column-expected",
    "=1234567890123456": "too-many-digits",
    "=A1": "name-like-address",
    "=①": "name",
}
CALCULATION = {
    "=金額/0": "division-by-zero",
    "=MOD(金額,0)": "division-by-zero",
    "=日&文": "date-as-text",
    "=IF(文,1,2)": "no-condition",
    "=AND(文)": "no-condition",
    "=日+日": "sum-of-dates",
    "=金額-日": "number-minus-date",
    "=金額<文": "mixed-comparison",
    "=MAX(日,金額)": "mixed-comparison",
    "=日+99999999": "date-out-of-range",
    "=日+0.5": "part-of-a-day",
    "=YEAR(空)": "no-date",
    "=ROUND(金額,16)": "digits",
    "=SUMPRODUCT(列,長い列)": "unequal-columns",
    '=COUNTIF(列,"*")': "wildcard",
    '=COUNTIF(列,">甲")': "comparison-criterion",
    "=DATE(5,4,1)": "two-digit-year",
    "=列+1": "column-as-value",
    "=文*2": "no-number",
    '=1/3&""': "endless-decimal",
}


@pytest.mark.parametrize(("text", "code"), SYNTAX.items(), ids=lambda value: value[:30])
def test_a_text_that_is_no_formula(text: str, code: str) -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse(text)
    assert caught.value.code == f"formula.{code}"


@pytest.mark.parametrize(("text", "code"), CALCULATION.items(), ids=lambda value: value[:30])
def test_values_that_give_none(text: str, code: str) -> None:
    with pytest.raises(CalculationError) as caught:
        evaluate(parse(text), VALUES.__getitem__)
    assert caught.value.code == f"formula.{code}"


def test_a_value_of_another_kind() -> None:
    with pytest.raises(CalculationError) as caught:
        evaluate(parse("=金額*2"), {"金額": 0.5}.__getitem__)
    assert caught.value.code == "formula.kind-of-value"


def test_a_rate_at_the_wrong_place() -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        check_rates(parse("=補助率*金額"), {"補助率"})
    assert caught.value.code == "formula.place-of-rate"


def test_compiled_formulas_are_bounded_and_threads_share_them() -> None:
    evaluation._code.cache_clear()
    barrier = threading.Barrier(16)

    def sums(number: int) -> list[object]:
        barrier.wait()
        return [evaluate(parse(f"=金額+{n}"), VALUES.__getitem__) for n in range(400)]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(sums, range(16))) == [[5 + n for n in range(400)]] * 16
    kept = evaluation._code.cache_info()
    assert kept.currsize == 400 and kept.maxsize == 4096
