"""Columns that identify people, by their headers and by how their cells look."""
