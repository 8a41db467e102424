"""Tenants' data is not for the machine's other users."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tallymark.lake.staging import staging
from tallymark.services import running
from tallymark.services.account import Account, account
from tallymark.settings import Settings
from tallymark_tenants.ids import uuid7


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_of_tenants_data_are_closed(settings: Settings, tmp_path: Path) -> None:
    own = replace(settings, data_dir=tmp_path)
    for folder in (own.lake_dir, own.editions_dir):
        folder.mkdir(mode=0o755)  # as an older version left them
    with running(own):
        folders = (own.lake_dir, own.editions_dir, own.uploads_dir, tmp_path / "imports")
        assert [mode(folder) for folder in folders] == [0o700] * 4


def test_a_new_lake_is_closed(tmp_path: Path) -> None:
    with staging(tmp_path / "lake", uuid7()):
        assert mode(tmp_path / "lake") == 0o700


def test_only_the_servers_account_passes_through_a_new_data_folder(tmp_path: Path) -> None:
    found = account(tmp_path / "postgres")
    found.make_data_folder(tmp_path / "data")
    if found.user is None:
        assert mode(tmp_path / "data") == 0o700
        return
    assert (mode(tmp_path / "data"), (tmp_path / "data").stat().st_gid) == (0o710, found.user.pw_gid)


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root gives folders to others.")
def test_a_folder_whose_group_passes_is_left_as_it_is(tmp_path: Path) -> None:
    found: Account = account(tmp_path / "postgres")
    found.make_data_folder(tmp_path / "data")
    found.make_folder(tmp_path / "data" / "postgres")
    assert mode(tmp_path / "data") == 0o710
