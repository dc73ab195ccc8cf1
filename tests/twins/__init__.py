"""Naive twins: slow, plain second implementations written from DOMAIN.md alone."""
