"""Every error a person can meet.

The class docstring is the sentence the person reads (a template over `facts`), so message and class
cannot drift apart; `code` is stable and safe to log. Facts never carry a name, a diagnosis or a
secret: sentences end up on screens, in logs and in reports.

    MediLinkError
      CannotStart        the installation cannot run as it is
      StoreTrouble       the encrypted store cannot be used
      Refused            this person may not do this (now)
        ShareRefused     a code or QR does not open the record
      NotValid           what was typed or handed in cannot be taken
      EditedMeanwhile    somebody else saved first
      BackupTrouble      a backup cannot be made or used
"""

from __future__ import annotations

from medilink.errors.backups import *
from medilink.errors.base import *
from medilink.errors.carrying import *
from medilink.errors.clinical import *
from medilink.errors.invalid import *
from medilink.errors.log import *
from medilink.errors.network import *
from medilink.errors.offers import *
from medilink.errors.places import *
from medilink.errors.recovery import *
from medilink.errors.rights import *
from medilink.errors.smart import *
from medilink.errors.starting import *
