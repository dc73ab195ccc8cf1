"""SVG and PNG of a figure, made by the reader's own browser from what is on the page."""

from __future__ import annotations

import streamlit as st

_HTML = """
<span class="images">
  <button type="button" data-kind="svg">Figure (SVG)</button>
  <button type="button" data-kind="png">Figure (PNG)</button>
</span>
"""
_CSS = """
.images { display: inline-flex; gap: 0.5rem; }
.images button {
  font: inherit; font-size: 0.875rem; line-height: 1.6; padding: 0.25rem 0.75rem; cursor: pointer;
  min-height: 2.5rem;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
}
.images button:hover, .images button:focus-visible {
  color: var(--st-primary-color); border-color: var(--st-primary-color); outline: none;
}
.images button:focus-visible { box-shadow: 0 0 0 2px var(--st-primary-color); }
"""
# The figure's own "download" action is asked for each format in turn; nothing leaves the browser.
_JS = """
export default function (component) {
  const { parentElement, data } = component;
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => {
      const chart = document.querySelector(`.st-key-figure-${data} .js-plotly-plot`);
      if (!chart) return;
      const size = chart.getBoundingClientRect();
      chart._context.toImageButtonOptions = {
        format: button.dataset.kind, filename: data, scale: 2,
        width: Math.round(size.width), height: Math.round(size.height),
      };
      const camera = chart.querySelector(".modebar-btn");
      if (camera) camera.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    };
  }
}
"""


@st.cache_resource
def _component():
    return st.components.v2.component("igcore_images", html=_HTML, css=_CSS, js=_JS)


def images(name: str, *, key: str) -> None:
    """Two buttons that save the figure `figure-<name>` of the page."""
    _component()(data=name, key=key, width="content")
