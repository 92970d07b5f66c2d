"""Every page of every sample as a picture, against the one somebody last looked at.

What the goldens of text cannot tell: lines, fills, check boxes, stamps, and that the letters have their shapes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import goldens
import pypdfium2
import pytest
import samples
from PIL import Image, ImageChops

from generator.document import Document, Sheet
from generator.render import renderer
from generator.typography.typeset import fit

DPI = 50
BLOCK = 6  # pixels, 3 mm: about the size of a character
SHADES = 4  # of the pictures kept and of those compared with them: half the size of sixteen, and tells as much
# In grey levels of 255. The same PDFium gives the same picture; another version may smooth an edge differently,
# and a pixel that falls into another shade is 2.4 in its block. A digit changed is from 7 on.
MOST_MEAN = 0.5
MOST_BLOCK = 6.5


def pictures(sample: Path) -> Iterator[tuple[str, Image.Image]]:
    """Each page of the PDFs of the stages: form file and page, picture."""
    for document in samples.documents(sample):
        files = [s.file for s in document.sheets if s.printed for _ in s.pages()]
        drawn = drawings(samples.files(sample, "pdf")[f"{document.name}.pdf"])
        assert len(drawn) == len(files), f"{document.name}.pdf: {len(drawn)} pages for {files}"
        for n, (file, image) in enumerate(zip(files, drawn, strict=True)):
            yield f"{file}-{files[:n].count(file) + 1}", image


def drawings(data: bytes) -> list[Image.Image]:
    """The pages of a PDF, their pixels the numbers of shades: 0 is black."""
    pdf = pypdfium2.PdfDocument(data)
    shade = [round(grey / 255 * (SHADES - 1)) for grey in range(256)]
    try:
        return [page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L").point(shade) for page in pdf]
    finally:
        pdf.close()


def stored(image: Image.Image) -> bytes:
    """As a PNG of few shades."""
    out = io.BytesIO()
    kept = image.copy()
    kept.putpalette([round(n / (SHADES - 1) * 255) for n in range(SHADES) for _ in "rgb"])
    kept.save(out, "PNG", optimize=True, bits=2)
    return out.getvalue()


def loaded(kept: bytes) -> Image.Image:
    with Image.open(io.BytesIO(kept)) as image:
        return image.convert("L").point([round(grey / 255 * (SHADES - 1)) for grey in range(256)])


def unlike(made: Image.Image, kept: bytes) -> str:
    """How the picture differs from the kept one; '' where it is the same within the tolerance."""
    expected = loaded(kept)
    if made.size != expected.size:
        return f"{made.size} pixels instead of {expected.size}"
    apart = ImageChops.difference(made, expected).point([min(255, round(n * 255 / (SHADES - 1))) for n in range(256)])
    mean = sum(value * count for value, count in enumerate(apart.histogram())) / (apart.width * apart.height)
    worst = max(_worst(apart, start) for start in (0, BLOCK // 2))  # what lies on a seam lies within the next grid
    return f"mean {mean:.2f}, block {worst}" if mean > MOST_MEAN or worst > MOST_BLOCK else ""


def _worst(apart: Image.Image, start: int) -> int:
    """The block with the largest mean, in a grid that begins ``start`` pixels from the corner."""
    right, bottom = (start + (size - start) // BLOCK * BLOCK for size in apart.size)
    return int(apart.reduce(BLOCK, (start, start, right, bottom)).getextrema()[1])


def test_pages_look_as_they_did(golden: Path, regenerate: bool, tmp_path: Path) -> None:
    made = dict(pictures(golden))
    folder = goldens.FOLDER / samples.name(golden)
    kept = {path.stem: path for path in folder.glob("*.png")}
    if regenerate:
        folder.mkdir(parents=True, exist_ok=True)
        for name in kept.keys() - made.keys():
            kept[name].unlink()
        for name, image in made.items():
            (folder / f"{name}.png").write_bytes(stored(image))
        pytest.fail(f"{len(made)} pictures written to {folder}: look at them, then run without --regenerate")
    wrong = [f"{name}: no picture kept" for name in made.keys() - kept.keys()]
    wrong += [f"{name}: a picture is kept of a page no longer made" for name in kept.keys() - made.keys()]
    for name in made.keys() & kept.keys():
        if told := unlike(made[name], kept[name].read_bytes()):
            new = tmp_path / f"{name}.png"
            new.write_bytes(stored(made[name]))
            wrong.append(f"{name}: {told}; now {new}")
    assert not wrong, "\n".join(sorted(wrong)) + "\nIf this is meant, run make goldens and look at the pictures."


# --- controls: what a person would see, the comparison sees --------------------------------------


@pytest.fixture(scope="module")
def letter() -> Document:
    """The first form of a small sample, alone."""
    document = samples.documents(samples.PLAIN)[0]
    return document.only(document.sheets[0].file)


def drawn(document: Document, edit: Callable[[Sheet], Sheet] = lambda sheet: sheet) -> Image.Image:
    changed = replace(document, sheets=(edit(document.sheets[0]), *document.sheets[1:]))
    return drawings(renderer("pdf")(changed))[0]


def test_the_same_page_is_alike(letter: Document) -> None:
    image = drawn(letter)
    assert loaded(stored(image)).tobytes() == image.tobytes()
    assert unlike(image, stored(image)) == ""


def test_a_line_shifted_by_a_millimetre_is_seen(letter: Document) -> None:
    def shifted(sheet: Sheet) -> Sheet:
        box = next(c for c in sheet.cells if c.style.right and c.column + c.columns < len(sheet.columns))
        edge = box.column + box.columns
        columns = list(sheet.columns)
        columns[edge - 1], columns[edge] = columns[edge - 1] + 1, columns[edge] - 1
        return replace(sheet, columns=tuple(columns))

    assert unlike(drawn(letter, shifted), stored(drawn(letter)))


@pytest.mark.parametrize(("old", "new"), [("第１号", "第２号"), ("0001", "0007"), ("以内", "以外"), ("太郎", "大郎")])
def test_a_character_changed_is_seen(old: str, new: str) -> None:
    document = samples.documents(samples.PLAIN)[0]
    document = document.only(document.sheets[0].file)

    def changed(sheet: Sheet) -> Sheet:
        cell = next(c for c in sheet.cells if old in c.text)
        text = cell.text.replace(old, new)
        width = sum(sheet.columns[cell.column : cell.column + cell.columns])
        lines = fit(text, width, None, replace(cell.style, size=cell.size)).lines
        cells = tuple(c._replace(text=text, lines=lines) if c is cell else c for c in sheet.cells)
        return replace(sheet, cells=cells)

    assert unlike(drawn(document, changed), stored(drawn(document)))


def test_a_border_missing_is_seen(letter: Document) -> None:
    def open_below(sheet: Sheet) -> Sheet:
        bare = {"left": "", "top": "", "right": "", "bottom": ""}
        cell = next(c for c in sheet.cells if c.style.bordered)
        cells = tuple(c._replace(style=replace(c.style, **bare)) if c is cell else c for c in sheet.cells)
        return replace(sheet, cells=cells)

    assert unlike(drawn(letter, open_below), stored(drawn(letter)))


def test_another_size_of_paper_is_seen(letter: Document) -> None:
    image = drawn(letter)
    assert "pixels" in unlike(image.resize((image.width + 1, image.height)), stored(image))
