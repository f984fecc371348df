"""Make the backup that stands for today's tables; once for each version, before it is released.

python -m tests.backup.golden
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from backup.recovery import words_open_backups
from backup.taking import take_backup
from database.migrate import NEWEST
from medilink.people import PatientDetails, Sex
from security import slots
from tests.backup.golden import ENDING, FOLDER, WORDS
from tests.clinics import DATA_KEY, new_clinic
from tests.properties.planted import write_planted

STORE_ID = "901d" * 8


def main() -> None:
    """One clinic, one doctor, one patient with something in every section."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clinic = new_clinic(folder / "clinic", "Golden Clinic")
        doctor = clinic.provider()
        details = PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE, birth_date="1984-05-23")
        write_planted(doctor, clinic.register(by=doctor, details=details).patient.id)
        key = slots.recovery_key(WORDS)
        slot = slots.random_slot("recovery", DATA_KEY, key, "recovery sheet")
        held = slots.sealed(slots.SlotFile(STORE_ID, (slot,)), DATA_KEY)
        words_open_backups(clinic.admin, held, WORDS)
        kept = take_backup(clinic.admin, clinic.store, STORE_ID, folder)
        clinic.store.close()
        target = FOLDER / f"{NEWEST}{ENDING}"
        shutil.copyfile(folder / kept.name, target)
    print(f"{target.name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
