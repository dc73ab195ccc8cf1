"""The fixed numbers and words of the domain, each declared here alone (docs: conventions, b3 to b5).

Code, SQL and the texts of the Methods page take them from here; a test finds a second home.
"""

from __future__ import annotations

DAYS_PER_WEEK = 7.0
DAYS_PER_MONTH = 30.4375  # 365.25 / 12
DAYS_PER_YEAR = 365.25

BASELINE_DAYS = 35.0  # how old a baseline may be on the first day of treatment
VISIT_DAYS = 14.0  # how far from its month the value of a visit may lie
CONFIRMED_DAYS = 84.0  # how far apart the two samples of a confirmed improvement may lie
WASHOUT_DAYS = 183.0  # how long IgG does not count after immunoglobulin replacement
RISE_PERCENT = 25.0  # least rise over the baseline of an improvement

LEVEL = 0.05  # p-values below it are called signs, here and in every sentence
Z = 1.959963984540054  # normal quantile of 1 - LEVEL / 2

SEXES = {"F": "Women", "M": "Men"}
SEX_ADJECTIVES = {"F": "Female", "M": "Male"}
