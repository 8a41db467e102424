"""A big file is read in little memory: 150,000 rows of twelve columns in a child that measures itself."""

import subprocess
import sys
from pathlib import Path

ROWS = 150_000
CHILD = """
import resource, sys
from pathlib import Path
from tallymark_connectors.csv_xlsx import load_mapping, read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
mapping = load_mapping(Path(sys.argv[2]))
rows = sum(b.batch.num_rows for b in read(Path(sys.argv[1]), mapping, source_id="s", timezone="Asia/Tehran"))
print(rows, before // 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
MAPPING = """
dataset = "opportunities"
[columns]
id = "Id"
name = "Name"
account_id = "Account"
rep_id = "Owner"
amount = { from = "Amount", decimal = "." }
opened_at = "Opened"
closed_at = { from = "Closed", date_order = "mdy" }
status = { from = "Stage", values = { "*" = "open", Won = "won" } }
"""


def test_memory_stays_at_a_few_batches(tmp_path: Path) -> None:
    path, mapping = tmp_path / "big.csv", tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    with path.open("w", encoding="utf-8") as file:
        file.write("Id,Name,Account,Owner,Stage,Amount,Opened,Closed,A,B,C,D\n")
        for n in range(ROWS):
            file.write(
                f"006{n:012},Deal number {n},001{n % 9999},005{n % 99},{'Won' if n % 3 else 'New'},{n}.{n % 90 + 10},"
                f"2016-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:{n % 60:02}:{n % 59:02},"
                f"{n % 12 + 1}/{n % 28 + 1}/2017,aaaa,{n},cccc,dddd\n"
            )
    child = [sys.executable, "-c", CHILD, str(path), str(mapping)]
    done = subprocess.run(child, check=True, capture_output=True, text=True, timeout=240)
    rows, before, after = map(int, done.stdout.split())
    assert rows == ROWS
    assert after - before < 170, f"reading took {after - before} MB"
