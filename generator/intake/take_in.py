"""A returned workbook or PDF → a checked section of a case, with every problem at its cell."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from generator.case import assess
from generator.case.assess import Assessment
from generator.case.build import build_case
from generator.case.model import Case, StageRef
from generator.document import ReturnToken
from generator.intake import returned_pdf, returned_workbook, which_case
from generator.intake.returned import Answer
from generator.intake.returned_pdf import PdfForm
from generator.intake.returned_workbook import WorkbookForm
from generator.intake.section import Target, section_of
from generator.intake.untrusted import file_kind
from generator.layout import compose
from generator.problem import Position, Problem, RefusedError, in_order
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.source import write
from generator.source.nodes import Node, Source
from generator.typography.fonts import unprintable

PROVISIONAL = "uketsuke-"  # the 案件番号 of a case that has none yet, followed by the file's hash


@dataclass(frozen=True)
class Received:
    """What was read of one file: the ``section`` as the applicant wrote it, and the ``case`` with it, assessed.

    ``file`` is what messages call the file, ``data`` its bytes and ``digest`` their SHA-256 (hex); ``stage`` is the
    stage that the section belongs to.
    """

    file: str
    data: bytes = field(repr=False)
    digest: str
    token: ReturnToken
    stage: StageRef
    case: Case
    assessment: Assessment | None
    section: Node
    problems: tuple[Problem, ...]

    @property
    def signed(self) -> bool:
        """Whether the form was signed by a key of this office when it was given out."""
        return bool(self.token.signature)

    @property
    def fine(self) -> bool:
        """Whether the section may become a part of the case: it was assessed, and no problem is an error."""
        return self.assessment is not None and not any(p.level == "error" for p in self.problems)

    @property
    def provisional(self) -> bool:
        """Whether the case has a 案件番号 made from the file's hash, since nobody has named one."""
        return self.case.number.startswith(PROVISIONAL)

    @property
    def amounts(self) -> dict[str, str]:
        """What was computed of the stage, as a reader sees it, whatever the file's own totals say."""
        lines = self.assessment.lines if self.assessment else ()
        own = (line for line in lines if line.stage.key == self.stage.key and line.index is None)
        return {line.step.name: assess.shown(line.value) for line in own}

    def written(self, into: Source | None = None) -> bytes:
        """The YAML of the new case; or of the case ``into``, as it was, with the section at its end.

        Raises UnreadableError where nothing can be added to that file.
        """
        if into is not None:
            return write.appended(into.data, self.stage.stage.name, self.section, self.stage.index, into.name)
        notes = [f"受け取ったファイルの SHA-256: {self.digest}"]
        if self.provisional:
            notes.append("案件番号は仮のものです。決まったら書き換えてください")
        head = (self.case.number, self.case.scheme.id, self.stage.stage.name)
        return write.written(*head, self.section, tuple(notes)).encode("utf-8")


@dataclass(frozen=True)
class _Section:
    """A section, the case with it, and what is wrong with them."""

    node: Node
    case: Case
    assessment: Assessment | None
    problems: tuple[Problem, ...]


def take(
    data: bytes, file: str, schemes: Schemes, keys: Sequence[str] = (), number: str = "", into: Source | None = None
) -> Received:
    """Read a returned file called ``file`` in messages; nothing is written.

    ``keys``: the office's, newest first. ``number``: the 案件番号 the file has to be of. ``into``: the case it
    continues; without one it has to begin a case. Raises UnreadableError or RefusedError for a file that is refused as
    a whole, SchemeError for a faulty scheme; what is wrong with single answers is in the result.
    """
    form = _form(data, file, keys)
    token = form.token
    scheme = which_case.scheme_of(token, schemes, file)
    stage = which_case.stage_of(token, scheme, file)
    base = build_case(into, schemes)[0] if into is not None else None
    which_case.check_number(token, number, file)
    if base is None:
        which_case.check_begins(stage, scheme, file)
    else:
        which_case.check_case(token, stage, base, scheme, number, file)
    returned = form.answers(scheme.schema)

    digest = hashlib.sha256(data).hexdigest()
    case_number = (base.number if base else "") or number or token.number or PROVISIONAL + digest[:8]
    target = Target(scheme, stage, case_number, file, digest, into)
    section = _checked(target, returned.answers, schemes)

    problems = [*returned.problems, *section.problems]
    if keys and not token.signature:
        problems.append(_unsigned(file))
    if base is None:
        problems += _other_name(token, section.case)
    else:
        problems += _changed_elsewhere(target, returned.answers, base, schemes)
    if section.assessment is not None and not any(p.level == "error" for p in problems):
        problems += _too_long(section.assessment, stage)
    if section.assessment is None and not problems:
        problems.append(assess.undated(section.case))
    ordered = tuple(in_order(dict.fromkeys(problems)))
    return Received(file, data, digest, token, stage, section.case, section.assessment, section.node, ordered)


def _form(data: bytes, file: str, keys: Sequence[str]) -> PdfForm | WorkbookForm:
    if file_kind.kind_of(data, file) == "pdf":
        return returned_pdf.read(data, file, keys)
    return returned_workbook.read(data, file, keys)


def _checked(target: Target, answers: Sequence[Answer], schemes: Schemes) -> _Section:
    """The section of the answers that are the applicant's to give; what the form would compute anyway was not given."""
    scheme, stage = target.scheme, target.stage
    own = [a for a in answers if a.path.startswith(f"{stage.key}.") and not _given_by_office(scheme, a.path)]
    section = _assessed(target, own, schemes)
    for path in sorted({a.path for a in own if a.defaulted}):
        fewer = [a if a.path != path else replace(a, text=None) for a in own]
        without = _assessed(target, fewer, schemes)
        if section.assessment and without.assessment and without.assessment.values == section.assessment.values:
            own, section = fewer, without
    return section


def _assessed(target: Target, answers: Sequence[Answer], schemes: Schemes) -> _Section:
    node = section_of(target, answers)
    case, problems = build_case(target.case_file(node), schemes, unprintable)
    assessment, violations = assess.assess(case)
    return _Section(node, case, assessment, (*problems, *violations))


def _given_by_office(scheme: Scheme, path: str) -> bool:
    parts = path.split(".")
    return any((item := scheme.schema.at(".".join(parts[:n]))) and item.office for n in range(1, len(parts) + 1))


def _unsigned(file: str) -> Problem:
    hint = "こちらで作った用紙に書いて返してもらうか、内容をよく確かめてください"
    at = Position(file, 0, 0)
    return Problem("用紙に署名がありません", at, hint=hint, level="warning", code="intake.unsigned")


def _other_name(token: ReturnToken, case: Case) -> list[Problem]:
    """A warning where a new case is of another applicant than the form was made for."""
    if not token.applicant or not case.applicants or token.applicant in case.applicants:
        return []
    path = case.scheme.party
    item = case.scheme.schema.at(path)
    whose = "別の申請者" if item is not None and item.personal else token.applicant[:40]
    message = f"{whose} のために作られた用紙ですが、別の名前が書かれています"
    hint = "名前が変わったのか、別の申請者のものかを確かめてください"
    return [case.problem(path, message, hint, level="warning", code="intake.other-name")]


def _changed_elsewhere(target: Target, answers: Sequence[Answer], base: Case, schemes: Schemes) -> list[Problem]:
    """What the sheets repeat of earlier sections is not read; a change of it is told."""
    problems = []
    now = base.as_of(None)
    other = [a for a in answers if not a.path.startswith(f"{target.stage.key}.") and a.text is not None]
    for stage in (s for s in target.scheme.stages if not s.many):
        repeated = [a for a in other if a.path.startswith(f"{stage.name}.")]
        if not repeated:
            continue
        earlier = Target(target.scheme, StageRef(stage, None), base.number, target.file, "")
        read, _ = build_case(earlier.case_file(section_of(earlier, repeated)), schemes)
        for answer in repeated:
            if read.get(answer.path) not in (base.get(answer.path), now.get(answer.path)):
                hint = f"「{stage.name}」を変えるときは、案件のファイルを直してください"
                message = f"案件の「{stage.name}」と違うことが書かれています。ここは読み取りません"
                label = target.scheme.item_label(answer.path)
                problems.append(
                    Problem(
                        message,
                        answer.position,
                        label,
                        hint,
                        level="warning",
                        code="intake.earlier-stage-differs",
                    )
                )
    return problems


def _too_long(assessment: Assessment, stage: StageRef) -> list[Problem]:
    """Texts that the form has no room for even at its smallest size."""
    try:
        compose.compose(assessment, next(s for s in assessment.case.stages if s.key == stage.key))
    except RefusedError as error:
        return list(error.problems)
    return []
