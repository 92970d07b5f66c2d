"""What the documents say is true: every file in them is read, every command run, its output compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import ROOT, Session, all_documents, as_shown

_LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.mark.parametrize("path", all_documents(), ids=lambda path: path.name)
def test_a_document_is_true(path: Path, tmp_path: Path) -> None:
    Session(tmp_path).run(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", all_documents(), ids=lambda path: path.name)
def test_what_a_document_points_at_is_there(path: Path) -> None:
    for target in _LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name} points at {target}"


def test_no_text_in_docs_escapes() -> None:
    pictures = {".png", ".svg"}
    others = [p for p in (ROOT / "docs").rglob("*") if p.is_file() and p.suffix not in pictures]
    assert set(others) <= set(all_documents())


def run(tmp_path: Path, *lines: str) -> None:
    Session(tmp_path / "document").run("\n".join(lines))


def test_files_commands_and_results_go_together(tmp_path: Path) -> None:
    run(
        tmp_path,
        "<!-- 今日: 2023-06-20 -->",
        "```yaml a/b.yaml", "z: 0", "```",
        "```yaml a/b.yaml 書換え", "x: 1", "```",
        "- in a list",
        "  ```yaml a/b.yaml 追記", "  y: 2", "  ```",
        "```console", "$ cat a/b.yaml", "x: 1", "y: 2",
        "$ echo $YOSHIKI_TODAY \\", "  and so on", "2023-…-20 and so on",
        "$ printf 'one\\ntwo\\nthree'; exit 3", "one", "…", "[終了コード 3]", "$ true", "```",
        "```python", "from pathlib import Path", "Path('a/b.yaml').read_text()  # → 'x: 1\\ny: 2\\n'", "n = 2", "```",
        "```python", ">>> n + 1", "3", "```",
        "```yaml 断片", "- [", "```",
    )  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ("```console", "$ echo one", "two", "```"),
        ("```console", "$ echo one", "```"),
        ("```console", "$ true", "one", "```"),
        ("```console", "$ exit 1", "```"),
        ("```console", "$ true", "[終了コード 1]", "```"),
        ("```console", "echo one", "```"),
        ("```console", "$ true"),
        ("```python", "1 + 1  # → 3", "```"),
        ("```python", "n = 1  # → 1", "```"),
        ("```python", ">>> 1 + 1", "3", "```"),
        ("```sh", "make", "```", "```console", "$ true", "```"),
        ("```yaml ../a.yaml", "x: 1", "```", "```console", "$ true", "```"),
        ("```yaml a.yaml 追記", "x: 1", "```", "```console", "$ true", "```"),
        ("```yaml a.yaml 書換え", "x: 1", "```", "```console", "$ true", "```"),
        ("```yaml a.yaml", "```", "```yaml a.yaml", "```", "```console", "$ true", "```"),
        ("```text", "nothing that runs", "```"),
    ],
    ids=lambda lines: " / ".join(lines)[:40],
)
def test_a_document_that_is_not_true_is_found(lines: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run(tmp_path, *lines)


def test_yaml_that_our_loader_refuses_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="二度"):
        run(tmp_path, "```yaml", "x: 1", "x: 2", "```", "```console", "$ true", "```")


def test_a_line_of_dots_stands_for_lines_only() -> None:
    assert as_shown("a\n…\nb\n", "a\nb\n") and as_shown("…\nb\n", "x\ny\nb\n")
    assert not as_shown("a\n…\n", "ab\n") and not as_shown("a…c\n", "ab\nc\n")


def test_a_scheme_begins_with_forty_lines() -> None:
    text = (ROOT / "docs" / "制度を作る.md").read_text(encoding="utf-8")
    first = text[: text.index("## 2. ")]
    files = re.findall(r"^```yaml forms/\S+\n(.*?)^```", first, re.DOTALL | re.MULTILINE)
    assert len(files) == 4 and sum(file.count("\n") for file in files) <= 40
