"""One readable function for each command. The only room that writes files."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generator import case as cases
from generator import fonts, layout, rules
from generator import register as registers
from generator import source as sources
from generator.case import Case
from generator.document import Document
from generator.mark import Marks
from generator.outbox import Outbox
from generator.problem import EXIT_FAILED, EXIT_FINE, EXIT_PROBLEMS, Problem, ProblemError
from generator.register import Register
from generator.render import FORMATS, renderer
from generator.render import pdf as pdfs
from generator.rules import Assessment
from generator.scheme import Scheme, Schemes
from generator.source import Scalar

_HEAD = re.compile("(?:#[^\n]*\n|[ \r]*\n)*制度: ([0-9A-Za-z-]+) *\r?\n案件番号: ([0-9A-Za-z-]+) *\r?\n".encode())
_DRAWING = ("reportlab", "pypdf", "openpyxl", "python-docx", "isal", "jinja2")


@dataclass(frozen=True)
class Checked:
    """What is known of one case file."""

    path: Path
    case: Case | None
    assessment: Assessment | None
    problems: tuple[Problem, ...]
    failed: bool = False  # not the case is to blame, but the scheme's files or missing fonts

    @property
    def fine(self) -> bool:
        return self.assessment is not None and not any(p.level == "error" for p in self.problems)


@dataclass(frozen=True)
class Rendered:
    """What became of one case in `render`."""

    checked: Checked
    folder: Path | None
    files: tuple[str, ...] = ()
    made: bool = False  # False: it was already up to date
    removed: tuple[str, ...] = ()
    outdated: bool = False  # the case has problems and the files of an earlier run are still there


def schemes(given: Path | None = None) -> Schemes:
    """The schemes at hand: --forms, YOSHIKI_FORMS, ./forms, then the copy that came with the program."""
    roots = [given] if given else []
    if os.environ.get("YOSHIKI_FORMS"):
        roots.append(Path(os.environ["YOSHIKI_FORMS"]))
    here = Path(__file__).parent
    return Schemes([*roots, Path("forms"), here / "forms", here.parent / "forms"])


def ledger_place(given: str = "") -> str:
    """Where the register is, if not where yoshiki.toml says: --ledger, YOSHIKI_LEDGER."""
    return given or os.environ.get("YOSHIKI_LEDGER", "")


def register(ledger: str = "") -> Register | None:
    """The register of the office that holds the working folder; None outside of any office. Raises ProblemError."""
    return registers.find(Path.cwd(), ledger_place(ledger))


def exit_code(results: Sequence[Checked]) -> int:
    if any(c.failed for c in results):
        return EXIT_FAILED
    return EXIT_FINE if all(c.fine for c in results) else EXIT_PROBLEMS


def check(
    paths: Sequence[Path], known: Schemes, laid_out: bool = True, register: Register | None = None
) -> list[Checked]:
    """Read and assess each case; two files of the run may not share a 案件番号 (case ignored).

    ``laid_out``: also whether every text fits into its form, which `render` finds out by itself.
    ``register``: also whether the case, edited since, would change a document that was issued.
    """
    results = [_as_issued(_check(path, known), known, register) for path in paths]
    results = [_laid_out(one) if laid_out else one for one in results]
    first: dict[tuple[str, str], Path] = {}
    for n, one in enumerate(results):
        if one.case is None or not one.case.number:
            continue
        key = (one.case.scheme.id, one.case.number.upper())
        if key in first and first[key].resolve() != one.path.resolve():
            message = f"案件番号が {first[key]} と同じです"
            problem = one.case.problem(
                "案件番号", message, "案件ごとに別の番号を付けてください（大文字と小文字は区別しません）"
            )
            results[n] = replace(one, problems=(*one.problems, problem))
        first.setdefault(key, one.path)
    return results


def same_numbers(paths: Sequence[Path]) -> dict[Path, Path]:
    """Each file whose 制度 and 案件番号 stand in an earlier file of the run already (case ignored), and that file.

    Where the two lines stand first, as they should, only they are read: thousands of cases are told apart before any
    work begins. Of any other spelling the whole file is read; one that cannot be read is left to `check`.
    """
    first: dict[tuple[str, str], Path] = {}
    twice: dict[Path, Path] = {}
    for path in paths:
        scheme, number = _head(path)
        if scheme and number:
            before = first.setdefault((scheme, number.upper()), path)
            if before != path:
                twice[path] = before
    return twice


def _head(path: Path) -> tuple[str, str]:
    """制度 and 案件番号 of a case file; '' for what cannot be read."""
    try:
        with path.open("rb") as file:
            found = _HEAD.match(file.read(2048))
        if found:
            return found[1].decode(), found[2].decode()
        entries = sources.read(path).root.entries
    except (OSError, UnicodeDecodeError, ProblemError):
        return "", ""
    scheme, number = (entries[key][1] if key in entries else None for key in ("制度", "案件番号"))
    return (scheme.text if isinstance(scheme, Scalar) else ""), (number.text if isinstance(number, Scalar) else "")


def _check(path: Path, known: Schemes) -> Checked:
    try:
        case, problems = cases.load(path, known)
        assessment, unmet = rules.assess(case)
    except ProblemError as error:
        elsewhere = all(p.position is None or p.position.file != str(path) for p in error.problems)
        return Checked(path, None, None, error.problems, failed=elsewhere)
    found = sorted({*problems, *unmet}, key=lambda p: (p.position.line, p.position.column) if p.position else (0, 0))
    if assessment is None and not found:
        message = "金額の定めを決める日付が分からないため、計算できません"
        found.append(case.problem(case.scheme.governing, message, "日付を書いてください"))
    return Checked(path, case, assessment, tuple(found))


def _as_issued(one: Checked, known: Schemes, register: Register | None) -> Checked:
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
            for _ in documents(one.assessment):
                pass
    except ProblemError as error:
        return replace(one, problems=(*one.problems, *error.problems))
    return one


def documents(assessment: Assessment, marks: Marks | None = None) -> Iterator[Document]:
    """The Document of each stage the case has reached and that has a form; ProblemError where a text fits nowhere."""
    for stage in assessment.case.stages:
        document = layout.compose(assessment, stage, marks)
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
    register: Register | None = None,
) -> Iterator[Rendered]:
    """Make the files of each case; nothing is written for a case with problems, and nothing that is still true.

    Documents that ``register`` knows carry their number, and what was issued is copied, not made again.
    """
    for one in check(paths, known, laid_out=False, register=register):
        yield render_checked(one, out, formats, forms, register)


def render_checked(
    checked: Checked,
    out: Path,
    formats: Sequence[str] = (),
    forms: Sequence[str] = (),
    register: Register | None = None,
) -> Rendered:
    """`render` for a case that is checked already."""
    formats = tuple(f for f in FORMATS if not formats or f in formats)
    forms = tuple(sorted(set(forms)))
    case = checked.case
    if case is None or not case.number:
        return Rendered(checked, None)
    box = Outbox(out / case.scheme.id, case.number, fingerprint(case, register), " ".join(("all", *formats, *forms)))
    if not checked.fine or checked.assessment is None:
        return Rendered(checked, box.folder, outdated=box.folder.exists())
    with box.lock():
        box.recover()
        present = box.current()
        if present is not None:
            return Rendered(checked, box.folder, tuple(present))
        try:
            marks, kept = (register.marks(case), register.kept(case)) if register else ({}, {})
            made = documents(checked.assessment, marks)
            files = dict(pair for d in made for pair in files_of(d, formats, forms, kept))
        except ProblemError as error:
            failed = replace(checked, problems=(*checked.problems, *error.problems))
            return Rendered(failed, box.folder, outdated=box.folder.exists())
        removed = box.put(files)
    return Rendered(checked, box.folder, tuple(sorted(files)), True, tuple(removed))


def fingerprint(case: Case, register: Register | None = None) -> str:
    """Of all that a case's files depend on: the case, the scheme, the fonts, the program and what it draws with."""
    issued = register.fingerprint(case) if register else ""
    parts = (case.source.digest, case.scheme.digest, fonts.digest(), program(), issued)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def program() -> str:
    total = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _DRAWING:
        total.update(f"{name}=={metadata.version(name)}\n".encode())
    return total.hexdigest()


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
            "結果": rules.shown(line.value),
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
            "値": rules.shown_parameter(d.value),
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
