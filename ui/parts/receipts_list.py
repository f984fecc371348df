"""A patient's receipts: what was allowed to other clinics, each as a code to keep."""

from __future__ import annotations

import streamlit as st

from exports.receipt_paper import draw_receipt
from medilink.acts.receipts import Receipt, my_receipts
from medilink.people import PatientId
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.parts.receipt import receipt_lines
from ui.words import say


def show_receipts(whose: PatientId) -> None:
    """Folded: read only by who asks for them."""
    folded = st.expander(
        say("My receipts"), icon=":material/receipt_long:", key="receipts", on_change="rerun"
    )
    if not folded.open:
        return
    with folded:
        found = my_receipts(current_desk(), whose)
        if not found:
            st.caption(say("Nothing was allowed to another clinic yet."))
        for number, receipt in found:
            st.markdown("  \n".join(plain(line) for line in receipt_lines(receipt)))
            _keep(f"receipt-{number}", receipt)
            st.divider()


def _keep(name: str, receipt: Receipt) -> None:
    """On paper, or as a code."""
    # Said here: the browser asks for the file later, where nobody's language is known.
    title, lines = say("Consent receipt"), receipt_lines(receipt)
    caption = say("Any clinic of the network can check this code, without a connection.")
    st.download_button(
        say("Receipt on paper"),
        lambda: draw_receipt(title, lines, receipt.text, caption),
        f"{name}.pdf",
        "application/pdf",
        key=f"{name}-paper",
        icon=":material/print:",
    )
    if st.toggle(say("Show the code of this receipt"), key=name):
        show_carried(receipt.text, title=say("Receipt to be scanned"), name=name)
