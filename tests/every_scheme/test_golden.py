"""Every form of every sample against what it was when somebody last looked at it."""

from __future__ import annotations

from pathlib import Path

import goldens
import pages
import plainxml
import pytest
import samples


def told(data: bytes) -> str:
    """The pages of a PDF as text: millimetres from the upper left corner to the baseline, points, words."""
    out = []
    for number, page in enumerate(pages.read(data), 1):
        out.append(f"# page {number}, {page.width:.1f} x {page.height:.1f} mm")
        out += [f"{g.x:5.1f} {g.y:5.1f} {g.size:4.1f} {text}" for g, text in pages.lines(page)]
    return "\n".join(out) + "\n"


def sheets(sample: Path) -> dict[str, str]:
    """The worksheets of each form, of each stage the names of the workbook with the sheets that are its own, and the
    styles. The hidden sheet of marks is left out: it names the program's version."""
    out: dict[str, str] = {}
    styles: dict[str, str] = {}
    for stage, document in enumerate(samples.documents(sample), 1):
        book = plainxml.Workbook(samples.files(sample, "xlsx")[f"{document.name}.xlsx"])
        out[f"stage-{stage}"] = book.book()
        for number, sheet in enumerate(document.sheets):
            name = sheet.file if sheet.printed else f"stage-{stage}"
            out[name] = out.get(name, "") + f"# {sheet.name}\n" + book.sheet(number)
        styles |= book.styles()
    out["styles"] = "".join(f"{key}: {told}\n" for key, told in sorted(styles.items()))
    return out


def test_text_stands_where_it_stood(golden: Path, regenerate: bool) -> None:
    forms = {s.file for d in samples.documents(golden) for s in d.sheets if s.printed}
    texts = {form: told(samples.files(golden, "pdf")[f"{form}.pdf"]) for form in sorted(forms)}
    goldens.check(samples.name(golden), ".pdf.txt", texts, regenerate)


def test_worksheets_are_as_they_were(golden: Path, regenerate: bool) -> None:
    goldens.check(samples.name(golden), ".xlsx.txt", sheets(golden), regenerate)


def test_letters_are_as_they_were(golden: Path, regenerate: bool) -> None:
    letters = {n.removesuffix(".docx"): plainxml.letter(d) for n, d in samples.files(golden, "docx").items()}
    goldens.check(samples.name(golden), ".docx.xml", letters, regenerate)


def test_there_are_goldens_and_none_of_a_sample_that_is_gone() -> None:
    assert samples.ALL
    schemes = {sample.parent.name for sample in goldens.samples_of(regenerate=False)}
    assert schemes
    kept = {f"{path.parent.name}/{path.name}" for scheme in schemes for path in (goldens.FOLDER / scheme).glob("*")}
    assert kept <= set(map(samples.name, samples.ALL))


def test_a_change_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: one character, one millimetre, one file more or less."""
    monkeypatch.setattr(goldens, "FOLDER", tmp_path)
    kept = {"01": " 23.0  28.7 10.5 第１号様式\n", "02": "\n"}
    with pytest.raises(pytest.fail.Exception, match="written"):
        goldens.check("s", ".txt", kept, regenerate=True)
    goldens.check("s", ".txt", kept, regenerate=False)
    changes = [
        kept | {"01": " 23.0  28.7 10.5 第２号様式\n"},
        kept | {"01": " 24.0  28.7 10.5 第１号様式\n"},
        kept | {"03": "\n"},
        {"01": kept["01"]},
    ]
    for made in changes:
        with pytest.raises(pytest.fail.Exception):
            goldens.check("s", ".txt", made, regenerate=False)
