"""Explain: each amount of a case with its formula, its inputs and its basis."""

from __future__ import annotations

from typing import Any

from generator.case import assess
from generator.case.assess import Assessment, ComputedLine


def explanation(assessment: Assessment) -> list[dict[str, Any]]:
    """Each computed amount with stage, inputs, formula, result, basis and the office's reason, in the order of
    computation."""
    return [
        {
            "段階": line.stage.label,
            "項目": f"{line.step.each}（{line.index + 1}件目）の{line.step.name}"
            if line.index is not None
            else line.step.name,
            "計算式": line.step.formula.text if line.step.formula else "",
            "入力": line.told,
            "結果": assess.shown(line.value),
            "根拠": line.step.basis,
            "備考": line.step.remark,
            "理由": _reason(assessment, line),
        }
        for line in assessment.lines
    ]


def _reason(assessment: Assessment, line: ComputedLine) -> str:
    """What the office wrote of why the amount is so; '' for nothing."""
    if not line.step.reason:
        return ""
    within = line.stage.key if line.index is None else f"{line.stage.key}.{line.step.each}[{line.index}]"
    return str(assessment.case.get(f"{within}.{line.step.reason}") or "")


def parameters(assessment: Assessment) -> list[dict[str, str]]:
    """The dated values in force for the case, each with its basis."""
    return [
        {
            "項目": name,
            "値": assess.shown_parameter(d.value),
            "施行日": d.begins.isoformat(),
            "根拠": d.basis,
            "備考": d.remark,
        }
        for name, d in assessment.parameters.items()
    ]
