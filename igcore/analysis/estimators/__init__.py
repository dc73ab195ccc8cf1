"""Estimators on counts or arrays: no pool, no cohort, each with its source."""
