"""One readable function for each command. The only room that writes files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from generator.case import assess, identity
from generator.case import case as cases
from generator.case.assess import Assessment
from generator.case.case import Case
from generator.case.document_number import Marks
from generator.case.identity import Named
from generator.document import Document
from generator.layout import compose
from generator.problem import EXIT_FAILED, EXIT_FINE, EXIT_PROBLEMS, Problem, ProblemError
from generator.register import office as offices
from generator.render import FORMATS, renderer
from generator.scheme.load import Scheme, Schemes
from generator.source import read as sources
from generator.storage import fingerprint as fingerprints
from generator.storage.case_folder import Box, Outbox
from generator.storage.destination import Folder, Place

if TYPE_CHECKING:
    from generator.register.register import Records, Register

_WARNINGS = "注意"  # what is kept of a case: its warnings


@dataclass(frozen=True)
class Brief:
    """What is told of a case that was checked in another process, or that has not changed since it was rendered."""

    scheme: str
    number: str
    stages: tuple[str, ...]  # labels of those it has reached
    assessed: bool


@dataclass(frozen=True)
class Checked:
    """What is known of one case file."""

    path: Path
    case: Case | None
    assessment: Assessment | None
    problems: tuple[Problem, ...]
    failed: bool = False  # not the case is to blame, but the scheme's files or missing fonts
    brief: Brief | None = None  # where case and assessment are not at hand

    @property
    def fine(self) -> bool:
        assessed = self.brief.assessed if self.brief else self.assessment is not None
        return assessed and not any(p.level == "error" for p in self.problems)

    @property
    def about(self) -> Brief | None:
        """What the case is called; None where there is no case to speak of."""
        if self.case is None:
            return self.brief
        stages = tuple(s.label for s in self.case.stages)
        return Brief(self.case.scheme.id, self.case.number, stages, self.assessment is not None)


@dataclass(frozen=True)
class Rendered:
    """What became of one case in `render`."""

    checked: Checked
    box: Box | None
    files: tuple[str, ...] = ()
    made: bool = False  # False: it was already up to date
    removed: tuple[str, ...] = ()
    outdated: bool = False  # the case has problems and the files of an earlier run are still there
    told: Mapping[str, Any] = field(default_factory=dict)  # what was told of an unchanged case when its files were made

    @property
    def folder(self) -> Path | None:
        return self.box.folder if isinstance(self.box, Outbox) else None

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file as it was made."""
        known = self.box.manifest()["files"] if self.box and self.files else {}
        return {name: known[name] for name in sorted(self.files)}


def schemes(given: Path | None = None) -> Schemes:
    """The schemes at hand: --forms, YOSHIKI_FORMS, ./forms, then the copy that came with the program."""
    roots = [given] if given else []
    if os.environ.get("YOSHIKI_FORMS"):
        roots.append(Path(os.environ["YOSHIKI_FORMS"]))
    here = Path(__file__).parents[1]
    return Schemes([*roots, Path("forms"), here / "forms", here.parent / "forms"])


def ledger_place(given: str = "") -> str:
    """Where the register is, if not where yoshiki.toml says: --ledger, YOSHIKI_LEDGER."""
    return given or os.environ.get("YOSHIKI_LEDGER", "")


def register(ledger: str = "") -> Register | None:
    """The register of the office that holds the working folder; None outside of any office. Raises ProblemError."""
    office = offices.find(Path.cwd())
    if office is None:
        return None
    from generator.register.register import Register  # with its database, which few need

    return Register.open(office, ledger_place(ledger))


def exit_code(results: Sequence[Checked]) -> int:
    if any(c.failed for c in results):
        return EXIT_FAILED
    return EXIT_FINE if all(c.fine for c in results) else EXIT_PROBLEMS


def check(
    paths: Sequence[Path], known: Schemes, laid_out: bool = True, register: Records | None = None
) -> list[Checked]:
    """Read and assess each case; two files of the run may not share a 案件番号 (case ignored).

    ``laid_out``: also whether every text fits into its form, which `render` finds out by itself.
    ``register``: also whether the case, edited since, would change a document that was issued.
    """
    return told_apart([check_one(path, known, register, laid_out) for path in paths], known)


def check_one(
    path: Path,
    known: Schemes,
    register: Records | None = None,
    laid_out: bool = True,
    data: bytes | None = None,
) -> Checked:
    """`check` for one case, whatever the numbers of others. ``data``: its contents, of a file on another computer."""
    one = _as_issued(_check(path, known, data), known, register)
    return _laid_out(one) if laid_out else one


def told_apart(results: list[Checked], known: Schemes) -> list[Checked]:
    """The same, with a Problem for each case whose 案件番号 an earlier one has."""
    first: dict[tuple[str, str], Path] = {}
    for n, one in enumerate(results):
        about = one.about
        if about is None or not about.number:
            continue
        key = (about.scheme, about.number.upper())
        if key in first and first[key].resolve() != one.path.resolve():
            message = f"案件番号が {first[key]} と同じです"
            case = one.case or cases.load(one.path, known)[0]
            problem = case.problem(
                "案件番号", message, "案件ごとに別の番号を付けてください（大文字と小文字は区別しません）"
            )
            results[n] = replace(one, problems=(*one.problems, problem))
        first.setdefault(key, one.path)
    return results


def _check(path: Path, known: Schemes, data: bytes | None = None) -> Checked:
    try:
        if data is None:
            case, problems = cases.load(path, known)
        else:
            case, problems = cases.build(sources.parse(data, str(path)), known)
        assessment, unmet = assess.assess(case)
    except ProblemError as error:
        elsewhere = all(p.position is None or p.position.file != str(path) for p in error.problems)
        return Checked(path, None, None, error.problems, failed=elsewhere)
    found = sorted({*problems, *unmet}, key=lambda p: (p.position.line, p.position.column) if p.position else (0, 0))
    if assessment is None and not found:
        message = "金額の定めを決める日付が分からないため、計算できません"
        found.append(case.problem(case.scheme.governing, message, "日付を書いてください"))
    return Checked(path, case, assessment, tuple(found))


def _as_issued(one: Checked, known: Schemes, register: Records | None) -> Checked:
    if register is None or one.assessment is None or not one.fine:
        return one
    try:
        found = register.problems(one.assessment, known)
    except ProblemError as error:
        found = list(error.problems)
    return replace(one, problems=(*one.problems, *found))


def _laid_out(one: Checked) -> Checked:
    try:
        if one.fine and one.assessment is not None:
            found = [p for stage in one.assessment.case.stages for p in compose.misfits(one.assessment, stage)]
            return replace(one, problems=(*one.problems, *found))
    except ProblemError as error:
        return replace(one, problems=(*one.problems, *error.problems))
    return one


def documents(assessment: Assessment, marks: Marks | None = None) -> Iterator[Document]:
    """The Document of each stage the case has reached and that has a form; ProblemError where a text fits nowhere."""
    for stage in assessment.case.stages:
        document = compose.compose(assessment, stage, marks)
        if any(sheet.printed for sheet in document.sheets):
            yield document


def files_of(
    document: Document, formats: Sequence[str], forms: Sequence[str], kept: Mapping[str, bytes] = MappingProxyType({})
) -> Iterator[tuple[str, bytes]]:
    """Each file of a stage: name and contents. ``forms`` limits them to certain form ids; empty: all.

    ``kept``: what was issued, by its name. It is never made again: the pages of issued forms are taken from there,
    and the workbook of a stage in which no draft is left.
    """
    chosen = [s for s in document.sheets if s.printed and (not forms or s.form in forms)]
    singles = dict.fromkeys(s.file for s in chosen)
    if not chosen:
        return
    if "xlsx" in formats:
        yield f"{document.name}.xlsx", workbook(document, kept)
    if "pdf" in formats:
        from generator.render import pdf as pdfs  # with its drawing library, which only making files needs

        for file in singles:
            yield f"{file}.pdf", kept.get(f"{file}.pdf") or renderer("pdf")(document.only(file))
        if not forms:
            alone = f"{next(iter(singles))}.pdf" if len(singles) == 1 else ""
            yield f"{document.name}.pdf", kept.get(alone) or pdfs.render(document, kept)
    if "docx" in formats:
        for file in dict.fromkeys(s.file for s in chosen if s.word):
            yield f"{file}.docx", renderer("docx")(document.only(file))


def workbook(document: Document, kept: Mapping[str, bytes]) -> bytes:
    """The workbook of a stage: as issued, unless one of its forms is still a draft and is to be seen as it stands."""
    issued = None if any(sheet.stamp for sheet in document.sheets) else kept.get(f"{document.name}.xlsx")
    return issued or renderer("xlsx")(document)


def render(
    paths: Sequence[Path],
    known: Schemes,
    out: Path,
    formats: Sequence[str] = (),
    forms: Sequence[str] = (),
    register: Records | None = None,
) -> Iterator[Rendered]:
    """Make the files of each case; nothing is written for a case with problems, and nothing that is still true.

    Documents that ``register`` knows carry their number, and what was issued is copied, not made again.
    """
    paths = list(paths)
    twice = identity.same_numbers(paths) if len(paths) > 1 else {}
    alone = [p for p in paths if p not in twice and p not in twice.values()]
    unchanged = {p: found for p in alone if (found := current(identity.named(p, known), out, formats, forms, register))}
    others = check([p for p in paths if p not in unchanged], known, laid_out=False, register=register)
    rest = iter(others)
    for path in paths:
        if path in unchanged:
            yield unchanged[path]
        else:
            yield render_checked(next(rest), out, formats, forms, register)


def current(
    one: Named | None,
    out: Path | Place,
    formats: Sequence[str] = (),
    forms: Sequence[str] = (),
    register: Records | None = None,
) -> Rendered | None:
    """The case as it was rendered before, if nothing that it depends on has changed and its files are all there.

    The bytes of the case tell: it is not read, checked and computed again.
    """
    if one is None:
        return None
    try:
        issued = register.fingerprint_of(one.scheme.id, one.number) if register else ""
    except ProblemError:  # told where the case is checked
        return None
    box = _box(out, one.scheme, one.number, fingerprints.of(one.digest, one.scheme.digest, issued), formats, forms)
    files, told = box.current(), box.told()
    if files is None or _WARNINGS not in told or not box.settled():
        return None
    try:
        problems = tuple(Problem.again(p, str(one.path)) for p in told[_WARNINGS])
    except (KeyError, TypeError):  # not written by us
        return None
    checked = Checked(one.path, None, None, problems, brief=Brief(one.scheme.id, one.number, (), True))
    return Rendered(checked, box, tuple(files), told=told)


def _box(
    out: Path | Place, scheme: Scheme, number: str, base: str, formats: Sequence[str], forms: Sequence[str]
) -> Box:
    place = Folder(out) if isinstance(out, Path) else out
    formats = tuple(f for f in FORMATS if not formats or f in formats)
    return place.box(scheme.id, number, base, " ".join(("all", *formats, *sorted(set(forms)))))


def render_checked(
    checked: Checked,
    out: Path | Place,
    formats: Sequence[str] = (),
    forms: Sequence[str] = (),
    register: Records | None = None,
    told: Mapping[str, Any] = MappingProxyType({}),
) -> Rendered:
    """`render` for a case that is checked already. ``told``: what `current` shall tell of it the next time."""
    formats = tuple(f for f in FORMATS if not formats or f in formats)
    forms = tuple(sorted(set(forms)))
    case = checked.case
    if case is None or not case.number:
        return Rendered(checked, None)
    box = _box(out, case.scheme, case.number, fingerprint(case, register), formats, forms)
    if not checked.fine or checked.assessment is None:
        return Rendered(checked, box, outdated=box.exists())
    told = {_WARNINGS: [p.kept() for p in checked.problems], **told}
    with box.lock():
        box.recover()
        present = box.current()
        if present is not None:
            box.tell(told)
            return Rendered(checked, box, tuple(present))
        try:
            marks, kept = (register.marks(case), register.kept(case)) if register else ({}, {})
            made = documents(checked.assessment, marks)
            files = dict(pair for d in made for pair in files_of(d, formats, forms, kept))
        except ProblemError as error:
            failed = replace(checked, problems=(*checked.problems, *error.problems))
            return Rendered(failed, box, outdated=box.exists())
        removed = box.put(files, told)
    return Rendered(checked, box, tuple(sorted(files)), True, tuple(removed))


def fingerprint(case: Case, register: Records | None = None) -> str:
    """Of all that a case's files depend on: the case, the scheme, the fonts, the program and what it draws with."""
    issued = register.fingerprint(case) if register else ""
    return fingerprints.of(case.source.digest, case.scheme.digest, issued)


def explain(path: Path, known: Schemes) -> Checked:
    """A single case, assessed; the caller prints its assessment."""
    return _check(path, known)


def explanation(assessment: Assessment) -> list[dict[str, Any]]:
    """Each computed amount with stage, inputs, formula, result and article, in the order of computation."""
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
        }
        for line in assessment.lines
    ]


def parameters(assessment: Assessment) -> list[dict[str, str]]:
    """The dated values in force for the case, each with its article."""
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


def all_schemes(known: Schemes) -> tuple[list[Scheme], list[Problem]]:
    """Every scheme that loads, and what is wrong with the others."""
    loaded: list[Scheme] = []
    problems: list[Problem] = []
    for name in known.folders:
        try:
            loaded.append(known.get(name))
        except ProblemError as error:
            problems += error.problems
    return loaded, problems
