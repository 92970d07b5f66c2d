"""A parameter that the scheme leaves to the office: only what rests on it waits until it is set."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import offices
import pytest

from generator.operations import issue
from generator.operations.check import Report, check_files
from generator.operations.order import Order
from generator.operations.render import documents_of
from generator.operations.settings import Settings
from generator.problem import RefusedError
from generator.register.office import FILE

SCHEMES = Path(__file__).parents[1] / "schemes"
LIMIT = '    - {from: 2020-04-01, value: "300,000", basis: 第３条}\n'
DECIDED = '  - {name: 決定額, stage: 決定, format: 金額, formula: "=前.補助額", basis: 第３条}\nchecks:'
EVERY = {"申請": ["01", "01b"], "決定": ["02"], "報告": ["03"], "請求": ["04"]}


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Report]:
    """The case L-001 under the rules with some words replaced, in an office that has set 限度額 or not."""

    def check(*replaced: tuple[str, str], limit: str = "", printed: bool = False) -> Report:
        forms = tmp_path / "forms"
        shutil.copytree(SCHEMES / "lecture", forms / "lecture")
        rules = forms / "lecture" / "rules.yaml"
        text = rules.read_text(encoding="utf-8").replace("checks:", DECIDED)
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        rules.write_text(text, encoding="utf-8")
        if printed:
            letter = forms / "lecture" / "02-decision.2020-04-01.yaml"
            letter.write_text(
                letter.read_text(encoding="utf-8") + "  - [{value: 決定額, span: all}]\n", encoding="utf-8"
            )
        desk = offices.office(tmp_path / "office")
        if limit:
            row = f'{{"から" = "令和2年4月1日", "値" = "{limit}", "根拠" = "規則"}}'
            with (desk.root / FILE).open("a", encoding="utf-8") as file:
                file.write(f'["定め"."lecture"]\n"限度額" = [{row}]\n')
        (report,) = check_files(
            [SCHEMES / "samples" / "lecture" / "L-001.yaml"], Settings((forms,), desk.root).schemes()
        )
        return report

    return check


def made(report: Report) -> dict[str, list[str]]:
    assert report.ok and report.assessment
    documents = documents_of(report.assessment)
    return {d.name.removesuffix("一式"): [s.form for s in d.sheets if s.printed] for d in documents}


def test_what_rests_on_it_is_not_made_until_it_is_set(checked: Callable[..., Report]) -> None:
    report = checked((f"限度額:\n{LIMIT}", "限度額: []\n"))
    (warning,) = report.problems
    assert (warning.code, warning.level) == ("case.no-value-in-force", "warning")
    assert "「補助額」の計算に要る「限度額」の、令和6年4月8日に効力のある値" in warning.message
    assert '["定め"."lecture"]' in warning.hint and '"限度額" = [{"から"' in warning.hint
    assert made(report) == {**EVERY, "申請": ["01b"]}  # 01 prints 補助額


def test_the_values_of_the_office_are_printed(checked: Callable[..., Report]) -> None:
    report = checked((f"限度額:\n{LIMIT}", "限度額: []\n"), limit="36,501")
    assert not report.problems and made(report) == EVERY
    assert report.assessment and report.assessment.value("申請", "補助額") == 36_501


def test_what_rests_on_a_row_that_waits_waits_too(checked: Callable[..., Report]) -> None:
    each = ('formula: "=ROUNDDOWN(単価*数量,0)"', 'formula: "=MIN(ROUNDDOWN(単価*数量,0),限度額)"')
    report = checked((f"限度額:\n{LIMIT}", "限度額: []\n"), each, printed=True)
    assert len(report.problems) == 1  # however many rows ask
    assert made(report) == {"報告": ["03"], "請求": ["04"]}  # 合計, 補助額 and, by 前., 決定額 wait


@pytest.mark.parametrize("printed", [False, True])
def test_a_document_that_waits_is_not_issued(checked: Callable[..., Report], tmp_path: Path, printed: bool) -> None:
    """It prints what is not computed, or its amount is to be held against it."""
    report = checked((f"限度額:\n{LIMIT}", "限度額: []\n"), printed=printed)
    assert report.assessment and ("決定" in made(report)) is not printed
    schemes = Settings((tmp_path / "forms",), tmp_path / "office").schemes()
    register = offices.Desk(tmp_path / "office").register()
    with pytest.raises(RefusedError) as refused:
        issue.issue(register, report.assessment, schemes, Order("02"), offices.CLERK)
    assert [p.code for p in refused.value.problems] == ["issue.form-not-made", "case.no-value-in-force"]
    assert not register.ledger.entries()


def test_a_promise_that_waits_is_not_made(checked: Callable[..., Report], tmp_path: Path) -> None:
    """Nobody can tell what the document would take of the 予算."""
    checked((f"限度額:\n{LIMIT}", "限度額: []\n"))
    scheme = tmp_path / "forms" / "lecture" / "scheme.yaml"
    with scheme.open("a", encoding="utf-8") as file:
        file.write('budget: {form: "02", amount: 申請.補助額, basis: 第３条}\n')
    schemes = Settings((tmp_path / "forms",), tmp_path / "office").schemes()
    register = offices.Desk(tmp_path / "office").register()
    assessment = offices.assessed(SCHEMES / "samples" / "lecture" / "L-001.yaml", schemes)
    for act in (issue.issue, issue.prospect):
        with pytest.raises(RefusedError) as refused:
            act(register, assessment, schemes, Order("02"), offices.CLERK)
        assert [p.code for p in refused.value.problems] == ["issue.form-not-made", "case.no-value-in-force"]
    assert not register.ledger.entries()


def test_a_value_that_the_scheme_should_have_is_an_error(checked: Callable[..., Report]) -> None:
    report = checked((LIMIT, LIMIT.replace("2020-04-01", "2025-04-01")))
    (problem,) = report.problems
    assert (problem.code, problem.level, report.ok) == ("case.no-value-in-force", "error", False)
    assert "rules.yaml" in problem.hint and "yoshiki.toml" not in problem.hint
