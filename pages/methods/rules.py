"""Parts of the Methods page: the generated texts, and the proof that "ever" finds what is not there."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from igcore import documentation
from igcore.analysis import noise
from igcore.figures import style

NOISE = "Why not “ever”?"
READINGS = {
    "ever": "whoever responds, from the first day",
    "landmark": "fixed then, the clock restarted",
    "time-dependent": "whoever responds, from that day",
}


def names() -> list[str]:
    """The parts of the page, in their order."""
    return [*documentation.PARTS, NOISE]


def show(name: str) -> None:
    """One part of the page."""
    if name == NOISE:
        _noise()
    else:
        st.markdown(documentation.PARTS[name]())


def _noise() -> None:
    """The simulated rejection rates, for a stranger to statistics."""
    how, table = noise.setting(), noise.rejections()
    rates = dict(zip(table.timing, table.rejected, strict=True))
    draws, wrong = (
        f"{how['draws']:,.0f}",
        style.percent(how["level"]).replace(" ", "\N{NO-BREAK SPACE}"),
    )
    st.markdown(
        f"We gave patients **responses drawn at random**, which cannot have changed how long they "
        f"lived, and asked {draws} times whether “responders” lived longer. A fair test is fooled in "
        f"about {wrong} of such draws. Counted as “ever”, noise looked like a real difference in "
        f"**{style.percent(rates['ever'])}** of them: only who lived long enough could be drawn as a "
        "responder. The two other ways stay near the promised rate."
    )
    shown = pd.DataFrame(
        {
            "Response counted": [
                f"{row.words}: {READINGS[row.timing]}" for row in table.itertuples()
            ],
            "Difference found": [style.percent(one) for one in table.rejected],
            "Simulation error, 95 %": [
                f"{style.percent(row.lower)} to {style.percent(row.upper)}"
                for row in table.itertuples()
            ],
        }
    )
    st.table(shown.set_index("Response counted"))
    month = style.number(how["landmark_months"])
    st.caption(
        "The 228 patients of the public data set lung (R's survival package), with their true times "
        "and deaths. In each draw half of them would respond on a day between 1 and 365, if alive "
        f"and followed by then. Log-rank test at {wrong}; landmark at day {how['landmark_days']:g} "
        f"(month {month}); Mantel-Byar test for the response from its day on. Simulation error: the "
        f"range in which the rate of endless draws would lie, given {draws} of them."
    )
