"""Files are written whole, and what cannot be written is told in one line."""

from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.looks import printable
from analysis.writing import write_whole


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path):
    out = tmp_path / "report.html"
    out.write_text("old")

    def fail(draft):
        draft.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(AnalysisError, match=r"report.html: cannot be written \(No space left"):
        write_whole(out, fail)
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    assert out.read_text() == "old"


def test_a_folder_or_a_full_device_is_told(tmp_path):
    for out in (tmp_path, Path("/dev/full")):
        with pytest.raises(AnalysisError, match="cannot be written"):
            write_whole(out, lambda draft: draft.write_text("text"))


def test_control_characters_are_replaced():
    assert printable("tin\x00man\x1b\n") == "tin\ufffdman\ufffd\n"
