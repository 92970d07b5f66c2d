"""What a returned file is for: the scheme, the stage and the case that its token names, or why it is refused."""

from __future__ import annotations

import re
from typing import NoReturn

from generator.case.model import Case, StageRef
from generator.document import ReturnToken
from generator.intake.returned import ADVICE
from generator.intake.untrusted.refusal import unreadable
from generator.problem import Position, Problem, RefusedError
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.scheme.roles import Role

_STAGE = re.compile(r"([^\[\]]+)(?:\[([0-9]{1,4})\])?")
_CHECK_BOTH = "ファイルと案件を確かめてください"


def scheme_of(token: ReturnToken, schemes: Schemes, file: str) -> Scheme:
    """The scheme of a form. Raises RefusedError where it, or the version of the form, is not at hand."""
    try:
        scheme = schemes.get(token.scheme)
    except KeyError:
        message = f"制度「{token.scheme[:40]}」の用紙です。その制度はここにありません"
        _refuse(file, message, "制度を確かめてください", code="intake.unknown-scheme")
    versions = {form_spec.id: {begins.isoformat() for begins, _ in form_spec.versions} for form_spec in scheme.forms}
    for form, version in token.forms.items():
        if version not in versions.get(form, ()):
            message = f"様式 {form[:10]} の {version[:10]} 版で作られた用紙です。その版はここにありません"
            _refuse(file, message, "新しい版の制度のフォルダーで読んでください", code="intake.unknown-version")
    return scheme


def stage_of(token: ReturnToken, scheme: Scheme, file: str) -> StageRef:
    """The stage that a form belongs to.

    Raises UnreadableError where the token names none, RefusedError where the applicant writes nothing in it.
    """
    match = _STAGE.fullmatch(token.stage)
    stage = next((s for s in scheme.stages if match and s.name == match[1]), None)
    if match is None or stage is None or stage.many != bool(match[2]):
        raise unreadable(file, "用紙の印が壊れています（段階が分かりません）", ADVICE, code="intake.unknown-stage")
    if not any(form_spec.stage == stage.name and form_spec.role is Role.APPLICANT for form_spec in scheme.forms):
        message, hint = f"「{stage.name}」の書類は{scheme.office}が作るものです", "読み取るのは申請者が書く用紙だけです"
        _refuse(file, message, hint, code="intake.document-of-office")
    return StageRef(stage, int(match[2]) if stage.many else None)


def check_begins(stage: StageRef, scheme: Scheme, file: str) -> None:
    """Look whether a case may begin with the form.

    Raises RefusedError for a form of a stage with which no case begins.
    """
    if stage.stage.name != scheme.stages[0].name:
        hint = "案件のファイルを --into で指定してください（例 --into 案件.yaml）"
        _refuse(file, f"「{stage.label}」は、すでにある案件の続きです", hint, code="intake.case-needed")


def check_number(token: ReturnToken, number: str, file: str) -> None:
    """Look whether the form is of this case.

    Raises RefusedError for a form of another case than that of the 案件番号; '' is any case.
    """
    if number and token.number and token.number.upper() != number.upper():
        message = f"案件 {token.number} の用紙です。案件 {number} のものではありません"
        _refuse(file, message, _CHECK_BOTH, code="intake.other-case")


def check_case(token: ReturnToken, stage: StageRef, case: Case, scheme: Scheme, number: str, file: str) -> None:
    """Look whether the form continues the case.

    Raises RefusedError where it does not continue the case: of another scheme, number, applicant or stage.
    """
    if case.scheme.id != scheme.id:
        message = f"別の制度（{scheme.name}）の用紙です。案件は {case.scheme.name} のものです"
        _refuse(file, message, _CHECK_BOTH, code="intake.other-scheme")
    check_number(token, case.number, file)
    if number and case.number.upper() != number.upper():
        message = f"--into の案件は {case.number} です。--for の {number} ではありません"
        _refuse(file, message, _CHECK_BOTH, code="intake.numbers-differ")
    if case.applicants and token.applicant and token.applicant not in case.applicants:
        named, own = token.applicant[:40], case.applicant[:40]
        message = f"別の申請者（{named}）のために作られた用紙です。案件は {own} のものです"
        item = scheme.schema.at(scheme.party)
        if item is not None and item.personal:
            message = "別の申請者のために作られた用紙です"
        _refuse(file, message, _CHECK_BOTH, code="intake.other-applicant")
    _check_not_written(stage, case, file)


def _check_not_written(stage: StageRef, case: Case, file: str) -> None:
    section = case.data.get(stage.stage.name)
    if stage.index is None:
        if section is not None:
            message = f"案件 {case.number} には、もう「{stage.label}」が書かれています"
            hint = "書き直すときは、案件のファイルからその段階を消してください"
            _refuse(file, message, hint, code="intake.stage-already-written")
        return
    count = len(section) if isinstance(section, list) else 0
    hint = "案件とファイルを確かめてください"
    if stage.index < count:
        message = f"案件 {case.number} に「{stage.label}」はもう書かれています"
        _refuse(file, message, hint, code="intake.stage-already-written")
    if stage.index > count:
        message = f"案件 {case.number} に「{stage.label}」は書けません（今あるのは{count}回分です）"
        _refuse(file, message, hint, code="intake.stage-too-early")


def _refuse(file: str, message: str, hint: str, code: str) -> NoReturn:
    raise RefusedError([Problem(message, Position(file, 0, 0), hint=hint, code=code)])
