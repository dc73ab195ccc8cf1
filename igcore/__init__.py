"""Igcore: what a treatment does to a patient's own antibodies, and what that means for survival."""

__version__ = "0.1.0"
