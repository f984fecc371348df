"""Entries of the log in plain words."""

from __future__ import annotations

from html import escape

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.looking import OWN_LIST
from medilink.people import Role
from medilink.records import ALL_SECTIONS
from medilink.sharing import NAMED_KINDS, GrantKind
from ui.parts.chart import section_list
from ui.parts.person import moment
from ui.words import say, say_kept

ACT_WORDS = {
    Act.OPEN_RECORD: "opened the record",
    Act.OPEN_IDENTITY: "saw name and address",
    Act.WRITE_RECORD: "wrote in the record",
    Act.CHANGE_PATIENT: "changed name or address",
    Act.CARE_RELATION: "noted that the patient is here",
    Act.REGISTER_PATIENT: "registered the patient",
    Act.IMPORT: "brought in records from a file",
    Act.SHARE: "made a code",
    Act.REVOKE: "withdrew a code",
    Act.REDEEM: "used a code",
    Act.TRY_CODE: "tried a code",
    Act.ADD_ACCOUNT: "made a sign-in",
    Act.CHANGE_PASSWORD: "changed a password",
    Act.READ_LOG: "read this list",
    Act.FIND_PATIENT: "searched for a patient",
    Act.SIGN_IN: "signed in",
    Act.SIGN_OUT: "signed out",
    Act.UNLOCK: "unlocked the store",
    Act.SET_UP: "set up the clinic",
    Act.CHANGE_ACCOUNT: "changed an account",
    Act.CHANGE_SETTINGS: "changed the settings",
    Act.EXPIRE: "codes expired",
    Act.CHANGE_PROFILE: "changed what is kept about the person",
    Act.AMEND: "corrected the record",
    Act.OPEN_DOCUMENT: "opened a document",
    Act.SEE_CHANGES: "saw what was changed",
    Act.ASK_CORRECTION: "asked for a correction",
    Act.ANSWER_CORRECTION: "answered a wish for correction",
    Act.BREAK_GLASS: "opened the record without a right",
    Act.REVIEW_EMERGENCY: "reviewed an emergency opening",
    Act.LINK_GUARDIAN: "recorded a guardian",
    Act.END_GUARDIAN: "ended a guardian",
    Act.SEE_FAMILY: "saw guardians and children",
    Act.SUSPECT_DUPLICATE: "registered somebody who may be here twice",
    Act.SCAN_DUPLICATES: "looked for people registered twice",
    Act.DISMISS_DUPLICATE: "said that two registrations are two people",
    Act.MERGE: "merged two registrations of one person",
    Act.UNDO_MERGE: "took a merge back",
    Act.SAVE_CREDENTIALS: "changed own licence and training",
    Act.SUBMIT_CREDENTIALS: "sent the licence to be checked",
    Act.DECIDE_CREDENTIALS: "checked a licence",
    Act.REMIND_CREDENTIALS: "reminded of a licence",
    Act.EXPORT: "took the record along as a file",
    Act.HAND_OVER: "handed the care over to a colleague",
    Act.CONFIRM_CLOCK: "confirmed date and time",
    Act.WORK_AS: "went on in another role",
    Act.READ_NOTICES: "read own notices",
    Act.CHANGE_NOTICES: "chose what to be told of",
    Act.MAKE_KEYS: "made keys",
    Act.ASK_TO_JOIN: "asked to join a network",
    Act.JOIN_NETWORK: "joined a network",
    Act.ADMIT_CLINIC: "let a clinic into the network",
    Act.REMOVE_CLINIC: "removed a clinic from the network",
    Act.LEAVE_NETWORK: "left the network",
    Act.BEGIN_ANEW: "began a network of this clinic alone",
    Act.NAME_NETWORK: "named the network",
    Act.MAKE_NEWS: "made news for other clinics",
    Act.TAKE_NEWS: "took in news of other clinics",
    Act.MAKE_OFFER: "made a code for other clinics",
    Act.ASK_PATIENT: "asked a patient of another clinic",
    Act.ANSWER_ASK: "answered a provider of another clinic",
    Act.TRY_OFFER: "tried the digits of another clinic's code",
    Act.OPEN_OFFER: "opened a code of another clinic",
    Act.LIST_VISITING: "saw the list of other clinics' patients",
    Act.READ_VISITING: "read what another clinic's patient shares",
    Act.END_VISITING: "erased what another clinic's patient shared",
    Act.REGISTER_VISITING: "gave a visiting patient a file here",
    Act.OPENED_ELSEWHERE: "opened your share at another clinic",
    Act.USED_TWICE: "a code for one use was used twice",
    Act.MAKE_RETURN: "sent a visit home",
    Act.TAKE_RETURN: "took in a visit from another clinic",
    Act.SEE_RETURN_AGAIN: "scanned a visit that was taken in before",
    Act.MAKE_CARD: "made an emergency card",
    Act.READ_CARD: "read a health card",
    Act.SEE_CONSENTS: "saw own receipts",
    Act.CHECK_RECEIPT: "checked a receipt",
    Act.GIVE_LOG_RECEIPT: "gave a receipt of this list",
    Act.CHECK_LOG: "checked that the log is whole",
    Act.EXPORT_LOG: "handed the log out",
    Act.ARCHIVE_LOG: "archived old entries",
    Act.ERASE_DETAIL: "erased personal details of old entries",
    Act.UNLOCK_FAILED: "tried to unlock the store",
    Act.LOOK_UNUSUAL: "looked for unusual access",
    Act.FLAG_UNUSUAL: "marked an access as unusual",
    Act.DISMISS_UNUSUAL: "said that an unusual access is in order",
    Act.ESCALATE_UNUSUAL: "reported an unusual access",
    Act.REOPEN_UNUSUAL: "took up an unusual access again",
    Act.MAKE_REPORT: "made a report of what happened",
    Act.KEEP_FILTER: "kept or deleted a filter of this list",
    Act.SEE_SHARES: "saw what is shared",
    Act.QUESTION_ACCESS: "asked about an entry of this list",
    Act.ANSWER_QUESTION: "answered a question about this list",
    Act.ISSUE: "issued a signed document",
    Act.CHECK_DOCUMENT: "checked whether a document is genuine",
    Act.EXPORT_ALL: "took every record out of MediLink",
    Act.MAKE_LINK: "made a link by which a file can be fetched once",
    Act.FETCH_LINK: "fetched the file of a one-time link",
    Act.END_LINK: "ended a one-time link whose file nobody had fetched",
    Act.KEEP_BACKUP_KEY: "noted which recovery sheet opens backups",
    Act.BACK_UP: "made a backup",
    Act.CHECK_BACKUP: "checked a backup",
    Act.RESTORE: "restored everything from a backup",
    Act.CHANGE_BACKUP_PLACES: "changed where backups go",
    Act.DRILL: "restored backups into a copy to try it (drill)",
    Act.BRING_BACK: "brought entries back from a backup",
    Act.LOOK_INTO_BACKUP: "looked at settings and staff in an old backup",
    Act.BRING_OWN_BACK: "brought settings or staff back from a backup",
    Act.CHANGE_UNLOCKING: "changed what opens this clinic",
    Act.ASK_RESTORE: "accepted that a backup replaces everything",
    Act.NEW_DATA_KEY: "gave the records a new key",
    Act.SWAP_STORE: "put other records in place of the present ones",
    Act.DELETE_REPLACED: "deleted records that had been replaced",
}
METHOD_WORDS = {
    Method.CODE: "with a code",
    Method.QR: "with a QR code",
    Method.CARE: "for care",
    Method.OWN: "own record",
    Method.EMERGENCY: "in an emergency",
    Method.GUARDIAN: "as guardian",
    Method.COMMAND: "from the command line",
    Method.STANDING: "with a standing permission",
    Method.CLINIC: "with all records of the clinic",
}
# The same as the name of a right, in a table.
RIGHT_WORDS = {
    Method.CODE: "Code of the patient",
    Method.QR: "QR code of the patient",
    Method.CARE: "Care",
    Method.OWN: "Own record",
    Method.EMERGENCY: "Emergency",
    Method.GUARDIAN: "Guardian",
    Method.COMMAND: "Command line",
    Method.STANDING: "Standing permission",
    Method.CLINIC: "All records of the clinic",
}
ROLE_WORDS = {
    Role.ADMIN: "Administrator",
    Role.PROVIDER: "Treats patients",
    Role.PATIENT: "Patient",
    Role.SYSTEM: "This computer",
}
OUTCOME_WORDS = {
    Outcome.DONE: "Done",
    Outcome.REFUSED: "Refused",
    Outcome.COUNTED: "Counted as a try",
}
# Sharing without a code is the same act with another kind.
STANDING_WORDS = {
    Act.SHARE: "gave a standing permission",
    Act.REVOKE: "withdrew a standing permission",
}


REFUSAL_WORDS = {
    "code-wrong": "wrong code",
    "code-expired": "the code had expired",
    "code-revoked": "the code was withdrawn",
    "code-used": "the code was used already",
    "code-burnt": "the code was tried too often",
    "id-needed": "MediLink ID was missing",
    "too-many-tries": "too many tries",
    "no-right": "no right to it",
    "picture-unreadable": "no QR code in the picture",
    "picture-is-pdf": "a PDF in place of a picture",
    "digits-unreadable": "not six digits",
    "qr-not-ours": "not a MediLink QR code",
    "qr-other-clinic": "a QR code of another clinic",
    "sign-in-failed": "wrong name or password",
    "account-disabled": "account switched off",
    "refused": "not allowed",
    "not-yours": "not theirs",
    "not-verified": "the licence was not checked or has expired",
    "offer-unreadable": "a damaged code",
    "offer-too-new": "a code of a newer MediLink",
    "offer-not-for-us": "made for another clinic",
    "offer-forged": "not signed by a clinic of the network",
    "issuer-unknown": "from a clinic that is not known here",
    "issuer-removed": "from a clinic that was removed",
    "offer-expired": "the code had expired",
    "offer-withdrawn": "the code was withdrawn",
    "offer-used": "the code was used already",
    "offer-burnt": "the code was tried too often",
    "offer-needs-code": "the six digits were missing",
    "offer-code-wrong": "wrong code",
    "offer-from-the-future": "made at a time that has not come yet",
    "clock-too-uncertain": "the clock could not be believed",
    "news-too-old": "the news of that clinic was too old",
    "answer-not-awaited": "no question was open",
    "not-returnable": "writing back was not allowed",
    "nothing-to-return": "nothing was written",
    "is-for-the-patient": "a question to a patient",
    "is-news": "news between clinics",
    "payload-unreadable": "a damaged code",
    "payload-too-new": "a code of a newer MediLink",
    "network-trouble": "trouble between two clinics",
    "statement-unreadable": "nothing clinics say to each other",
    "statement-too-new": "made by a newer MediLink",
    "statement-forged": "the signature did not fit",
    "removed-here": "the clinic was removed from its network",
    "among-others": "in a network with others",
    "another-network": "of another network",
    "not-for-us": "made for another clinic",
    "not-the-root": "not the founder of the network",
    "not-a-member": "a clinic that is not known here",
    "member-removed": "a clinic that was removed",
    "request-too-old": "the request was too old",
    "founder-stays": "the founder cannot be removed",
    "name-taken": "another clinic has that name or key",
    "address-not-secure": "not a secure address",
    "log-not-whole": "it is not whole",
    "receipt-not-true": "the receipt did not fit",
    "line-not-true": "the typed words did not fit",
    "log-receipt-unknown": "a receipt of a clinic that is not known here",
    "log-receipt-unreadable": "no receipt, or a damaged one",
    "log-receipt-forged": "the signature did not fit",
    "log-receipt-elsewhere": "a receipt of another clinic",
    "log-being-checked": "it was being checked already",
    "nothing-to-erase": "nothing was old enough",
    "wrong-passphrase": "wrong passphrase",
    "wrong-recovery-words": "wrong recovery words",
    "own-password-wrong": "wrong password",
    "last-passphrase": "it was the last passphrase",
    "slots-not-kept": "it could not be written",
    "about-yourself": "it was about themselves",
    "export-cancelled": "it was stopped",
    "cancelled": "it was stopped",
    "failed": "something went wrong",
    "document-changed": "it was changed",
    "document-forged": "the signature did not fit",
    "document-saved-again": "another program had saved it",
    "document-no-proof": "nothing in it was signed",
    "document-unknown-key": "signed by somebody who is not known here",
    "offer-before-restore": "made before the records were restored",
    "backup-unwritten": "it could not be written",
    "backup-fails": "it did not pass its check",
    "backup-damaged": "it is damaged",
    "backup-changed": "what is in it does not fit together",
    "backup-running": "another one was being made",
    "place-trouble": "the place did not take it",
    "place-vanished": "the place went away meanwhile",
    "place-full": "there was not enough room",
    "place-read-only": "nothing can be written there",
    "too-big-for-place": "it is larger than a file may be there",
    "copy-damaged": "what was read back was not what was written",
    "backup-name-taken": "another file has its name",
    "source-changed": "the one on this computer had changed",
    "other-computer": "another computer answered",
    "not-let-in": "the other computer did not let MediLink in",
    "disk-full": "the disk was full",
    "store-damaged": "the records are damaged",
    "store-busy": "another program was using the records",
}


def act_words(entry: AuditEntry) -> str:
    """What was done, as a phrase after a name."""
    if entry.extra.get("kind") in NAMED_KINDS and entry.act in STANDING_WORDS:
        return say(STANDING_WORDS[Act(entry.act)])
    if entry.act == Act.REVOKE and entry.extra.get("kind") == GrantKind.CARD:
        return say("withdrew an emergency card")
    if entry.act == Act.BACK_UP and entry.extra.get("place"):
        return say("put a backup in its place")
    if entry.act == Act.BACK_UP and entry.extra.get("asked"):
        return say("asked for a backup")
    if entry.act == Act.OPEN_RECORD and "backup" in entry.extra:
        return say("saw the record as a backup of {day} has it", day=entry.extra["backup"])
    if entry.act == Act.EXPORT and entry.extra.get("what") == OWN_LIST:
        return say("took this list along as a file")
    words = ACT_WORDS.get(Act(entry.act)) if entry.act in set(Act) else None
    return say(words) if words else entry.act


def entry_words(entry: AuditEntry, own: bool) -> str:
    """One entry as a sentence: who did what, how, which parts, and why it was refused."""
    who = say("You") if own else say_kept(entry.actor_name) or say("Somebody not signed in")
    parts = [f"{who} {act_words(entry)}"]
    method = METHOD_WORDS.get(Method(entry.method)) if entry.method in set(Method) else None
    if method and not own:
        parts[0] += f" {say(method)}"
    if entry.sections:
        whole = set(entry.sections) >= ALL_SECTIONS
        parts.append(say("the whole record") if whole else section_list(entry.sections))
    if entry.outcome == Outcome.REFUSED:
        why = REFUSAL_WORDS.get(entry.why, "not allowed")
        parts.append(say("refused: {why}", why=say(why)))
    elif entry.why:
        parts.append(say("reason: {reason}", reason=say_kept(entry.why)))
    return " · ".join(parts)


def entry_html(entry: AuditEntry, *, own: bool, about: str = "") -> str:
    """One entry as a list item."""
    kind = "refused" if entry.outcome == Outcome.REFUSED else "mine" if own else ""
    tail = f" · {escape(about)}" if about else ""
    return (
        f'<li class="{kind}"><time>{escape(moment(entry.at))}{tail}</time>'
        f'<span dir="auto">{escape(entry_words(entry, own))}</span></li>'
    )
