"""Invented cases in any number, at every stage of life, some of them faulty; the same for the same seed.

python -m benchmarks.cases --count 1000 --out FOLDER --seed 1
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures" / "kawasaki-sdgs-model"
_FAULTY = 0.03
_WORDS = ("みどり", "あかね", "つばさ", "ひかり", "こだま", "やまなみ", "しおさい", "いずみ", "かけはし", "ともしび")
_KINDS = ("株式会社", "合同会社", "特定非営利活動法人", "一般社団法人")


def _faulty(text: str, rng: random.Random) -> str:
    """One mistake of the kinds that clerks make."""
    change = rng.choice(
        (
            lambda t: t.replace("  申請日:", "  申請目:", 1),
            lambda t: re.sub(r"単価: .*?,", "単価: 12:30,", t, count=1),
            lambda t: re.sub(r"\n  申請日: .*", "\n  申請日: 令和5年13月1日", t, count=1),
            lambda t: t.replace("協働事業者:", "協働する事業者:", 1),
            lambda t: t.replace("申請:", "申請：", 1),
        )
    )
    return str(change(text))


def cases(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """File names and contents."""
    samples = [p.read_text(encoding="utf-8") for p in sorted(FIXTURES.glob("*.yaml"))]
    return _invented(samples, count, seed, _FAULTY)


def confirmed(count: int, seed: int, sample: str = "R5-001", last: str = "確定") -> Iterator[tuple[str, str]]:
    """Cases without a mistake that have come to their 額の確定 and no further."""
    text = (FIXTURES / f"{sample}.yaml").read_text(encoding="utf-8")
    end = re.search(rf"(?m)^{last}:.*\n(?:[ #].*\n|\n)*", text)
    assert end
    return _invented([text[: end.end()]], count, seed, 0.0)


def _invented(samples: list[str], count: int, seed: int, faulty: float) -> Iterator[tuple[str, str]]:
    rng = random.Random(seed)
    for n in range(1, count + 1):
        text = rng.choice(samples)
        number = f"B{seed}-{n:06d}"
        name = f"{rng.choice(_KINDS)}見本{rng.choice(_WORDS)}{rng.choice(_WORDS)}"
        text = re.sub(r"(?m)^案件番号: .*", f"案件番号: {number}", text, count=1)
        text = re.sub(r"(?m)^(    事業者名: ).*", rf"\g<1>{name}", text, count=1)
        text = re.sub(r"電話番号: [0-9-]+", f"電話番号: 044-000-{rng.randrange(10_000):04d}", text, count=1)
        if rng.random() < faulty:
            text = _faulty(text, rng)
        yield f"{number}.yaml", text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, text in cases(options.count, options.seed):
        (options.out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
