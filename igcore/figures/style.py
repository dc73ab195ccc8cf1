"""Colours, dashes, number formats and the frame that every figure carries. Formatting lives here.

Groups differ by colour and by dash, so that neither a colour-blind reader nor a black-and-white
print loses them. User text passes `plain` before it is shown.
"""

from __future__ import annotations

import html
import math
import textwrap

from igcore.analysis.result import Result
from igcore.analysis.states.listed import STATES, said
from igcore.figures.drawing import Drawing
from igcore.figures.palette import DARK, LIGHT, Ink
from igcore.figures.verdicts import verdict_colour, verdict_dash  # noqa: F401 - for all figures

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Helvetica Neue", Arial, sans-serif'
NOT_REACHED, NOT_ESTIMABLE = "NR", "NE"
WIDE, NARROW = 104, 62  # characters of a line of small type that fit a page or half a page


DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# Group -> the state whose choice makes it ours; who has reached a state comes first everywhere.
STATE_OF = {group: code for code, state in STATES.items() for group in state.groups}
FIXED = {
    **{group: place for state in STATES.values() for place, group in enumerate(state.groups)},
    "pooled": 6,
    "IgA": 0,
    "IgG": 2,
    "IgM": 1,
}
# Arms, trials and sexes start at places of their own, so that none looks like a response.
PLACES = {"arm": (2, 3, 4, 5, 8, 9, 7), "trial": (7, 8, 9, 3, 4, 5, 2), "sex": (4, 5)}
WORDS = {**{group: said(group)[0] for group in STATE_OF}, "pooled": "All trials"}


def ink(dark: bool) -> Ink:
    """The colours for a light or a dark page."""
    return DARK if dark else LIGHT


def plain(text: str) -> str:
    """User text that Plotly shows as it stands, without reading tags in it."""
    return html.escape(str(text), quote=False)


def _ours(group: str, result: Result) -> bool:
    """True for a name that is ours; an uploaded arm may be called "responder" as well."""
    if group in STATE_OF:
        return result.asked.get("group") == STATE_OF[group]
    return group in FIXED


def name_of(group: str, result: Result) -> str:
    """A group's name for readers, safe to show."""
    return WORDS.get(group, group) if _ours(group, result) else plain(group)


def place_of(group: str, result: Result) -> int:
    """A group's place in the palette: fixed, or its place among all labels of the pool."""
    if _ours(group, result):
        return FIXED[group]
    for kind, labels in result.labels.items():
        if group in labels:
            places = PLACES[kind]
            return places[labels.index(group) % len(places)]
    # Levels of an uploaded category: their place in the figure.
    shown = list(result.tables["groups"].group) if "groups" in result.tables else []
    return PLACES["arm"][shown.index(group) % len(PLACES["arm"])] if group in shown else 0


def colour(group: str, result: Result, colours: Ink) -> str:
    """The group's own colour."""
    return colours.groups[place_of(group, result) % len(colours.groups)]


def dash(group: str, result: Result) -> str:
    """The group's own dash."""
    for labels in result.labels.values():
        if group in labels and not _ours(group, result):
            return DASHES[labels.index(group) % len(DASHES)]
    return DASHES[place_of(group, result) % len(DASHES)]


def faint(colour_: str, share: float = 0.14) -> str:
    """A colour of the palette as a translucent fill."""
    red, green, blue = (int(colour_[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share})"


def number(value: float | None, digits: int = 1, missing: str = "-") -> str:
    """A number with fixed digits, or the word for a missing one."""
    if value is None or math.isnan(value):
        return missing
    return f"{value:.{digits}f}"


def interval(
    value: float, lower: float, upper: float, digits: int = 1, missing: str = NOT_ESTIMABLE
) -> str:
    """An estimate with its 95 % limits, such as "18.4 (15.2 to NR)"."""
    if value is None or math.isnan(value):
        low = number(lower, digits, "")
        return f"{NOT_REACHED} ({low} to {NOT_ESTIMABLE})" if low else NOT_REACHED
    return f"{number(value, digits)} ({number(lower, digits, missing)} to " + (
        f"{number(upper, digits, missing)})"
    )


def percent(share: float | None) -> str:
    """A share in [0, 1] as percent."""
    return "-" if share is None or math.isnan(share) else f"{100 * share:.1f} %"


def bare_p(p: float | None) -> str:
    """A p-value below a heading that says p: "< 0.001", "0.020"."""
    if p is None or math.isnan(p):
        return "not estimable"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def p_value(p: float | None) -> str:
    """A p-value as journals print it: "p < 0.001", "p = 0.020"."""
    is_printed = p is not None and p >= 0.001  # NaN compares as no
    return f"p = {bare_p(p)}" if is_printed else f"p {bare_p(p)}"


def wrap(text: str, width: int) -> str:
    """Lines of at most `width` characters, joined as Plotly wants them."""
    return "<br>".join(textwrap.wrap(text, width))


def base(colours: Ink, height: int) -> dict:
    """Layout that every figure shares."""
    return {
        "template": "plotly_white",
        "height": height,
        "paper_bgcolor": colours.ground,
        "plot_bgcolor": colours.ground,
        "font": {"family": FONT, "size": 15, "color": colours.text},
        "hoverlabel": {
            "font": {"family": FONT, "size": 14, "color": colours.text},
            "bgcolor": colours.ground,
            "bordercolor": colours.quiet,
            "align": "left",
        },
        "colorway": list(colours.groups),
        "dragmode": False,
    }


def axis(colours: Ink, **own) -> dict:
    """An axis in the house's manner."""
    return {
        "gridcolor": colours.grid,
        "linecolor": colours.quiet,
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": colours.quiet,
        "tickfont": {"color": colours.text},
        "title_font": {"color": colours.text, "size": 15},
        **own,
    }


def rows(labels: list[str], colours: Ink) -> dict:
    """A y axis whose places are rows of a table, from top to bottom."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [len(labels) - 0.4, -0.6],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 14, "color": colours.text},
        "automargin": True,
    }


def frame(
    drawing: Drawing,
    result: Result,
    colours: Ink,
    *,
    title: str,
    inner: int,
    top: int,
    below: int,
    compact: bool = False,
    method: str = "",
    more: str = "",
    who: str = "",
) -> None:
    """Title with population and stamp above, method and versions below; sets size and margins.

    Args:
        inner, top, below: pixels of the plots, of what stands above them, and between them and the
            footer.
        compact: smaller type, for figures half a page wide.
        method: what the footer says of a figure that is not made as the result says.
        more: what it says of the figure after the method.
        who: who is shown, where it is not the result's population.
    """
    width = NARROW if compact else WIDE
    foot = wrap(plain(footer(result, method, more)), width)
    above = _who(result, population(result, who), colours, width)
    top += 17 * above.count("<br>")  # the title moves up, all else stays in its place
    bottom = below + 17 * (foot.count("<br>") + 1) + 10
    drawing.figure.update_layout(**base(colours, inner + top + bottom))
    drawing.figure.update_layout(margin={"t": top, "b": bottom, "r": 24})
    line(drawing, f"<b>{plain(title)}</b>", top - 8, colours.text, size=17 if compact else 21)
    line(drawing, above, top - (34 if compact else 38), colours.quiet)
    drawing.note(
        text=foot,
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xanchor="left",
        yanchor="top",
        yshift=-below,
        align="left",
        showarrow=False,
        font={"size": 12, "color": colours.quiet},
    )


def _who(result: Result, who: str, colours: Ink, width: int) -> str:
    """The population with the stamp before it; a cohort of many filters takes several lines."""
    words = wrap(plain(who), width - len("SIMULATED  "))
    stamp = f'<span style="color:{colours.stamp}"><b>SIMULATED</b></span>  '
    return (stamp if result.simulated else "") + words


def line(
    drawing: Drawing, text: str, top: float, colour_: str, *, left: float = 0, size: int = 14
) -> None:
    """A line of text above the plot, `top` pixels over its upper edge."""
    drawing.note(
        text=text,
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        xshift=left,
        yshift=top,
        xanchor="left",
        yanchor="top",
        showarrow=False,
        align="left",
        font={"size": size, "color": colour_},
    )


def beneath(drawing: Drawing, text: str, depth: float, colour_: str) -> None:
    """The title of an axis that several plots share, `depth` pixels below the lowest of them."""
    drawing.note(
        text=text,
        xref="paper",
        yref="paper",
        x=0.5,
        y=0,
        yanchor="top",
        yshift=-depth,
        showarrow=False,
        font={"size": 15, "color": colour_},
    )


def population(result: Result, who: str = "") -> str:
    """Who is shown, the result's population unless named: n, trials, data cut-off."""
    cutoff = f"; data cut-off {result.cutoff}" if result.cutoff else ""
    return (who or result.population) + cutoff


def footer(result: Result, method: str = "", more: str = "") -> str:
    """The figure's own method or the result's, what else is said of it, and versions."""
    stamp = " Simulated data, not a trial's result." if result.simulated else ""
    said = " ".join(part for part in (method or result.method, more) if part)
    return f"{said} Data version {result.data_version}, Igcore {result.igcore_version}.{stamp}"
