"""The same work side by side with the peers: `make bench` prints the tables and keeps them as markdown and a plot.

Times are medians over documents that all differ, with each contestant's fonts and templates warm: what counts at the
end of a fiscal year is the thousandth case, not the first. Contestants take turns of a few documents each, so that a
noisy moment hits all.
"""

from __future__ import annotations

import argparse
import unicodedata
from pathlib import Path

import pypdfium2

from benchmarks.contest import Result, contest
from benchmarks.report import machine, means, plot, rest, table
from benchmarks.sheets import letters, variants, workbooks

HERE = Path(__file__).parent


def _letters_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    # every contestant draws an empty box for the check box, whatever its text layer calls it
    text = text.replace("☐", "□").replace("☑", "■")
    return "".join(
        sorted(c for c in unicodedata.normalize("NFC", text) if not c.isspace() and c not in "\ufffe\u00ad\u200b")
    )


def run(count: int) -> list[Result]:
    results: list[Result] = []
    for format_, sheets, names in (
        ("pdf", variants(count), ["bare_peer", "typst_peer", "weasyprint_peer", "libreoffice_peer"]),
        ("xlsx", workbooks(count), ["xlsxwriter_peer", "openpyxl_peer"]),
        ("docx", letters(count), ["python_docx_peer"]),
    ):
        for sheet, documents in sheets.items():
            found = contest(f"{format_} {sheet}", documents, names, format_)
            if format_ == "pdf":
                for result in found:
                    result.same_text = _letters_of(result.sample) == _letters_of(found[0].sample)
            results += found
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=61, help="documents of each sheet")
    parser.add_argument("--keep", action="store_true", help="write RESULTS.md and results.svg")
    options = parser.parse_args()
    results = run(options.count)
    text = "\n\n".join([table(results), means(results), rest(results), machine()])
    print(text)
    if options.keep:
        head = (HERE / "RESULTS.head.md").read_text(encoding="utf-8")
        (HERE / "RESULTS.md").write_text(f"{head}\n{text}\n\n![](results.svg)\n", encoding="utf-8")
        plot(results, HERE / "results.svg")


if __name__ == "__main__":
    main()
