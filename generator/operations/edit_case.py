"""Write into the file of a case: values in their place, or the section of a stage; all else stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from generator.case import assess, skeleton
from generator.case.build import build_case, load_case
from generator.case.model import INVALID, Case
from generator.operations.check import Report, check_source
from generator.problem import Position, Problem, RefusedError, nearest
from generator.register.records import Records
from generator.scheme.load import Schemes
from generator.scheme.schema import Item
from generator.source import edit
from generator.source.nodes import Source
from generator.source.read import parse, read
from generator.storage.case_file import CaseLock, unchanged
from generator.storage.case_folder import private_folder, write_new, write_whole

_STEP = re.compile(r"([^.\[\]]+)(?:\[([1-9][0-9]{0,5})\])?")
# What is wrong with a value by itself; what the rules say of it is told, but the next value may mend it.
_UNREADABLE = frozenset({
    "case.no-glyph", "case.not-a-choice", "case.not-a-value", "case.not-as-asked", "case.not-of-its-kind",
    "case.not-the-constant", "case.several-lines", "case.too-large", "case.too-long", "case.too-small",
    "case.unusable-number",
})  # fmt: skip


def set_values(
    path: Path, values: Sequence[tuple[str, str]], schemes: Schemes, lock: CaseLock, records: Records | None = None
) -> Report:
    """Write values into the file of a case, each at the path of its item (決定.決定日, 変更[2].理由: the second), and
    tell what `check` says of the case then. '' takes a value away.

    Raises RefusedError, and writes nothing, for an item that the scheme has not, of which the case has no stage, that
    is no single value, or whose value cannot be read, and where the file has changed in between; UnreadableError for
    a file that cannot be read or edited.
    """
    source = read(path)
    case, before = load_case(path, schemes)
    places = [(_place(case, item), value) for item, value in values]
    made = edit.replaced(source.data, str(path), places)
    report = check_source(parse(made, str(path)), schemes, records, fit=False)
    known = {(p.code, p.message, p.item) for p in before}
    slips = [p for p in report.problems if p.code in _UNREADABLE and (p.code, p.message, p.item) not in known]
    if slips:
        raise RefusedError(slips)
    with unchanged(path, source.data, lock):
        write_whole(path, made)
    return report


def add_section(path: Path, stage: str, schemes: Schemes, lock: CaseLock) -> tuple[str, ...]:
    """Write the section of a stage into the file of a case (of a list one item more), to be filled in: with each key,
    what belongs there, and the values that are known before. The paths of these are given back.

    Raises RefusedError for a stage that the scheme has not or that is written already, and where the file has changed
    in between; UnreadableError for a file that cannot be read or added to.
    """
    source = read(path)
    case, _ = load_case(path, schemes)
    names = [s.name for s in case.scheme.stages]
    if stage not in names:
        near = nearest(stage, names)
        hint = f"「{near}」ではありませんか" if near else f"この制度の段階は {'・'.join(names)} です"
        raise _refused(case, f"「{stage}」という段階はありません", hint, code="edit.unknown-stage")
    wanted = case.scheme.stage(stage)
    if stage not in source.root.entries:
        text = skeleton.section(case.scheme, wanted)
        made, index = edit.extended(source.data, str(path), stage, text), 0
    elif wanted.many:
        made = edit.extended(source.data, str(path), stage, lambda column: skeleton.item(case.scheme, wanted, column))
        index = len(case.data.get(stage) or ())
    else:
        hint = f"yoshiki set {path} {stage}.項目=値 で書き換えられます"
        raise _refused(case, f"「{stage}」はもう書かれています", hint, code="edit.stage-there")
    known = _known(parse(made, str(path)), stage, index, schemes)
    places: list[tuple[edit.Path, str]] = []
    for item, value in known.items():
        around: edit.Path = (stage, index) if wanted.many else (stage,)
        places.append(((*around, *item.split(".")), value))
    made = edit.replaced(made, str(path), places)
    with unchanged(path, source.data, lock):
        write_whole(path, made)
    return tuple(known)


def new_case(scheme: str, number: str, path: Path, schemes: Schemes) -> None:
    """Write a new case of a scheme, to be filled in: its head and its first section.

    Raises UnreadableError for a scheme that is not at hand, RefusedError for a number that cannot be one and where the
    file is there already.
    """
    wanted = schemes.named(scheme)
    text = skeleton.case(wanted, number)
    case, problems = build_case(parse(text, str(path)), schemes)
    slips = [p for p in problems if p.code in _UNREADABLE]
    if slips:
        raise RefusedError(slips)
    private_folder(path.parent)
    try:
        write_new(path, text.encode("utf-8"))
    except FileExistsError:
        hint = "案件番号を確かめてください"
        raise _refused(case, "その名前のファイルがもうあります", hint, code="edit.case-there") from None


def _known(source: Source, stage: str, index: int, schemes: Schemes) -> dict[str, str]:
    """What the rules know of the items of a section that nobody has filled in yet: paths and values as written."""
    case, _ = build_case(source, schemes)
    assessment, _ = assess.assess(case)
    ref = next((ref for ref in case.stages if ref.stage.name == stage and (ref.index or 0) == index), None)
    found: dict[str, str] = {}
    for known in case.scheme.rulebook.known if assessment is not None and ref is not None else ():
        if known.stage == stage:
            value = assessment.evaluate(known, ref) if assessment else None
            if value is not INVALID and value not in (None, ""):
                found[known.name] = str(value) if type(value) is int else assess.shown(value)
    return found


def _place(case: Case, item: str) -> edit.Path:
    """The path of an item as the file has it. Raises RefusedError for what is none, or of no stage of the case."""
    steps: list[str | int] = []
    at: Item | None = case.scheme.schema.root
    for part in item.split("."):
        match = _STEP.fullmatch(part)
        below = at.properties if at is not None and at.kind == "object" else {}
        at = below.get(match[1]) if match else None
        if at is None or match is None:
            near = nearest(match[1] if match else part, list(below))
            hint = (
                f"「{near}」ではありませんか" if near else f"ここに書けるのは {'・'.join(below)} です" if below else ""
            )
            raise _refused(case, f"「{item}」という項目はありません", hint, code="edit.unknown-item")
        steps.append(match[1])
        if at.kind == "list":
            if match[2] is None:
                hint = f"何件目かを {match[1]}[1] のように書いてください"
                raise _refused(case, f"「{item}」の「{match[1]}」は並びです", hint, code="edit.which-of-list")
            steps.append(int(match[2]) - 1)
            at = at.items
    if at is None or at.kind in ("object", "list"):
        hint = f"その中の項目を書いてください（{'・'.join(at.properties)}）" if at is not None else ""
        raise _refused(case, f"「{item}」は一つの値ではありません", hint, code="edit.not-a-value")
    stage = str(steps[0])
    if len(steps) > 1 and stage not in case.data:
        hint = f"yoshiki add {stage} で、その段階を書き足してください"
        raise _refused(case, f"この案件には、まだ「{stage}」がありません", hint, code="edit.no-stage")
    return tuple(steps)


def _refused(case: Case, message: str, hint: str, *, code: str) -> RefusedError:
    return RefusedError([Problem(message, Position(case.source.name, 0, 0), hint=hint, code=code)])
