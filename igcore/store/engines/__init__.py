"""Engines: what holds a pool's rows and answers its questions."""
