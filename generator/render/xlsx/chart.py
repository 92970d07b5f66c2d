"""A chart of a worksheet: openpyxl gives it its place in the package, its contents with their values are written here.

openpyxl's own parts lack the values last computed, so that nothing is seen where nobody calculates, and the words for
those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl.chart import BarChart
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.worksheet.worksheet import Worksheet

from generator.document import Chart, Document, Sheet
from generator.render.markup import escape, quoteattr
from generator.spreadsheet.addresses import absolute_area, sheet_prefix

_FILLS = ("1F4E78", "8DB4DA", "737373", "D9D9D9")  # told apart without colour, too
_FACE = '<a:latin typeface="BIZ UDゴシック"/><a:ea typeface="BIZ UDゴシック"/>'
_LABELS, _VALUES = 111111111, 222222222  # the axes


def add_charts(page: Worksheet, sheet: Sheet) -> None:
    """Keep a place in the worksheet for each chart of the sheet; `fill_charts` writes what stands there."""
    for chart in sheet.charts:
        placeholder = BarChart()
        placeholder.anchor = TwoCellAnchor(
            editAs="oneCell",
            _from=AnchorMarker(col=chart.column, row=chart.row),
            to=AnchorMarker(col=chart.column + chart.columns, row=chart.row + chart.rows),
        )
        page.add_chart(placeholder)


def fill_charts(parts: dict[str, bytes], document: Document) -> None:
    """Write the contents of every chart into its part of the package, and its alternative text into the drawing.

    Raises ValueError when openpyxl has kept no place for a chart.
    """
    number = 0
    for drawing, sheet in enumerate((s for s in document.sheets if s.charts), 1):
        place = f"xl/drawings/drawing{drawing}.xml"
        for n, chart in enumerate(sheet.charts, 1):
            number += 1
            parts[f"xl/charts/chart{number}.xml"] = _written(chart, sheet).encode()
            plain = f'name="Chart {n}"'.encode()
            described = f"name={quoteattr(chart.title)} descr={quoteattr(chart.text)}".encode()
            if plain not in parts[place]:
                raise ValueError(f"{place}: no place for the chart")
            parts[place] = parts[place].replace(plain, described, 1)


def _written(chart: Chart, sheet: Sheet) -> str:
    series = "".join(_series(chart, sheet, n) for n in range(len(chart.series)))
    axis = f'<c:axId val="{_LABELS}"/><c:axId val="{_VALUES}"/>'
    line = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="{}"/></a:solidFill></a:ln></c:spPr>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<c:roundedCorners val="0"/><c:chart>{_title(chart.title, 1050, 1)}<c:autoTitleDeleted val="0"/><c:plotArea>'
        '<c:layout/><c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="54"/><c:overlap val="0"/>{axis}</c:barChart>'
        f'<c:catAx><c:axId val="{_LABELS}"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{line.format("000000")}{_letters()}'
        f'<c:crossAx val="{_VALUES}"/><c:crosses val="autoZero"/></c:catAx>'
        f'<c:valAx><c:axId val="{_VALUES}"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines>{line.format("CCCCCC")}</c:majorGridlines>'
        f'{_title(chart.unit, 800, 0)}<c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_letters()}<c:crossAx val="{_LABELS}"/>'
        '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx></c:plotArea>'
        f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{_letters()}</c:legend>'
        '<c:plotVisOnly val="0"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
        '<a:ln w="6350"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></c:spPr></c:chartSpace>'
    )


def _series(chart: Chart, sheet: Sheet, n: int) -> str:
    series = chart.series[n]
    last = chart.first + len(chart.labels)
    points = _points(map(str, series.values), len(series.values))
    return (
        f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/>'
        f"<c:tx>{_texts(_range(sheet, series.column, chart.heading, chart.heading + 1), [series.name])}</c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{_FILLS[n % len(_FILLS)]}"/></a:solidFill></c:spPr>'
        '<c:invertIfNegative val="0"/>'
        f"<c:cat>{_texts(_range(sheet, chart.labelled, chart.first, last), chart.labels)}</c:cat>"
        f"<c:val><c:numRef><c:f>{_range(sheet, series.column, chart.first, last)}</c:f><c:numCache>"
        f"<c:formatCode>#,##0</c:formatCode>{points}</c:numCache></c:numRef>"
        "</c:val></c:ser>"
    )


def _texts(where: str, texts: Sequence[str]) -> str:
    points = _points(map(escape, texts), len(texts))
    return f"<c:strRef><c:f>{where}</c:f><c:strCache>{points}</c:strCache></c:strRef>"


def _points(values: Iterable[str], count: int) -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))
    return f'<c:ptCount val="{count}"/>{points}'


def _range(sheet: Sheet, column: int, first: int, end: int) -> str:
    return escape(sheet_prefix(sheet.name) + absolute_area(first, column, max(1, end - first), 1))


def _title(text: str, size: int, bold: int) -> str:
    letters = f'lang="ja-JP" sz="{size}" b="{bold}"'
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr{"" if bold else _UPRIGHT}/><a:p><a:pPr><a:defRPr sz="{size}" b="{bold}"/>'
        f"</a:pPr><a:r><a:rPr {letters}>{_FACE}</a:rPr><a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title>'
    )


_UPRIGHT = ' rot="0" vert="horz"'


def _letters() -> str:
    paragraph = f'<a:pPr><a:defRPr sz="800">{_FACE}</a:defRPr></a:pPr><a:endParaRPr lang="ja-JP"/>'
    return f"<c:txPr><a:bodyPr/><a:p>{paragraph}</a:p></c:txPr>"
