"""What a loaded scheme is asked for: its forms by stage, by id and by day, and what its folder's files are."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.scheme.files import state
from generator.scheme.load import load

LECTURE = Path(__file__).parents[1] / "schemes" / "lecture"


def test_forms_are_meant_by_their_ids_or_by_their_stage() -> None:
    scheme = load(LECTURE)
    assert [form.id for form in scheme.forms_of("報告")] == ["03", "03b"]
    assert scheme.form_ids(["報告", "01", "03", "無い"]) == ("01", "03", "03b", "無い")
    assert scheme.form_ids([]) == ()


def test_the_version_in_force_on_a_day(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(LECTURE, tmp_path / "lecture"))
    old = next(folder.glob("01b-costs.*"))
    shutil.copy(old, old.with_name("01b-costs.2022-04-01.yaml"))
    entry = load(folder).form("01b")
    first, second = (form for _, form in entry.versions)
    days = [entry.versions[0][0].replace(year=year) for year in (2019, 2020, 2021, 2022, 2023)]
    assert [entry.version(day) for day in days] == [first, first, first, second, second]


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(LECTURE, tmp_path / "lecture"))
    before = state(folder)
    assert len(before) == len(list(folder.glob("*.yaml"))) and state(folder) == before
    shutil.rmtree(folder)
    assert state(folder) == ()
