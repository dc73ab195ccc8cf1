"""The script of every session: names the pages, draws the frame, keeps the door; nothing else."""

from pages.shared import layout

layout.draw()
