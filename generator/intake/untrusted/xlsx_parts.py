"""The XML parts of a workbook's package, parsed within one allowance, and the relations between them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, replace

from generator.intake.untrusted import xml
from generator.intake.untrusted.refusal import BREAK_LINK, RETURN_OUR_FORM, unreadable, unreadable_for
from generator.intake.untrusted.xml import Allowance, XmlError
from generator.intake.untrusted.zip_file import Package

_ELEMENTS, _CELLS = 200_000, 60_000  # of the whole book; cells that hold something
_HARMLESS_LINKS = ("hyperlink",)  # Excel makes one of every e-mail address that is typed


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that another one needs; ``kind``: worksheet, sharedStrings, hyperlink …"""

    kind: str
    target: str


class WorkbookParts:
    """The parts of one package; what is parsed of all of them together is bounded."""

    def __init__(self, package: Package):
        self.file = package.name
        self._package = package
        self._allowance = Allowance(_ELEMENTS)
        self._cells = 0

    def __contains__(self, part: str) -> bool:
        return part in self._package

    def parse(
        self,
        part: str,
        start: xml.Start,
        end: Callable[[str], None] = lambda name: None,
        text: Callable[[str], None] = lambda chunk: None,
    ) -> None:
        """Feed the events of a part to the handlers, which may raise XmlError; raises UnreadableError."""
        try:
            xml.parse(self._package.read(part), self._allowance, start, end, text)
        except XmlError as error:
            told = replace(error.problem, message=f"{error}（{part}）", hint=RETURN_OUR_FORM)
            raise unreadable_for(told, self.file) from None

    def count_cell(self) -> None:
        """One more cell that holds something; raises XmlError where there are more than in any form."""
        self._cells += 1
        if self._cells > _CELLS:
            raise XmlError("中身が多すぎます", code="intake.too-much-content")

    def relations(self, part: str) -> dict[str, Relation]:
        """The relations of a part ('' for the package) by their ids; raises UnreadableError for a link to a file."""
        folder, _, name = part.rpartition("/")
        listed = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        relations: dict[str, Relation] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name != "Relationship":
                return
            kind = attributes.get("Type", "").rpartition("/")[2]
            if attributes.get("TargetMode", "") == "External" and kind not in _HARMLESS_LINKS:
                message = "ほかのファイルへのリンクが入っています"
                raise unreadable(self.file, message, BREAK_LINK, code="intake.external-link")
            target = attributes.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            relations[attributes.get("Id", "")] = Relation(kind, posixpath.normpath(inside))

        if listed in self:
            self.parse(listed, start)
        return relations
