"""The server: the door, the pool that opens before the first reader comes, and the frame."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.door import hosts
from pages.shared import layout, server

FRAME = Path(__file__).parent / "pages" / "shared" / "frame.py"

if __name__ == "__main__":  # run as a plain script, as Streamlit's AppTest does
    layout.draw()
else:
    # `streamlit run app.py` serves this. The frame is a script one folder deeper, because Streamlit
    # takes a folder "pages" beside the first script for its own and refuses the first deep link.
    app = st.App(
        FRAME, middleware=[hosts.guard()], lifespan=server.opened, on_script_error=layout.calm
    )
