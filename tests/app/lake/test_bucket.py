"""A lake in an object store: moto's server over real HTTP, and machines whose caches begin empty."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store
from sqlalchemy import select

import tallymark
from tallymark.cli.doctor import check_lake
from tallymark.engine.session import TenantData, confined
from tallymark.lake import Lake, LakeError, Landed
from tallymark.lake import cache as caching
from tallymark.lake.bucket import Bucket
from tallymark.lake.cache import Cache
from tallymark.lake.landing import Layout
from tallymark.lake.leases import LEASES
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.models import Snapshot
from tallymark_tenants.profile import TenantProfile

Batches = Callable[..., list[Any]]
URL = "s3://rows/of/tallymark"
TEN = [{"id": str(n), "name": "first"} for n in range(10)]
NOTHING_LISTENS = "http://127.0.0.1:9"  # the discard port
LOOK = """
import sys, time
from pathlib import Path
from tallymark.lake.leases import LEASES
print(LEASES.take(Path(sys.argv[1]), None), flush=True)
time.sleep(60)
"""


FORK = """
import os
from tallymark.lake import LakeError
from tallymark.lake.bucket import Bucket
Bucket.at("s3://rows").try_out()
child = os.fork()
if not child:
    try:
        Bucket.at("s3://rows").try_out()
    except LakeError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an object store of this module's own."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture(autouse=True)
def environment(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "reader",
        "AWS_SECRET_ACCESS_KEY": "not-for-logs",
    }.items():
        monkeypatch.setenv(name, value)
    with urllib.request.urlopen(urllib.request.Request(f"{server}/rows", method="PUT")) as answer:
        assert answer.status == 200


@pytest.fixture
def objects(environment: None, server: str) -> S3Store:
    """The bucket as somebody else sees it."""
    return S3Store("rows", prefix="of/tallymark", endpoint=server, client_options={"allow_http": True})


class Machine:
    """One computer that works with the shared lake, with a cache of its own."""

    def __init__(self, root: Path, database: Database, tenant: TenantProfile, batches: Batches) -> None:
        self.root, self.database, self.tenant, self.batches = root, database, tenant, batches
        self.lake = self.limited(2**30)

    def limited(self, limit: int) -> Lake:
        cache = Cache(root=self.root, bucket=Bucket(URL), limit=limit)
        return Lake(self.root, layout=Layout(floor=10, share=0.4), cache=cache)

    def land(self, rows: list[dict[str, Any]], name: str = "accounts") -> Landed:
        with self.database.tenant(self.tenant.id) as session:
            return self.lake.land(session, self.tenant, name, self.batches(name, rows))

    def files(self, name: str = "accounts") -> list[Path]:
        with self.database.tenant(self.tenant.id) as session:
            return self.lake.files(session, name)

    def names(self) -> list[tuple[Any, ...]]:
        """What the engine reads there."""
        with self.database.tenant(self.tenant.id) as session:
            files = {name: snapshot.files for name, snapshot in self.lake.pinned(session).items()}
        data = TenantData(folder=self.root / str(self.tenant.id), files=files)
        with confined(data) as connection:
            return connection.sql("select name, count(*) from accounts group by 1 order by 1").fetchall()

    def cached(self) -> set[str]:
        return {file.relative_to(self.root).as_posix() for file in self.root.glob("*/*/*/*")}


@pytest.fixture
def machine(
    tmp_path: Path, database: Database, tenant: TenantProfile, batches_of: Batches
) -> Callable[[str], Machine]:
    return lambda name: Machine(tmp_path / name / "cache" / "lake", database, tenant, batches_of)


def keys(objects: S3Store, tenant: TenantProfile) -> set[str]:
    return {each["path"] for part in obstore.list(objects, f"{tenant.id}/") for each in part}


def test_what_one_machine_lands_another_reads_and_changes(
    machine: Callable[[str], Machine], objects: S3Store, tenant: TenantProfile
) -> None:
    one, two = machine("one"), machine("two")
    one.land(TEN)
    one.land([{"id": "3", "name": "second"}])
    assert keys(objects, tenant) == one.cached()
    assert two.names() == [("first", 9), ("second", 1)]
    assert two.cached() == {key for key in one.cached() if key.endswith(".parquet")}, (
        "key files are for landings"
    )
    assert two.land([{"id": "4", "name": "third"}]).updated == 1
    assert len(two.files()) == 3, "the second machine appended: it had the key files"
    assert one.names() == [("first", 8), ("second", 1), ("third", 1)]
    assert not list(two.root.glob("*/.staging/*"))


def test_a_file_is_fetched_once_and_again_when_it_is_damaged(
    machine: Callable[[str], Machine], server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine("one").land(TEN)
    two, fetched = machine("two"), []
    get = Bucket.get

    def counted(bucket: Bucket, key: str, *others: Any) -> None:
        fetched.append(key)
        get(bucket, key, *others)

    monkeypatch.setattr(Bucket, "get", counted)
    (file,) = two.files()
    assert two.files() == [file]
    assert len(fetched) == 1
    file.unlink()
    file.write_bytes(b"half")
    assert two.names() == [("first", 10)]
    assert len(fetched) == 2


def test_an_object_that_was_changed_is_not_taken(
    machine: Callable[[str], Machine], objects: S3Store, tenant: TenantProfile
) -> None:
    one = machine("one")
    one.land(TEN)
    (key,) = (key for key in keys(objects, tenant) if key.endswith(".parquet"))
    content = bytearray(bytes(obstore.get(objects, key).bytes()))
    content[100] ^= 1
    obstore.put(objects, key, bytes(content))
    two = machine("two")
    with pytest.raises(LakeError, match="is not the one that was stored there"):
        two.files()
    assert two.cached() == set()
    assert one.names() == [("first", 10)], "who has it goes on"


def test_an_upload_that_fails_leaves_what_was_there(
    machine: Callable[[str], Machine],
    monkeypatch: pytest.MonkeyPatch,
    objects: S3Store,
    tenant: TenantProfile,
) -> None:
    one = machine("one")
    one.land(TEN)
    before, put = keys(objects, tenant), Bucket.put

    def second_fails(bucket: Bucket, file: Path, key: str) -> Any:
        if file.suffix == ".arrow":
            with monkeypatch.context() as patch:
                patch.setenv("AWS_ENDPOINT_URL", NOTHING_LISTENS)
                bucket = Bucket(URL)
        return put(bucket, file, key)

    monkeypatch.setattr(Bucket, "put", second_fails)
    with pytest.raises(LakeError, match=r"s3://rows/of/tallymark can't be written .*try again") as told:
        one.land([{"id": "3", "name": "second"}])
    assert "not-for-logs" not in str(told.value)
    assert one.names() == machine("two").names() == [("first", 10)]
    assert len(keys(objects, tenant)) == len(before) + 1, "an orphan, for the sweep"
    assert not list(one.root.glob("*/.staging/*"))


def test_a_store_that_is_down_is_told_and_the_cache_still_serves(
    machine: Callable[[str], Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = machine("one")
    one.land(TEN)
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOTHING_LISTENS)
    cut_off = machine("two")
    with pytest.raises(
        LakeError, match=r"can't be read .*check TALLYMARK_LAKE, the AWS_… variables and the network"
    ):
        cut_off.files()
    assert one.names() == [("first", 10)]


def test_what_was_used_longest_ago_goes_and_what_is_in_use_stays(
    machine: Callable[[str], Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "_JUST_USED", timedelta(0))
    one = machine("one")
    for name in ("accounts", "contacts", "reps"):
        one.land([{"id": "a"}], name)
    two = machine("two")
    (accounts,), (contacts,) = two.files("accounts"), two.files("contacts")
    long_ago = time.time() - 7200
    os.utime(accounts, (long_ago, long_ago))
    for each in (accounts, contacts):  # this process lets go; another one takes the older file
        LEASES.let_go(each)
    reader = subprocess.Popen([sys.executable, "-c", LOOK, str(accounts)], stdout=subprocess.PIPE, text=True)
    try:
        assert reader.stdout
        assert reader.stdout.readline() == "True\n"
        os.utime(accounts, (long_ago, long_ago))
        two.lake = two.limited(1)
        (reps,) = two.files("reps")
        assert (accounts.exists(), contacts.exists(), reps.exists()) == (True, False, True)
    finally:
        reader.kill()
        reader.communicate()
    assert two.lake._cache.evict() == 1, "who held it is gone"
    assert (accounts.exists(), accounts.parent.exists(), reps.exists()) == (False, False, True)
    assert two.files("accounts") == [accounts]
    assert accounts.exists()


def test_a_file_used_a_moment_ago_stays_though_the_cache_is_full(machine: Callable[[str], Machine]) -> None:
    machine("one").land(TEN)
    two = machine("two")
    two.lake = two.limited(1)
    (file,) = two.files()
    LEASES.let_go(file)
    assert two.lake._cache.evict() == 0
    assert file.exists()


def test_the_sweep_removes_objects_that_no_snapshot_lists(
    machine: Callable[[str], Machine],
    database: Database,
    objects: S3Store,
    tenant: TenantProfile,
    make_tenant: Callable[..., TenantProfile],
) -> None:
    one, other = machine("one"), make_tenant()
    one.land(TEN)
    one.land([{"id": "1", "name": "second"}])
    kept, orphan = keys(objects, tenant), f"{tenant.id}/accounts/never-committed/part-0.parquet"
    foreign = f"{other.id}/accounts/theirs/part-0.parquet"
    for key in (orphan, foreign):
        obstore.put(objects, key, b"rows")
    with database.tenant(tenant.id) as session:
        assert one.lake.sweep(session).objects == 0, "young ones may be of a landing that has not ended"
    with database.tenant(tenant.id) as session:
        assert one.lake.sweep(session, older_than=timedelta(0)).objects == 1
    assert keys(objects, tenant) == kept
    assert keys(objects, other) == {foreign}


def test_a_snapshot_that_names_anothers_object_is_refused(
    machine: Callable[[str], Machine], database: Database, make_tenant: Callable[..., TenantProfile]
) -> None:
    one, other = machine("one"), make_tenant()
    one.land(TEN)
    with database.tenant(one.tenant.id) as session:
        (entry,) = session.scalars(select(Snapshot.files)).one()
    assert entry["path"].startswith(f"{one.tenant.id}/accounts/")
    with database.tenant(other.id) as session:
        forged = Snapshot(dataset="accounts", files=[entry], row_count=10, schema_version="1.0.0")
        session.add(forged)
        session.flush()
        with pytest.raises(LakeError, match="outside its tenant's folder"):
            machine("two").lake.pinned(session, [forged.id])


def test_a_fork_of_a_process_that_used_the_store_is_told_instead_of_waiting_for_ever() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, check=True, timeout=60
    )
    assert "was used before this process was forked" in done.stdout


def test_the_doctor_tries_the_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, objects: S3Store
) -> None:
    settings = replace(Settings(data_dir=tmp_path), lake=URL)
    (finding,) = check_lake(settings)
    assert (finding.level, URL in finding.text) == ("ok", True)
    assert not [each for part in obstore.list(objects, "") for each in part if "try-" in each["path"]]
    (finding,) = check_lake(replace(settings, lake="s3://nobody-made-this"))
    assert finding.level == "problem"
    assert "not-for-logs" not in finding.text


def test_a_lake_of_the_settings(tmp_path: Path) -> None:
    environ = {"TALLYMARK_DATA": str(tmp_path), "TALLYMARK_LAKE": f"{URL}/", "TALLYMARK_LAKE_CACHE": "3"}
    settings = Settings.from_env(environ)
    lake = Lake.of(settings)
    assert (lake.root, lake.reports) == (tmp_path / "cache" / "lake", tmp_path / "imports")
    assert (lake._cache.bucket.url, lake._cache.limit) == (URL, 3 * 2**30)
    assert Lake.of(Settings(data_dir=tmp_path)).root == tmp_path / "lake"


def test_the_application_opens_its_lake_by_the_settings() -> None:
    opened, source = re.compile(r"Lake\([a-z_.()]*\.lake_dir\)"), Path(tallymark.__file__).parent
    by_folder = [
        file.name for file in source.rglob("*.py") if opened.search(file.read_text(encoding="utf-8"))
    ]
    assert by_folder == [], "Lake(settings.lake_dir) knows no bucket: write Lake.of(settings)"
