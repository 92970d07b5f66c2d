"""The empty Word package every letter starts from: styles, settings and fonts of a Japanese office.

python-docx's own template brings English theme fonts, two hundred styles and a picture of somebody's
page; whatever a clerk types into the finished letter would fall back to them.
"""

from __future__ import annotations

import io
import zipfile

from generator.document import BODY_SIZE
from generator.render.docx.theme import theme
from generator.render.markup import quoteattr
from generator.typography.fonts import RARE
from generator.typography.typeset import NO_END, NO_START

MINCHO, GOTHIC, SYMBOL = "BIZ UD明朝 Medium", "BIZ UDゴシック", "Segoe UI Symbol"

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MICROSOFT = "http://schemas.microsoft.com/office/word"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_CONTENT_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>
<Override PartName="/word/settings.xml" ContentType="{_WORD}.settings+xml"/>
<Override PartName="/word/fontTable.xml" ContentType="{_WORD}.fontTable+xml"/>
<Override PartName="/word/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>"""

_ROOT_RELS = f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/>
<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>"""

_CORE = f"""<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>"""

_DOCUMENT_RELS = f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/relationships/settings" Target="settings.xml"/>
<Relationship Id="rId3" Type="{_OFFICE}/relationships/fontTable" Target="fontTable.xml"/>
<Relationship Id="rId4" Type="{_OFFICE}/relationships/theme" Target="theme/theme1.xml"/>
</Relationships>"""

# Word takes a hundred characters at most: the small katakana of Ainu words give way.
_NO_START = "".join(c for c in NO_START if not "ㇰ" <= c <= "ㇿ")

# docGrid without a type: lines keep the pitch we give them and do not snap to a plan.
_DOCUMENT = f"""<w:document {_W} xmlns:r="{_OFFICE}/relationships"><w:body><w:sectPr>
<w:pgSz w:w="11906" w:h="16838"/>
<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>
<w:cols w:space="425"/><w:docGrid w:linePitch="360"/>
</w:sectPr></w:body></w:document>"""

# Lines must break where ours do: no extra room between kanji and digits. Punctuation may hang, as is usual in Word:
# LibreOffice takes overflowPunct the wrong way round, and what hangs there is not drawn at all.
_STYLES = f"""<w:styles {_W}>
<w:docDefaults>
<w:rPrDefault><w:rPr>
<w:rFonts w:ascii="{MINCHO}" w:hAnsi="{MINCHO}" w:eastAsia="{MINCHO}" w:cs="{MINCHO}"/>
<w:sz w:val="{BODY_SIZE * 2:.0f}"/><w:szCs w:val="{BODY_SIZE * 2:.0f}"/>
<w:lang w:val="ja-JP" w:eastAsia="ja-JP" w:bidi="ar-SA"/>
</w:rPr></w:rPrDefault>
<w:pPrDefault/>
</w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr>
<w:widowControl w:val="0"/><w:kinsoku/><w:overflowPunct w:val="1"/>
<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>
<w:spacing w:before="0" w:after="0"/>
</w:pPr></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/>
<w:uiPriority w:val="1"/><w:semiHidden/><w:unhideWhenUsed/></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>
<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>
<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>
<w:top w:w="0" w:type="dxa"/><w:left w:w="0" w:type="dxa"/>
<w:bottom w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>
</w:tblCellMar></w:tblPr></w:style>
<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>
<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/>
<w:next w:val="Normal"/><w:uiPriority w:val="10"/><w:qFormat/>
<w:pPr><w:jc w:val="center"/><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>
<w:next w:val="Normal"/><w:uiPriority w:val="9"/><w:qFormat/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/><w:basedOn w:val="Normal"/>
<w:uiPriority w:val="99"/><w:unhideWhenUsed/></w:style>
</w:styles>"""

_SETTINGS = f"""<w:settings {_W}>
<w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>
<w:defaultTabStop w:val="840"/><w:characterSpacingControl w:val="doNotCompress"/>
<w:noLineBreaksAfter w:lang="ja-JP" w:val={quoteattr(NO_END)}/>
<w:noLineBreaksBefore w:lang="ja-JP" w:val={quoteattr(_NO_START)}/>
<w:compat><w:doNotExpandShiftReturn/><w:useFELayout/>
<w:compatSetting w:name="compatibilityMode" w:uri="{_MICROSOFT}" w:val="15"/>
<w:compatSetting w:name="overrideTableStyleFontSizeAndJustification" w:uri="{_MICROSOFT}" w:val="1"/>
<w:compatSetting w:name="enableOpenTypeFeatures" w:uri="{_MICROSOFT}" w:val="1"/>
<w:compatSetting w:name="doNotFlipMirrorIndents" w:uri="{_MICROSOFT}" w:val="1"/>
</w:compat>
<w:themeFontLang w:val="ja-JP" w:eastAsia="ja-JP"/>
<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>
</w:settings>"""

# altName: what Word takes where the BIZ UD fonts are not installed.
_FONTS = f"""<w:fonts {_W}>
<w:font w:name="{MINCHO}"><w:altName w:val="ＭＳ 明朝"/>
<w:charset w:val="80"/><w:family w:val="roman"/><w:pitch w:val="fixed"/></w:font>
<w:font w:name="{GOTHIC}"><w:altName w:val="ＭＳ ゴシック"/>
<w:charset w:val="80"/><w:family w:val="modern"/><w:pitch w:val="fixed"/></w:font>
<w:font w:name="{RARE}"><w:altName w:val="ＭＳ 明朝"/>
<w:charset w:val="80"/><w:family w:val="roman"/><w:pitch w:val="fixed"/></w:font>
</w:fonts>"""


def package() -> io.BytesIO:
    """A Word file with one empty A4 section, to be opened by python-docx."""
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _ROOT_RELS,
        "docProps/core.xml": _CORE,
        "word/document.xml": _DOCUMENT,
        "word/_rels/document.xml.rels": _DOCUMENT_RELS,
        "word/styles.xml": _STYLES,
        "word/settings.xml": _SETTINGS,
        "word/fontTable.xml": _FONTS,
        "word/theme/theme1.xml": theme(GOTHIC, MINCHO),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name, xml in parts.items():
            target.writestr(name, _XML + xml)
    out.seek(0)
    return out
