"""The procedure of a scheme is checked when the scheme is loaded; every slip is told at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import kawasaki_samples
import pytest
import samples

from generator.problem import Problem, ProblemError
from generator.scheme import load

KAWASAKI = samples.FORMS / kawasaki_samples.SCHEME


def slip(tmp_path: Path, text: str) -> Problem:
    """The first problem of the scheme when its party, amounts and procedure are this text."""
    folder = tmp_path / KAWASAKI.name
    shutil.copytree(KAWASAKI, folder)
    path = folder / "scheme.yaml"
    kept = path.read_text(encoding="utf-8").partition("party:")[0]
    path.write_text(kept + text, encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        load.load(folder)
    problem = caught.value.problems[0]
    assert problem.position and problem.position.file.endswith("scheme.yaml")
    assert problem.position.line > kept.count("\n")
    return problem


def test_the_shipped_one() -> None:
    found = load.load(KAWASAKI).procedure
    assert [a.label for a in found.amounts] == ["申請額", "交付限度額", "確定額"]
    assert found.moves[-1].when is None, "something always holds"
    assert all(m.basis for m in found.moves)
    moved = [m for m in found.moves if m.shift != "そのまま"]
    assert all("（当方の解釈）" in m.remark for m in moved), "moving a deadline is our reading"


def test_a_scheme_may_have_none(tmp_path: Path) -> None:
    folder = tmp_path / KAWASAKI.name
    shutil.copytree(KAWASAKI, folder)
    path = folder / "scheme.yaml"
    path.write_text(path.read_text(encoding="utf-8").partition("party:")[0], encoding="utf-8")
    loaded = load.load(folder)
    assert loaded.procedure.moves == loaded.procedure.amounts == () and loaded.party == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("party: 申請.申請者.事業者明\n", "party の「申請.申請者.事業者明」は case.schema.yaml にありません"),
        ("amounts:\n  - {label: 額, value: 申請.補助申請学}\n", "「申請.補助申請学」が何を指すか分かりません"),
        ("amounts:\n  - {label: 額, value: 補助申請額}\n", "「補助申請額」が何を指すか分かりません"),
        ("amounts:\n  - {label: 額, value: 前.交付限度顎}\n", "「前.交付限度顎」が何を指すか分かりません"),
        (
            "amounts:\n  - {label: 額, value: 申請.補助申請額}\n  - {label: 額, value: 前.交付限度額}\n",
            "同じ label が二度書かれています",
        ),
        ('procedure:\n  - {form: "99", when: "=TRUE"}\n', "「form」は"),
        ('procedure:\n  - {form: "07", ended: 完了}\n', "どちらか一方"),
        ("procedure:\n  - {when: '=TRUE'}\n", "どちらか一方"),
        ("procedure:\n  - {next: 支払}\n", "だれがするか（by）がありません"),
        ('procedure:\n  - {form: "07", when: "=ISBLANK(確定.確定比)"}\n', "「確定.確定比」が何を指すか分かりません"),
        ('procedure:\n  - {form: "07", when: "=ISBLANK(承認.承認日)"}\n', "「承認.承認日」が何を指すか分かりません"),
        ('procedure:\n  - {form: "07", when: "=ISBLANK("}\n', "計算式が正しくありません"),
        (
            'procedure:\n  - {form: "07", due: "=確定.確定日", shift: 翌日}\n',
            "「shift」は そのまま・前営業日・翌営業日",
        ),
        ('procedure:\n  - {form: "07", due: 速やかに, shift: 翌営業日}\n', "shift は due の式に添えて"),
        ("procedure:\n  - {ended: 完了, due: 速やかに}\n", "due は次の書類に"),
        ('procedure:\n  - {form: "07", stops: true}\n', "stops は ended に添えて"),
        ("procedure:\n  - {ended: 完了, stage: 完了}\n", "「stage」は"),
        ("procedure:\n  - {ended: 完了, wenn: '=TRUE'}\n", "「wenn」という項目はありません"),
    ],
)
def test_slips(text: str, message: str, tmp_path: Path) -> None:
    assert message in slip(tmp_path, text).message


def test_a_near_name_is_offered(tmp_path: Path) -> None:
    problem = slip(tmp_path, 'procedure:\n  - {form: "07", when: "=ISBLANK(確定.確定比)"}\n')
    assert problem.hint == "「確定.確定日」ではありませんか"
