"""Naive twin of survival by response, patient by patient.

Written from the words of DOMAIN.md alone (d, e, f, f2). Times are days. An interval is a
tuple (trial, group, entry, exit, event) and means (entry, exit] (f2.4).
"""

import math

from scipy.stats import chi2

Z = 1.959963984540054
MONTH = 30.4375  # f2.5
HALF_TOLERANCE = 1.5e-8  # f2.8
ORIGIN_COUNTS_AS = 1.0  # time_days = date - start + 1: the origin day itself is 1
GRID = ["SCR", "CR", "NCR", "VGPR", "PR", "MR", "SD", "PD"]  # d, best first
RULES = {"CR": ["SCR", "CR"]}
RULES["VGPR"] = RULES["CR"] + ["NCR", "VGPR"]
RULES["PR"] = RULES["VGPR"] + ["PR"]
RULES["MR"] = RULES["PR"] + ["MR"]
YES, NO = "responder", "non-responder"


# ---------------------------------------------------------------- responses (f2.1 - f2.3)


def elapsed(day):
    """b5: day 1 -> 0, day d -> d - 1, day -d -> -d."""
    return day - 1 if day > 0 else day


def word(text):
    """A response word in capitals; None for words that are skipped (f2.2)."""
    text = (text or "").strip().upper()
    return text if text in GRID or text == "NE" else None


def rows_of(tables, name, patient):
    """The rows of one table that belong to one patient."""
    key = (patient["trial"], patient["patient"])
    return [row for row in tables.get(name) or [] if (row["trial"], row["patient"]) == key]


def response_elapsed(tables, patient, responder):
    """f2.2: elapsed day of the first response at or above the rule, or None."""
    first_pd = next_therapy = math.inf
    for row in rows_of(tables, "responses", patient):
        if word(row["response"]) == "PD":
            first_pd = min(first_pd, elapsed(row["day"]))
    for row in rows_of(tables, "therapies", patient):
        if row["kind"] == "next therapy" and row["start_day"] is not None:
            next_therapy = min(next_therapy, elapsed(row["start_day"]))
    days = []
    for row in rows_of(tables, "responses", patient):
        day = elapsed(row["day"])
        if word(row["response"]) in RULES[responder] and day <= first_pd and day < next_therapy:
            days.append(day)
    return min(days) if days else None


def outcome_of(tables, patient, endpoint):
    """(time_days, event, elapsed origin) of the endpoint; None without a usable record."""
    for row in rows_of(tables, "outcomes", patient):
        if row["endpoint"] == endpoint and row["time_days"] is not None and row["time_days"] > 0:
            origin = 1 if row.get("origin_day") is None else row["origin_day"]
            return row["time_days"], int(row["event"]), elapsed(origin)
    return None


def trials_with_responses(tables):
    """f2.2: trials that have at least one usable response record."""
    return {row["trial"] for row in tables.get("responses") or [] if word(row["response"])}


def trials_with_best(tables):
    """f2.3: trials that have at least one usable best response."""
    return {p["trial"] for p in tables["patients"] if word(p.get("best_response"))}


def followed(tables, endpoint, responder):
    """(trial, r, T, event) of each patient; r on time_days' clock, None without a response."""
    if endpoint == "DOR":
        raise ValueError("an endpoint that starts at response cannot be grouped by response")
    known, found = trials_with_responses(tables), []
    for patient in tables["patients"]:
        outcome = outcome_of(tables, patient, endpoint)
        if patient["trial"] not in known or outcome is None:
            continue
        day = response_elapsed(tables, patient, responder)
        r = None if day is None else day - outcome[2] + ORIGIN_COUNTS_AS
        found.append((patient["trial"], r, outcome[0], outcome[1]))
    return found


# ---------------------------------------------------------------- intervals (f2.4 - f2.7)


def pieces(trial, r, time, event):
    """f2.4: the one or two intervals of a patient."""
    if r is None or r >= time:
        return [(trial, NO, 0.0, time, event)]
    if r <= 0:
        return [(trial, YES, 0.0, time, event)]
    return [(trial, NO, 0.0, r, 0), (trial, YES, r, time, event)]


def ever_groups(tables, endpoint, responder):
    """f2.7: groups by response at any time; f2.3 where a trial has only best responses."""
    if endpoint == "DOR":
        raise ValueError("an endpoint that starts at response cannot be grouped by response")
    dated, undated, result = trials_with_responses(tables), trials_with_best(tables), []
    for patient in tables["patients"]:
        outcome, trial = outcome_of(tables, patient, endpoint), patient["trial"]
        if outcome is None or trial not in dated | undated:
            continue
        if trial in dated:
            responded = response_elapsed(tables, patient, responder) is not None
        else:
            responded = word(patient.get("best_response")) in RULES[responder]
        result.append((trial, YES if responded else NO, 0.0, outcome[0], outcome[1]))
    return result


def intervals(tables, endpoint, responder="PR", timing="time-dependent", landmark_months=4):
    """f2.1 - f2.7: list of (trial, group, entry, exit, event) in days."""
    if timing == "ever":
        return ever_groups(tables, endpoint, responder)
    result, start = [], landmark_months * MONTH
    for trial, r, time, event in followed(tables, endpoint, responder):
        if timing == "time-dependent":
            result.extend(pieces(trial, r, time, event))
        elif timing == "landmark":
            if time > start:
                group = YES if r is not None and r <= start else NO
                result.append((trial, group, 0.0, time - start, event))
        else:
            raise ValueError(f"unknown timing {timing!r}")
    return result


def simon_makuch(tables, endpoint, responder="PR", landmark_months=4):
    """f2.6: everyone still at risk enters at the landmark; later responders change over."""
    result, start = [], landmark_months * MONTH
    for trial, r, time, event in followed(tables, endpoint, responder):
        if time > start:
            later = None if r is None else r - start
            result.extend(pieces(trial, later, time - start, event))
    return result


# ---------------------------------------------------------------- one curve (f, f2.8, f2.9)


def at_risk(rows, time):
    """Rows with entry < time <= exit; censored at `time` are still at risk (f)."""
    return [row for row in rows if row[2] < time <= row[3]]


def limits(surv, total, kind):
    """f: the pointwise interval; none at S = 1 or 0."""
    if surv <= 0 or surv >= 1:
        return None, None
    sigma = math.sqrt(total)
    if kind == "plain":
        return max(0.0, surv - Z * surv * sigma), min(1.0, surv + Z * surv * sigma)
    if kind == "log":
        return surv * math.exp(-Z * sigma), min(1.0, surv * math.exp(Z * sigma))
    if kind == "log-log":
        width = Z * sigma / abs(math.log(surv))
        return surv ** math.exp(width), surv ** math.exp(-width)
    raise ValueError(f"unknown interval {kind!r}")


def km(rows, interval="log-log"):
    """f: list of (time, at_risk, events, censored, survival, lower, upper) at each exit."""
    surv, total, table = 1.0, 0.0, []
    for time in sorted({row[3] for row in rows}):
        n = len(at_risk(rows, time))
        d = sum(1 for row in rows if row[3] == time and row[4])
        c = sum(1 for row in rows if row[3] == time and not row[4])
        if d:
            surv *= 1 - d / n
            total += d / (n * (n - d)) if n > d else math.inf
        table.append((time, n, d, c, surv, *limits(surv, total, interval)))
    return table


def first_half(table, column):
    """f2.8: first event time where the column is <= 0.5, midpoint if it is 0.5 there."""
    steps = [row for row in table if row[2]]
    for place, row in enumerate(steps):
        value = row[column]
        if value is None or value >= 0.5 + HALF_TOLERANCE:
            continue
        if abs(value - 0.5) < HALF_TOLERANCE and place + 1 < len(steps):
            return (row[0] + steps[place + 1][0]) / 2
        return row[0]
    return None


def median(rows, interval="log-log"):
    """f2.8: (median, lower, upper), None where not reached."""
    table = km(rows, interval)
    return first_half(table, 4), first_half(table, 5), first_half(table, 6)


def risk_row(rows, day):
    """f2.9: (at_risk, events_before, censored_before); at 0 whoever starts there is at risk."""
    n = len([row for row in rows if row[2] < day <= row[3] or day == 0 == row[2]])
    events = sum(1 for row in rows if row[3] < day and row[4])
    censored = sum(1 for row in rows if row[3] < day and not row[4])
    return n, events, censored


# ---------------------------------------------------------------- comparison of groups


def event_times(rows):
    """Distinct event times of one stratum."""
    return sorted({row[3] for row in rows if row[4]})


def strata(rows):
    """The rows of each trial."""
    return [
        [row for row in rows if row[0] == trial] for trial in dict.fromkeys(row[0] for row in rows)
    ]


def add_time(rows, time, groups, observed, expected, var):
    """Add one event time of one stratum to O, E and V (e3, for k groups)."""
    risk = at_risk(rows, time)
    n = len(risk)
    dead = [row for row in risk if row[3] == time and row[4]]
    d = len(dead)
    share = {g: sum(1 for row in risk if row[1] == g) / n for g in groups}
    scale = d * (n - d) / (n - 1) if n > 1 else 0.0
    for g in groups:
        observed[g] += sum(1 for row in dead if row[1] == g)
        expected[g] += d * share[g]
        for h in groups:
            var[g, h] += scale * share[g] * ((g == h) - share[h])


def quadratic_form(groups, diff, var):
    """(diff' V^- diff, rank of V) by symmetric elimination with the largest pivot."""
    diff, var, left = dict(diff), dict(var), list(groups)
    floor = 1e-9 * max([var[g, g] for g in groups], default=0.0)
    statistic, rank = 0.0, 0
    while left:
        pivot = max(left, key=lambda g: var[g, g])
        size = var[pivot, pivot]
        if size <= floor:
            break
        left.remove(pivot)
        statistic, rank = statistic + diff[pivot] ** 2 / size, rank + 1
        for g in left:
            diff[g] -= var[g, pivot] / size * diff[pivot]
        new = {(g, h): var[g, h] - var[g, pivot] * var[pivot, h] / size for g in left for h in left}
        var.update(new)
    return statistic, rank


def chi2_p(statistic, df):
    """Upper tail of chi-square."""
    if df == 1:
        return math.erfc(math.sqrt(statistic / 2))
    return float(chi2.sf(statistic, df))


def logrank(rows):
    """f: log-rank stratified by trial; on time-dependent intervals it is Mantel-Byar (e3).

    Returns observed, expected and variance per group, statistic, df, p. Without any
    information (one group, no common risk set) statistic and p are None and df is 0.
    """
    groups = sorted({row[1] for row in rows})
    observed, expected = dict.fromkeys(groups, 0), dict.fromkeys(groups, 0.0)
    var = {(g, h): 0.0 for g in groups for h in groups}
    for stratum in strata(rows):
        for time in event_times(stratum):
            add_time(stratum, time, groups, observed, expected, var)
    diff = {g: observed[g] - expected[g] for g in groups}
    statistic, df = quadratic_form(groups, diff, var)
    none = df == 0
    return {
        "observed": observed,
        "expected": expected,
        "variance": {g: var[g, g] for g in groups},
        "statistic": None if none else statistic,
        "df": df,
        "p": None if none else chi2_p(statistic, df),
    }


def efron_terms(rows, group):
    """Efron's terms (in_group, others, events in group) for each death of each tie.

    For the l-th of d tied deaths the risk set counts are reduced by l / d of the deaths.
    """
    terms, deaths = [], 0
    for stratum in strata(rows):
        for time in event_times(stratum):
            risk = at_risk(stratum, time)
            dead = [row for row in risk if row[3] == time and row[4]]
            n1 = sum(1 for row in risk if row[1] == group)
            d1 = sum(1 for row in dead if row[1] == group)
            deaths += d1
            for part in range(len(dead)):
                f = part / len(dead)
                terms.append((n1 - f * d1, (len(risk) - n1) - f * (len(dead) - d1)))
    return terms, deaths


def score_and_information(terms, deaths, beta):
    """First derivative and minus the second derivative of Efron's log partial likelihood."""
    score, information = float(deaths), 0.0
    for inside, outside in terms:
        mean = 1 / (1 + outside / inside * math.exp(-beta)) if inside > 0 else 0.0
        score -= mean
        information += mean * (1 - mean)
    return score, information


def is_monotone(terms, deaths):
    """No finite maximum: the score does not change its sign between -inf and +inf."""
    at_minus = deaths - sum(1 for inside, outside in terms if outside <= 0)
    at_plus = deaths - sum(1 for inside, outside in terms if inside > 0)
    return at_minus <= 0 or at_plus >= 0


def efron_hr(rows, group=YES, reference=NO):
    """f: Cox hazard ratio, strata(trial), Efron ties: (hr, lower, upper) or None."""
    rows = [row for row in rows if row[1] in (group, reference)]
    terms, deaths = efron_terms(rows, group)
    if is_monotone(terms, deaths):
        return None
    low, high = -40.0, 40.0
    for _ in range(200):  # the score falls with beta: halve until nothing is left to halve
        beta = (low + high) / 2
        if score_and_information(terms, deaths, beta)[0] > 0:
            low = beta
        else:
            high = beta
    se = 1 / math.sqrt(score_and_information(terms, deaths, beta)[1])
    return math.exp(beta), math.exp(beta - Z * se), math.exp(beta + Z * se)
