import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenebeat.folder import LOG_KEPT_BYTES, DataFolder, ProcessRecord, StackRecord
from scenebeat.processes import Known, birth


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.prepare()
    return made


def record() -> StackRecord:
    return StackRecord.of_this_process(url="http://127.0.0.1:8000", bus="nats://127.0.0.1:20000", ready=True)


def test_only_one_stack_holds_a_folder(folder: DataFolder) -> None:
    with folder.hold() as mine, folder.hold() as also_mine:
        assert (mine, also_mine) == (True, False)
        assert folder.is_held()
    assert not folder.is_held()


def test_the_record_of_a_stack_that_was_killed_is_not_taken_for_a_living_one(folder: DataFolder) -> None:
    folder.write(record())
    assert folder.record() == record()
    assert folder.living() is None


def test_a_new_holder_is_not_mistaken_for_the_stack_that_was_killed_before(folder: DataFolder) -> None:
    folder.write(record().model_copy(update={"born": "another day"}))
    with folder.hold():
        assert folder.living() is None
        folder.write(record())
        assert folder.living() == record()


def test_a_record_nobody_can_read_is_no_record(folder: DataFolder) -> None:
    (folder.run / "stack.json").write_text("{half a rec")
    assert folder.record() is None


def test_a_large_log_is_put_aside(folder: DataFolder) -> None:
    folder.log("video").write_bytes(b"x" * (LOG_KEPT_BYTES + 1))
    folder.log("image").write_bytes(b"x")
    folder.turn_log("video")
    folder.turn_log("image")
    assert folder.log_names() == ["image"]
    assert (folder.logs / "video.log.1").stat().st_size == LOG_KEPT_BYTES + 1


def test_a_pid_used_again_is_another_process() -> None:
    mine = birth(os.getpid())
    assert mine is not None
    assert Known(os.getpid(), mine).lives()
    assert not Known(os.getpid(), "another day").lives()
    Known(os.getpid(), "another day").end()  # or this test would not come to its end


def test_an_orphan_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as orphan:
        born = birth(orphan.pid)
        assert born is not None
        process = ProcessRecord(name="video", pid=orphan.pid, state="running", restarts=0, born=born)
        (known,) = record().model_copy(update={"processes": (process,)}).orphans()
        known.end()
        assert orphan.wait(10) == -9
        assert not known.lives()
