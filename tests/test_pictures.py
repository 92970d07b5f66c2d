"""Every page of every sample as a picture, against the one somebody last looked at.

What the goldens of text cannot tell: lines, fills, check boxes, stamps, and that the letters have their shapes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import goldens
import pypdfium2
import pytest
import samples
from PIL import Image, ImageChops, ImageDraw

DPI = 50
BLOCK = 6  # pixels, 3 mm: about the size of a character
SHADES = 16
# The pictures kept have only SHADES shades: rounding to them moves a pixel by half a step.
MOST_MEAN = 0.5  # grey levels of 255, over the whole page
MOST_BLOCK = 14.0  # likewise over the worst block


def pictures(sample: Path) -> Iterator[tuple[str, Image.Image]]:
    """Each page of the PDFs of the stages: form file and page, picture."""
    for document in samples.documents(sample):
        files = [s.file for s in document.sheets if s.printed for _ in s.pages()]
        pdf = pypdfium2.PdfDocument(samples.files(sample, "pdf")[f"{document.name}.pdf"])
        try:
            assert len(pdf) == len(files), f"{document.name}.pdf: {len(pdf)} pages for {files}"
            for n, file in enumerate(files):
                yield f"{file}-{files[:n].count(file) + 1}", picture(pdf[n])
        finally:
            pdf.close()


def picture(page: pypdfium2.PdfPage) -> Image.Image:
    return page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")


def stored(image: Image.Image) -> bytes:
    """As a PNG of few shades, which is a third of the size."""
    out = io.BytesIO()
    step = 255 / (SHADES - 1)
    shades = image.point([round(v / step) for v in range(256)])
    shades.putpalette([round(n * step) for n in range(SHADES) for _ in "rgb"])
    shades.save(out, "PNG", optimize=True, bits=4)
    return out.getvalue()


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """The mean difference in grey levels, of the page and of the worst block. Sizes must agree."""
    apart = ImageChops.difference(one, other)
    histogram = apart.histogram()
    mean = sum(value * count for value, count in enumerate(histogram)) / (apart.width * apart.height)
    worst = 0.0
    for left, top in ((0, 0), (BLOCK // 2, BLOCK // 2)):  # a mark on the seam of two blocks lies inside of another
        wide, high = (apart.width - left) // BLOCK, (apart.height - top) // BLOCK
        box = (left, top, left + wide * BLOCK, top + high * BLOCK)
        worst = max(worst, apart.reduce(BLOCK, box).getextrema()[1])
    return mean, worst


def unlike(made: Image.Image, kept: bytes) -> str:
    """How the picture differs from the kept one; '' where it is the same within the tolerance."""
    with Image.open(io.BytesIO(kept)) as image:
        expected = image.convert("L")
    if made.size != expected.size:
        return f"{made.size} pixels instead of {expected.size}"
    mean, worst = difference(made, expected)
    return f"mean {mean:.2f}, block {worst:.0f}" if mean > MOST_MEAN or worst > MOST_BLOCK else ""


@pytest.mark.parametrize("sample", samples.ALL, ids=samples.name)
def test_pages_look_as_they_did(sample: Path, regenerate: bool, tmp_path: Path) -> None:
    made = dict(pictures(sample))
    folder = goldens.FOLDER / samples.name(sample)
    kept = {path.stem: path for path in folder.glob("*.png")}
    if regenerate:
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in kept.items():
            if name not in made:
                path.unlink()
        for name, image in made.items():
            if name not in kept or unlike(image, kept[name].read_bytes()):  # do not churn what is alike
                (folder / f"{name}.png").write_bytes(stored(image))
        pytest.fail(f"{len(made)} pictures in {folder}: look at them, then run without --regenerate")
    wrong = [f"{name}: no picture kept" for name in made if name not in kept]
    wrong += [f"{name}: a picture is kept of a page no longer made" for name in kept if name not in made]
    for name in made.keys() & kept.keys():
        if told := unlike(made[name], kept[name].read_bytes()):
            made[name].save(tmp_path / f"{name}.png")
            wrong.append(f"{name}: {told}; now {tmp_path / name}.png")
    assert not wrong, "\n".join(sorted(wrong)) + "\nIf this is meant, run pytest --regenerate and look at the pictures."


# --- controls: what a person would see, the comparison sees --------------------------------------


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return next(image for _, image in pictures(samples.ALL[0]))


def px(mm: float) -> int:
    return round(mm * DPI / 25.4)


def test_the_same_page_is_alike(page: Image.Image) -> None:
    assert unlike(page, stored(page)) == ""


def test_a_box_shifted_by_a_millimetre_is_seen(page: Image.Image) -> None:
    def boxed(left: float) -> Image.Image:
        image = page.copy()
        ImageDraw.Draw(image).rectangle((px(left), px(270), px(left + 20), px(280)), outline=0)
        return image

    assert unlike(boxed(60), stored(boxed(60))) == ""
    assert "block" in unlike(boxed(61), stored(boxed(60)))


def test_a_thin_grey_line_more_is_seen(page: Image.Image) -> None:
    image = page.copy()
    ImageDraw.Draw(image).line((px(60), px(275), px(80), px(275)), fill=110)
    assert "block" in unlike(image, stored(page))


def test_another_size_of_paper_is_seen(page: Image.Image) -> None:
    assert "pixels" in unlike(page.resize((page.width + 1, page.height)), stored(page))
