"""Fillable PDFs: fields named by case paths, a font for whatever is typed, and the way back."""

from __future__ import annotations

import functools
import io
import re
from typing import Any

import blanks
import kawasaki_samples
import pypdfium2
import pytest
import samples
from pypdf import PdfReader, PdfWriter

from generator.document import Document
from generator.intake import blank_forms, take_in
from generator.render.pdf import acroform
from generator.scheme.load import Schemes


@functools.cache
def pdf(stage: str = "申請", number: str = "", index: int = 0) -> bytes:
    return acroform.render(document(stage, number, index))


@functools.cache
def document(stage: str = "申請", number: str = "", index: int = 0) -> Document:
    return blank_forms.fillable(kawasaki_samples.blank(stage, number, index=index))


def test_fields_are_case_paths_and_no_more() -> None:
    fields = PdfReader(io.BytesIO(pdf())).get_fields() or {}
    names = {name for name, field in fields.items() if field.get("/FT")}
    assert names == {c.field for s in document().sheets for c in s.cells if c.field}
    assert fields["申請.補助対象経費[0].費目"]["/FT"] == "/Ch"
    assert fields["申請.辞退"]["/FT"] == "/Btn"
    states = [set(kid.get_object()["/AP"]["/N"]) for kid in fields["申請.辞退"]["/Kids"]]
    assert states == [{"/Yes", "/Off"}, {"/No", "/Off"}]  # on the form, and for いいえ on その他の項目
    assert fields["申請.事業.背景"]["/Ff"] & (1 << 12)
    assert b"/MaxLen 440" in pdf() and b"/MaxLen 240" in pdf()


def test_nothing_runs_and_nothing_is_left_to_the_viewer() -> None:
    data = pdf()
    reader = PdfReader(io.BytesIO(data))
    form: Any = reader.trailer["/Root"]["/AcroForm"]
    assert "/NeedAppearances" not in form
    assert not re.search(rb"/(JS|JavaScript|AA|OpenAction|XFA)\b", data)
    for page in reader.pages:
        for annotation in page.get("/Annots", ()):
            widget = annotation.get_object()
            assert "/N" in widget["/AP"]
            assert re.match(r"/BIZUD [\d.]+ Tf", widget["/DA"])


@pytest.mark.parametrize(("stage", "number"), [("申請", ""), ("実績", "R5-001")])
def test_each_field_has_its_place_in_what_is_read_aloud(stage: str, number: str) -> None:
    reader = PdfReader(io.BytesIO(pdf(stage, number)), strict=True)
    tree: Any = reader.trailer["/Root"]["/StructTreeRoot"]
    numbers = tree["/ParentTree"]["/Nums"]
    assert list(numbers[::2]) == list(range(tree["/ParentTreeNextKey"]))
    elements = {numbers[n]: numbers[n + 1] for n in range(0, len(numbers), 2)}
    seen = set()
    for page in reader.pages:
        for annotation in page.get("/Annots", ()):
            element = elements[annotation.get_object()["/StructParent"]]
            assert element["/S"] == "/Form" and element["/P"]["/S"] in ("/TD", "/P")
            (kid,) = element["/K"]
            assert kid.raw_get("/Obj") == annotation and kid["/Pg"] == page
            seen.add(annotation.get_object()["/StructParent"])
            assert annotation.get_object()["/Parent"]["/TU"]
    assert len(seen) == len(numbers) // 2 - len(reader.pages) > 100


def _words(page: Any) -> str:
    return "".join(page.extract_text().split())


def test_what_depends_on_an_answer_is_left_to_whoever_takes_the_form_in() -> None:
    """The amounts before a change are known; those after it would be wrong as soon as anything is typed."""
    words = "".join(map(_words, PdfReader(io.BytesIO(pdf("変更", "R5-009"))).pages[1:]))
    words = words[words.index("区分") : words.index("※変更前の額")]
    assert words.count("992,000円") == 1 and words.count("496,000円") == 1
    assert "0円" not in words.replace("992,000円", "").replace("496,000円", "")


def test_nobody_knows_how_many_sheets_there_will_be() -> None:
    pages = [_words(page) for page in PdfReader(io.BytesIO(pdf())).pages]
    counts = [re.findall("ﾍﾟｰｼﾞ全(.*?)枚中(.*?)枚目", page) for page in pages]
    assert [found for (found,) in filter(None, counts)] == [("", "1"), ("", "2"), *[("", "1")] * 4]


def test_a_page_of_nobody_yet_says_whose_it_is() -> None:
    pages = [_words(page) for page in PdfReader(io.BytesIO(pdf())).pages]
    for number in range(1, 5):
        (page,) = [page for page in pages if f"協働する事業者・団体等{number}※この用紙は" in page]
        assert "誓約書" in page
    marked = ["※この用紙は、使ったときだけ印刷してください。" in page for page in pages]
    assert marked == [False] * 9 + [True] * 7  # the continuations too


def test_words_that_follow_another_page_say_so() -> None:
    pages = [_words(page) for page in PdfReader(io.BytesIO(pdf())).pages]
    (page,) = [page for page in pages if "「その他の項目」のページで答えます" in page]
    assert "達成を目指す" in page


def test_hints_are_those_of_a_pdf() -> None:
    fields = PdfReader(io.BytesIO(pdf())).get_fields() or {}
    assert not [name for name, field in fields.items() if "Alt" in str(field.get("/TU"))]
    assert "例 昭和38年4月5日" in fields["申請.申請者.誓約.役員[0].生年月日"]["/TU"]
    assert "元号を選んで" not in fields["申請.申請者.誓約.役員[0].生年月日"]["/TU"]


def test_a_choice_by_number_is_shown_by_name() -> None:
    fields = PdfReader(io.BytesIO(pdf())).get_fields() or {}
    assert fields["申請.事業.目指すゴール[0]"]["/Opt"][3] == ["4", "４　質の高い教育をみんなに"]


def test_a_long_line_is_made_smaller_and_a_short_one_not_larger() -> None:
    for page in PdfReader(io.BytesIO(pdf())).pages:
        for widget in (annotation.get_object() for annotation in page.get("/Annots", ())):
            field = widget["/Parent"]
            if field["/FT"] == "/Btn" or field.get("/Ff", 0) & (1 << 12):
                continue
            assert widget["/DA"] == "/BIZUD 0 Tf 0 g"
            assert widget["/Rect"][3] - widget["/Rect"][1] < 15


def test_an_empty_date_is_one_line() -> None:
    sheet = next(s for s in document("実績", "R5-001").sheets if s.form == "06b")
    dates = [c for c in sheet.cells if c.field.startswith("実績.事業期間")]
    assert [len(c.lines) for c in dates] == [1, 1] and all("年" in c.text for c in dates)


def test_the_table_after_a_full_page_has_its_own_heading_alone() -> None:
    sheet = next(s for s in document("変更", "R5-001").sheets if s.form == "05b")
    (_, rest) = sheet.pages()
    assert next(c.text for c in sheet.cells if c.row == rest[0] and c.text) == "区分"


def test_whatever_is_typed_can_be_seen() -> None:
    """Filled by pypdf, drawn by PDFium: words that no form has, in the font of the form, whole."""
    words = "鰯鮪鱈と珈琲，薔薇の髙﨑"
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("取下げ", "R5-007"))))
    writer.update_page_form_field_values(writer.pages[0], {"取下げ.理由": words}, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    made = pypdfium2.PdfDocument(out.getvalue())
    made.init_forms()
    page = made[0]
    before = pypdfium2.PdfDocument(pdf("取下げ", "R5-007"))
    before.init_forms()
    dark = [
        sum(shown.render(scale=2, may_draw_forms=True).to_pil().convert("L").histogram()[:128])
        for shown in (before[0], page)
    ]
    assert dark[1] > dark[0] + 500
    font: Any = writer._root_object["/AcroForm"]["/DR"]["/Font"]["/BIZUD"]
    widgets = [annotation.get_object() for annotation in writer.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    stream = next(w["/AP"]["/N"] for w in widgets if w["/Parent"]["/T"] == "理由")
    shown = re.findall(rb"<([0-9a-fA-F]+)> Tj", stream.get_data())
    to_unicode = font["/ToUnicode"].get_data().decode("ascii")
    table = dict(re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", to_unicode))
    text = "".join(bytes.fromhex(table[code[n : n + 4].decode().upper()]).decode("utf-16-be")
                   for code in shown for n in range(0, len(code), 4))  # fmt: skip
    assert text == words


def test_what_is_known_stands_in_its_field() -> None:
    case = kawasaki_samples.before("R5-001", "実績")
    made = blank_forms.compose(case, "申請", blanks.TODAY)
    reader = PdfReader(io.BytesIO(acroform.render(blank_forms.fillable(made))))
    fields = reader.get_fields() or {}
    assert fields["申請.申請者.事業者名"]["/V"] == "株式会社見本染工"
    assert fields["申請.申請者.誓約.役員[0].生年月日"]["/V"] == "S38.4.5"
    taken = take_in.take(acroform.render(blank_forms.fillable(made)), "x.pdf", Schemes([samples.FORMS]))
    assert taken.case.get("申請.申請者") == case.get("申請.申請者")
