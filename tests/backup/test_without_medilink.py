"""A backup opens with `age`, `zstd` and any sqlite3, as docs/recovery.md says, without MediLink."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import mnemonic
import pytest
from shamir_mnemonic import combine_mnemonics

from backup.recovery import identity_from
from medilink.acts.write_visit import write_visit
from medilink.visits import NewVisit
from security.shares import split_in_three
from security.slots import new_recovery_words, recovery_key
from tests.backup.backed_up import WORDS, BackedUp, need_tools

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "recovery.md"
WORD_LIST = Path(mnemonic.__file__).parent / "wordlist" / "english.txt"


def key_by_the_guide(folder: Path, words: str) -> str:
    """What the program in the guide prints, run where no MediLink is."""
    [program] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (folder / "key.py").write_text(program)
    (folder / "english.txt").write_text(WORD_LIST.read_text())
    command = [sys.executable, "-I", "-S", "key.py"]
    done = subprocess.run(
        command, cwd=folder, input=words + "\n", capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_program_in_the_guide_makes_the_same_key(tmp_path: Path) -> None:
    for _ in range(20):
        words = " ".join(new_recovery_words())
        assert key_by_the_guide(tmp_path, words) == identity_from(words) + "\n"


def test_two_sheets_and_any_slip_39_program_make_the_same_key(tmp_path: Path) -> None:
    words = " ".join(new_recovery_words())
    first, _, third = split_in_three(recovery_key(words))
    digits = combine_mnemonics([third, first]).hex()
    assert key_by_the_guide(tmp_path, digits) == identity_from(words) + "\n"


def test_words_and_three_programs_of_the_distribution_open_it(
    kisumu: BackedUp, tmp_path: Path
) -> None:
    need_tools()
    doctor = kisumu.clinic.provider()
    slip = kisumu.clinic.register(doctor)
    write_visit(doctor, slip.patient.id, NewVisit(reason="Cough", diagnoses=("Asthma",)))
    kept = kisumu.take()
    (tmp_path / "key.txt").write_text(key_by_the_guide(tmp_path, WORDS))
    [command] = re.findall(r"^    (age -d .*)$", GUIDE.read_text(), re.MULTILINE)
    command = command.replace("medilink-….db.zst.age", str(kisumu.path(kept)))
    subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, check=True)
    found = sqlite3.connect(f"file:{tmp_path / 'clinic.db'}?mode=ro&immutable=1", uri=True)
    assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert found.execute("SELECT medilink_id FROM patient").fetchall() == [
        (slip.patient.medilink_id,)
    ]
    visits = found.execute("SELECT count(*) FROM entry WHERE name = 'Asthma'").fetchone()
    assert visits == (1,)
    found.close()


def test_a_stranger_with_the_tools_opens_nothing(kisumu: BackedUp, tmp_path: Path) -> None:
    need_tools()
    kept = kisumu.take()
    (tmp_path / "key.txt").write_text(identity_from(" ".join(new_recovery_words())))
    command = ["age", "-d", "-i", str(tmp_path / "key.txt"), str(kisumu.path(kept))]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode != 0
    assert done.stdout == b""


@pytest.mark.parametrize("typed", ["", "abandon " * 24, "not words at all"])
def test_words_that_are_none_are_one_sentence(typed: str) -> None:
    with pytest.raises(Exception, match="Check each word against the"):
        identity_from(typed)
