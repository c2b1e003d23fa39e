"""Folders of work in progress: removed at the next start when the process was killed."""

import os
import subprocess

from db.base import work_folders


def test_the_folder_of_a_killed_server_is_removed_and_that_of_a_running_one_is_not(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    left, used = tmp_path / f"palette-travail-{ended.pid}-x", tmp_path / f"palette-travail-{os.getpid()}-x"
    for folder in (left, used):
        folder.mkdir()
        (folder / "sheet1.xml").write_text("Lou Marchand")

    work_folders.clear_left_folders(tmp_path)

    assert (left.exists(), used.exists()) == (False, True)
