"""An audit of Office files by the letter of the standard: what Office would refuse or repair."""

from __future__ import annotations

import re
from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator

# What the audit may say all the same: a pattern of its message, and why it is no error of ours.
ALLOWED = {
    r"Worksheet \S+ has \d+ inline-string cell\(s\)": "advice, not a fault: the standard has them (18.3.1.53), every "
    "program reads them, and that Excel stores them otherwise when somebody saves the workbook harms nobody",
}


def errors(path: Path) -> list[str]:
    """What the audit says of a file, for the oldest Office that still reads such files and for a newer one."""
    said = []
    for version in (FileFormat.OFFICE_2013, FileFormat.OFFICE_2019):
        said += [str(error) for error in OpenXmlValidator(file_format=version).validate(path).errors]
    return [s for s in dict.fromkeys(said) if not any(re.search(pattern, s) for pattern in ALLOWED)]
