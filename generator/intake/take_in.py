"""A returned workbook or PDF → a checked section of a case, with every problem at its cell."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence as Several
from dataclasses import dataclass, replace
from typing import Any

from generator.case import assess
from generator.case.assess import Assessment
from generator.case.build import build_case
from generator.case.model import Case, StageRef
from generator.document import Token
from generator.intake import returned_pdf, returned_workbook
from generator.intake.returned import Answer, Returned, steps
from generator.intake.untrusted import xlsx_reader, zip_file
from generator.intake.untrusted.zip_file import refuse
from generator.layout import compose
from generator.problem import Position, Problem, ProblemError, in_order
from generator.scheme.load import Schemes
from generator.scheme.model import Scheme
from generator.scheme.roles import Role
from generator.scheme.schema import Item
from generator.source import write
from generator.source.nodes import Mapping, Node, Scalar, Sequence, Source

PROVISIONAL = "uketsuke-"  # the 案件番号 of a case that has none yet, followed by the file's hash


@dataclass(frozen=True)
class Taken:
    """What was read of one file."""

    file: str
    digest: str  # sha256 of the file as received
    token: Token
    stage: StageRef
    case: Case
    assessment: Assessment | None
    section: Node  # as the applicant wrote it
    problems: tuple[Problem, ...]

    @property
    def signed(self) -> bool:
        """Whether the form was signed by a key of this office when it was given out."""
        return bool(self.token.signature)

    @property
    def fine(self) -> bool:
        return self.assessment is not None and not any(p.level == "error" for p in self.problems)

    @property
    def provisional(self) -> bool:
        return self.case.number.startswith(PROVISIONAL)

    def text(self) -> str:
        """The new case's YAML."""
        notes = [f"受け取ったファイルの SHA-256: {self.digest}"]
        if self.provisional:
            notes.append("案件番号は仮のものです。決まったら書き換えてください")
        return write.written(self.case.number, self.case.scheme.id, self.stage.stage.name, self.section, tuple(notes))


def take(
    data: bytes, file: str, known: Schemes, keys: Several[str] = (), number: str = "", into: Source | None = None
) -> Taken:
    """Read a returned file.

    ``keys``: the office's, newest first. ``number``: the 案件番号 the file has to be of. ``into``: the case it goes on
    with; without one it has to begin a case. Raises ProblemError for a file that is refused as a whole.
    """
    scheme, back = _returned(data, file, known, keys)
    digest = hashlib.sha256(data).hexdigest()
    stage = _stage(scheme, back.token, file)
    base = build_case(into, known)[0] if into is not None else None
    _right_one(back.token, scheme, file, number, base)
    if base is None and stage.stage is not scheme.stages[0]:
        hint = "案件のファイルを --into で指定してください（例 --into 案件.yaml）"
        refuse(file, f"「{stage.label}」は、すでにある案件の続きです", hint)
    if base is not None:
        _free_place(stage, base, file)
    called = (base.number if base else "") or number or back.token.number or PROVISIONAL + digest[:8]
    return _judged(scheme, back, stage, file, digest, called, known, keys, into, base)


def _returned(data: bytes, file: str, known: Schemes, keys: Several[str]) -> tuple[Scheme, Returned]:
    if zip_file.kind_of(data, file) == "pdf":
        token, fields = returned_pdf.read(data, file, keys)
        scheme = _scheme(token, known, file)
        return scheme, returned_pdf.answers(token, fields, file, scheme.schema)
    marked = returned_workbook.marked(xlsx_reader.read(data, file), file, keys)
    scheme = _scheme(marked.token, known, file)
    return scheme, returned_workbook.answers(marked, scheme.schema)


def _scheme(token: Token, known: Schemes, file: str) -> Scheme:
    try:
        scheme = known.get(token.scheme)
    except KeyError:
        refuse(file, f"制度「{token.scheme[:40]}」の用紙です。その制度はここにありません", "制度を確かめてください")
    versions = {entry.id: {begins.isoformat() for begins, _ in entry.versions} for entry in scheme.forms}
    for form, version in token.forms.items():
        if version not in versions.get(form, ()):
            message = f"様式 {form[:10]} の {version[:10]} 版で作られた用紙です。その版はここにありません"
            refuse(file, message, "新しい版の制度のフォルダーで読んでください")
    return scheme


def _stage(scheme: Scheme, token: Token, file: str) -> StageRef:
    name, _, index = token.stage.partition("[")
    stage = next((s for s in scheme.stages if s.name == name), None)
    digits = index.removesuffix("]")
    if stage is None or stage.many != bool(index) or (stage.many and not (digits.isascii() and digits.isdigit())):
        refuse(file, "用紙の印が壊れています（段階が分かりません）", "用紙を作り直してください")
    if not any(e.stage == stage.name and e.role is Role.APPLICANT for e in scheme.forms):
        refuse(file, f"「{stage.name}」の書類は{scheme.office}が作るものです", "読み取るのは申請者が書く用紙だけです")
    return StageRef(stage, int(digits[:4]) if stage.many else None)


def _right_one(token: Token, scheme: Scheme, file: str, number: str, base: Case | None) -> None:
    """The file is of the scheme, the case and the applicant that it is said to be of."""
    hint = "ファイルと案件を確かめてください"
    if base is not None and base.scheme is not scheme:
        refuse(file, f"別の制度（{scheme.name}）の用紙です。案件は {base.scheme.name} のものです", hint)
    for asked in (number, base.number if base else ""):
        if asked and token.number and token.number.upper() != asked.upper():
            refuse(file, f"案件 {token.number} の用紙です。案件 {asked} のものではありません", hint)
    if base is not None and number and base.number.upper() != number.upper():
        refuse(file, f"--into の案件は {base.number} です。--for の {number} ではありません", hint)
    party = base.get(scheme.party) if base is not None and scheme.party else None
    if isinstance(party, str) and token.applicant and token.applicant != party:
        refuse(
            file, f"別の申請者（{token.applicant[:40]}）のために作られた用紙です。案件は {party[:40]} のものです", hint
        )


def _free_place(stage: StageRef, base: Case, file: str) -> None:
    section = base.data.get(stage.stage.name)
    if stage.index is None and section is not None:
        message = f"案件 {base.number} には、もう「{stage.label}」が書かれています"
        refuse(file, message, "書き直すときは、案件のファイルからその段階を消してください")
    count = len(section) if isinstance(section, list) else 0
    if stage.index is not None and stage.index != count:
        state = "もう書かれています" if stage.index < count else f"書けません（今あるのは{count}回分です）"
        refuse(file, f"案件 {base.number} に「{stage.label}」は{state}", "案件とファイルを確かめてください")


def _judged(
    scheme: Scheme,
    back: Returned,
    stage: StageRef,
    file: str,
    digest: str,
    number: str,
    known: Schemes,
    keys: Several[str],
    into: Source | None,
    base: Case | None,
) -> Taken:
    own = [a for a in back.answers if a.path.startswith(stage.key + ".") and not _of_city(scheme, a.path)]
    balancing = {a.path for a in own if a.defaulted}

    def built(answers: list[Answer]) -> tuple[Node, Case, tuple[Problem, ...], Assessment | None]:
        node = _section(scheme, stage, answers, file)
        case, found = build_case(_whole(scheme, stage, node, number, file, digest, into), known)
        assessment, unmet = assess.assess(case)
        return node, case, (*found, *unmet), assessment

    node, case, found, assessment = built(own)
    for path in sorted(balancing):  # what the form would compute anyway was not given
        fewer = [a if a.path != path else replace(a, text=None) for a in own]
        other = built(fewer)
        if assessment is not None and other[3] is not None and other[3].values == assessment.values:
            own, (node, case, found, assessment) = fewer, other
    problems = [*back.problems, *found]
    if keys and not back.token.signature:
        hint = "こちらで作った用紙に書いて返してもらうか、内容をよく確かめてください"
        problems.append(Problem("用紙に署名がありません", Position(file, 0, 0), hint=hint, level="warning"))
    party = case.get(scheme.party) if scheme.party else None
    if base is None and back.token.applicant and isinstance(party, str) and party != back.token.applicant:
        message = f"{back.token.applicant[:40]} のために作られた用紙ですが、別の名前が書かれています"
        hint = "名前が変わったのか、別の申請者のものかを確かめてください"
        problems.append(case.problem(scheme.party, message, hint, level="warning"))
    problems += _elsewhere(back, stage, base, scheme, file, known)
    if assessment is not None and not any(p.level == "error" for p in problems):
        problems += _too_long(assessment, stage)
    if assessment is None and not problems:
        item = scheme.item_label(scheme.governing)
        problems.append(Problem("金額の定めを決める日付が分からないため、計算できません", Position(file, 0, 0), item))
    ordered = in_order(dict.fromkeys(problems))
    return Taken(file, digest, back.token, stage, case, assessment, node, tuple(ordered))


def _of_city(scheme: Scheme, path: str) -> bool:
    parts = path.split(".")
    return any((item := scheme.schema.at(".".join(parts[:n]))) and item.office for n in range(1, len(parts) + 1))


def _section(scheme: Scheme, stage: StageRef, answers: list[Answer], file: str) -> Node:
    tree: dict[Any, Any] = {}
    skip = len(list(steps(stage.key)))
    for answer in answers:
        at = tree
        *outer, last = list(steps(answer.path))[skip:]
        for step in outer:
            at = at.setdefault(step, {})
        at[last] = answer
    item = scheme.schema.at(stage.key)
    assert item is not None
    place = min((a.position for a in answers), key=lambda p: (p.line, p.column), default=Position(file, 0, 0))
    return _node(item, tree, place)


def _node(item: Item, tree: Any, around: Position) -> Node:
    """The answers below an item as nodes in the schema's order; what nobody filled in is left out where it may be."""
    if isinstance(tree, Answer):
        return Scalar("", True, tree.position) if tree.text is None else Scalar(tree.text, False, tree.position)
    place = _first(tree) or around
    if item.kind == "list":
        assert item.items is not None
        rows = [_node(item.items, tree[n], place) for n in sorted(tree)]
        filled = tuple(row for row in rows if write.given(row))
        return Sequence(filled, place) if filled else Scalar("", True, place)
    entries: dict[str, tuple[Scalar, Node]] = {}
    for key, below in item.properties.items():
        if key not in tree:
            continue
        child = _node(below, tree[key], place)
        if below.kind == "object" and key not in item.required and not write.given(child):
            continue
        entries[key] = (Scalar(key, True, child.position), child)
    return Mapping(entries, place)


def _first(tree: Any) -> Position | None:
    if isinstance(tree, Answer):
        return tree.position
    found = [p for p in map(_first, tree.values()) if p is not None]
    return min(found, key=lambda p: (p.line, p.column), default=None)


def _whole(
    scheme: Scheme, stage: StageRef, node: Node, number: str, file: str, digest: str, into: Source | None
) -> Source:
    """The case with the section in it; each part keeps its own places."""
    nowhere = Position(file, 0, 0)
    if into is not None:
        entries = dict(into.root.entries)
    else:
        entries = {
            key: (Scalar(key, True, nowhere), Scalar(text, False, nowhere))
            for key, text in (("制度", scheme.id), ("案件番号", number))
        }
    key = Scalar(stage.stage.name, True, node.position)
    if stage.index is not None:
        before = entries.get(stage.stage.name)
        items = before[1].items if before and isinstance(before[1], Sequence) else ()
        node = Sequence((*items, node), before[1].position if before else node.position)
    entries[stage.stage.name] = (key, node)
    lines = into.lines if into is not None else ()
    return Source(into.name if into else file, lines, Mapping(entries, nowhere), digest)


def _elsewhere(
    back: Returned, stage: StageRef, base: Case | None, scheme: Scheme, file: str, known: Schemes
) -> list[Problem]:
    """What the sheets repeat of earlier sections is not read; a change of it is told."""
    if base is None:
        return []
    other = [a for a in back.answers if not a.path.startswith(stage.key + ".") and a.text is not None]
    found = []
    for name in dict.fromkeys(a.path.partition(".")[0].partition("[")[0] for a in other):
        ref = StageRef(scheme.stage(name), None) if any(s.name == name and not s.many for s in scheme.stages) else None
        if ref is None:
            continue
        answers = [a for a in other if a.path.startswith(f"{name}.")]
        node = _section(scheme, ref, answers, file)
        read, _ = build_case(_whole(scheme, ref, node, base.number, file, "", None), known)
        for answer in answers:
            if read.get(answer.path) != base.get(answer.path):
                hint = f"「{name}」を変えるときは、案件のファイルを直してください"
                message = f"案件の「{name}」と違うことが書かれています。ここは読み取りません"
                label = scheme.item_label(answer.path)
                found.append(Problem(message, answer.position, label, hint, level="warning"))
    return found


def _too_long(assessment: Assessment, stage: StageRef) -> list[Problem]:
    """Texts that the form has no room for even at its smallest size."""
    try:
        compose.compose(assessment, next(s for s in assessment.case.stages if s.key == stage.key))
    except ProblemError as error:
        return list(error.problems)
    return []
