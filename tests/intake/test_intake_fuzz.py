"""Broken and mangled files end in Problems, never in a traceback."""

from __future__ import annotations

import random

import parts
import pdfs
import pytest

from generator import roundtrip
from generator.intake import returned_workbook
from generator.problem import ProblemError, format_problem

_TEXTS = ("", " ", "　", "来月", "=1+1", "=A1", "☑", "はい", "null", "- a: b", "\t", "\u202e", "\ufeff", "𠮷\U000e0110")
_LONG = ("あ" * 401, "x" * 32767, "5" * 400, "令和99年99月99日", "a\nb\n\nc ")
_VALUES = (None, True, False, -1, 0, 1, 0.1, 1e300, 45000, 99_999_999_999_999, *_TEXTS, *_LONG)


def ends_well(data: bytes, name: str) -> None:
    try:
        taken = parts.take(data, name)
        problems = taken.problems
        if taken.fine:
            assert taken.written()
    except ProblemError as error:
        problems = error.problems
        assert problems
    for problem in problems:
        assert format_problem(problem) and problem.message


def broken(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, taken out, doubled, or the end cut off."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(out))
        match chance.randrange(4):
            case 0:
                out[at] = chance.randrange(256)
            case 1:
                del out[at : at + chance.randint(1, 40)]
            case 2:
                out[at:at] = out[at : at + chance.randint(1, 40)]
            case 3 if chance.random() < 0.1:
                del out[at:]
    return bytes(out) or b"\0"


@pytest.mark.costly
@pytest.mark.parametrize("seed", range(3))
def test_broken_bytes(seed: int, thorough: int) -> None:
    chance = random.Random(seed)
    whole = {"a.xlsx": parts.application(), "a.pdf": pdfs.application()}
    for _ in range(40 * thorough):
        for name, data in whole.items():
            ends_well(broken(data, chance), name)


@pytest.mark.costly
@pytest.mark.parametrize("seed", range(3))
def test_broken_xml(seed: int, thorough: int) -> None:
    """The package stays whole (its checksums are right), its parts do not."""
    chance = random.Random(seed)
    data = parts.shared(parts.application())
    targets = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet")
    for _ in range(20 * thorough):
        target = chance.choice(targets)

        def edit(name: str, part: bytes, target: str = target) -> bytes | None:
            if not name.startswith(target) or chance.random() < 0.3:
                return part
            if chance.random() < 0.02:
                return None
            if chance.random() < 0.5:
                return swapped(part)
            return broken(part, chance)

        def swapped(part: bytes) -> bytes:
            pieces = part.split(b'"')
            first, second = chance.randrange(len(pieces)), chance.randrange(len(pieces))
            pieces[first], pieces[second] = pieces[second], pieces[first]
            return b'"'.join(pieces)

        ends_well(parts.rezipped(data, edit), "a.xlsx")


@pytest.mark.costly
@pytest.mark.parametrize("seed", range(3))
def test_strange_values(seed: int, thorough: int) -> None:
    chance = random.Random(seed)
    data = parts.application()
    form = returned_workbook.read(data, "a.xlsx")
    paths = [e.path for e in form.listed if e.path not in (roundtrip.COMPUTED, roundtrip.END)]
    for _ in range(8 * thorough):
        values = {path: chance.choice(_VALUES) for path in chance.sample(paths, chance.randint(1, 20))}
        ends_well(parts.typed(data, values), "a.xlsx")
