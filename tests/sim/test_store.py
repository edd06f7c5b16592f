"""Claims about an experiment folder that several processes want: nobody's records are lost."""

from pathlib import Path

import pytest

from sim.errors import RecordError
from sim.store import Store

ONE, TWO = 'name = "one"\n', 'name = "two"\n'


class Late(Store):
    """A process that looks at the folder, and locks it when another one has come and gone."""

    other = ONE

    def _lock_out_others(self) -> None:
        before = Store(self.folder)
        before.claim(self.other)
        (before.runs / "run").mkdir()
        before.release()
        super()._lock_out_others()


def test_a_folder_that_another_process_filled_meanwhile_is_not_removed(tmp_path: Path) -> None:
    late = Late(tmp_path / "a" / "b")
    late.claim(ONE)
    late.abandon()
    assert Store(tmp_path / "a" / "b").has("run")


def test_a_folder_that_another_experiment_took_meanwhile_is_refused(tmp_path: Path) -> None:
    late = Late(tmp_path / "a")
    with pytest.raises(RecordError, match="holds another experiment"):
        late.claim(TWO)
    assert (tmp_path / "a" / "experiment.toml").read_text() == ONE
    Store(tmp_path / "a").claim(ONE)  # And it is not left locked.


def test_a_folder_is_locked_until_what_was_begun_in_it_is_removed(tmp_path: Path) -> None:
    seen = []

    class Watched(Store):
        def release(self) -> None:
            seen.append(sorted(file.name for file in self.folder.iterdir()))
            super().release()

    store = Watched(tmp_path / "a")
    store.claim(ONE)
    with pytest.raises(RecordError, match="being played by another process"):
        Store(tmp_path / "a").claim(ONE)
    store.abandon()
    assert seen == [[".lock"]]
    assert not (tmp_path / "a").exists()
