"""Naive twin of immunoglobulin recovery, patient by patient.

Written from the words of DOMAIN.md alone (b1, b3, b4, b5). Concentrations are held as
fractions.Fraction in g/L, made from the text, so that no floating point decides a verdict.
"""

import math
import re
from fractions import Fraction
from itertools import pairwise

TOLERANCE = Fraction(1, 10**9)  # b3: relative tolerance 1e-9
Z = 1.959963984540054
BASELINE_WINDOW = 35  # b5.2, elapsed days
AFTER_TREATMENT = 30  # b5.3, days after treatment_end_day
WASHOUT = 183  # b5.3, days after the end of a replacement
WASHOUT_AT_BASELINE = False  # b5.1: the span itself covers day 1, its washout does not
PAIR_GAP = 84  # b5.4
ORIGIN_COUNTS_AS = 1.0  # time_days = date - start + 1: the origin day itself is 1
DEFAULT_RANGE = {"A": (70, 400), "G": (700, 1600), "M": (40, 230)}  # b5.5, mg/dL
# c: a laboratory's ranges in mg/dL by the oldest age that they serve; unknown age: the oldest row
LABORATORIES = {
    "Mayo nephelometry": {"A": [(999, 61, 356)], "G": [(999, 767, 1590)], "M": [(999, 37, 286)]},
    "Exeter UK": {
        "A": [(45, 80, 280), (999, 80, 400)],
        "G": [(999, 600, 1600)],
        "M": [(45, 50, 190), (999, 50, 200)],
    },
}
# What a reader may change, with its default (b5.2 to b5.5).
USUAL = {
    "range": "own",
    "month": 6,
    "window": 14,
    "baseline_window": BASELINE_WINDOW,
    "progression": "on",
    "transplant": "on",
    "next_therapy": "on",
    "washout": WASHOUT,
}
PER_G_PER_L = {"mg/dl": Fraction(1, 100), "g/l": Fraction(1)}  # 1 g/L = 100 mg/dL
NO_CHAIN_WORDS = {"lc", "flc", "bjp", "bj", "light", "bence", "nonsecretory"}
LIGHT_WORDS = {"k", "l", "kappa", "lambda"}
FILLER_WORDS = {
    "ig",
    "free",
    "chain",
    "chains",
    "only",
    "jones",
    "protein",
    "biclonal",
    "and",
    "type",
    "myeloma",
    "mm",
}


# ---------------------------------------------------------------- small readings


def elapsed(day):
    """b5: day 1 -> 0, day d -> d - 1, day -d -> -d."""
    return day - 1 if day > 0 else day


def minutes(time):
    """'hh:mm' as minutes since midnight; None stays None."""
    if not time:
        return None
    hours, mins = time.split(":")[:2]
    return 60 * int(hours) + int(mins)


def at_least(left, right):
    """b3: left >= right with relative tolerance 1e-9."""
    return left >= right - abs(right) * TOLERANCE


def involved_chains(text):
    """b1: the SET of involved heavy chains ({} for light chain only), or None for unknown."""
    text = (text or "").lower().replace("\u03ba", " kappa ").replace("\u03bb", " lambda ")
    text = re.sub(r"non[\s-]+secretory", "nonsecretory", text)
    chains, understood = set(), False
    for word in re.findall(r"[^\W_]+", text):
        heavy = re.fullmatch(r"(?:ig)?([gamde])(?:k|l|kappa|lambda)?", word)
        if heavy:
            chains.add(heavy.group(1).upper())
        elif word not in NO_CHAIN_WORDS | LIGHT_WORDS | FILLER_WORDS:
            return None
        understood = understood or word not in FILLER_WORDS
    return chains if understood else None


def letter(analyte):
    """'IgA', 'IGA' or 'A' -> 'A'."""
    return analyte.strip().upper()[-1]


def concentration(text):
    """(operator, number) of '70', '<5' or '>5000'; None when there is no value."""
    match = re.fullmatch(r"\s*([<>]?)=?\s*(\d+(?:\.\d*)?|\.\d+)\s*", str(text or ""))
    return (match.group(1), Fraction(match.group(2))) if match else None


def range_of(analyte, options, patient):
    """b5.5: limits in mg/dL of the laboratory that stands in; by age where it has several rows."""
    if options["range"] == "own":
        return DEFAULT_RANGE[letter(analyte)]
    age = patient.get("age_years")
    for oldest, low, high in LABORATORIES[options["range"]][letter(analyte)]:
        if oldest == 999 or (age is not None and age <= oldest):
            return low, high


def sample(row, analyte, options, patient):
    """One measurement as a small dict in g/L; None when it has no value (b5.5 for limits)."""
    read = concentration(row["value"])
    if read is None:
        return None
    factor = PER_G_PER_L[row["unit"].strip().lower()]
    limits = []
    standing_in = range_of(analyte, options, patient)
    for name, default in zip(("low", "high"), standing_in, strict=True):
        own = row.get(name) if options["range"] == "own" else None
        limits.append(Fraction(default, 100) if own is None else Fraction(str(own)) * factor)
    return {
        "operator": read[0],
        "value": read[1] * factor,
        "low": limits[0],
        "high": limits[1],
        "day": row["day"],
        "elapsed": elapsed(row["day"]),
        "minutes": minutes(row["time"]),
    }


def class_of(one):
    """b5.5 with the operator rule of the shift table: low, normal or high."""
    value = one["value"]
    if one["operator"] == "<":
        if at_least(one["low"], value):
            return "low"
        value = value / 2
    if one["operator"] == ">" and at_least(value, one["high"]):
        return "high"
    if not at_least(value, one["low"]):
        return "low"
    return "normal" if at_least(one["high"], value) else "high"


# ---------------------------------------------------------------- the two conditions (b5.6)


def rise_condition(base, final, rise):
    """RISE: yes, no or open."""
    q = 1 + Fraction(str(rise)) / 100
    before, after = base["value"], final["value"]
    enough = at_least(after, q * before)
    if base["operator"] and final["operator"]:
        return "open"
    if base["operator"] == "<":
        if enough:
            return "yes"
        return "open" if at_least(after, q * before / 2) else "no"
    if base["operator"] == ">" or final["operator"] == "<":
        return "open" if enough else "no"
    if final["operator"] == ">":
        return "yes" if enough else "open"
    return "yes" if enough else "no"


def range_condition(final):
    """IN RANGE by the final record's own limits: yes, no or open."""
    if final["operator"] == "<":
        return "no" if at_least(final["low"], final["value"]) else "open"
    if final["operator"] == ">":
        return "no" if at_least(final["value"], final["high"]) else "open"
    return "yes" if class_of(final) == "normal" else "no"


def meets_both(base, final, rise):
    """Both conditions are certain."""
    if base is None:
        return False
    return rise_condition(base, final, rise) == "yes" and range_condition(final) == "yes"


# ---------------------------------------------------------------- one patient


def rows_of(tables, name, patient):
    """The rows of one table that belong to one patient."""
    key = (patient["trial"], patient["patient"])
    return [row for row in tables.get(name) or [] if (row["trial"], row["patient"]) == key]


def samples_of(tables, patient, analyte, options):
    """All values of the analyte in time order; on one day untimed first, then by time."""
    found = []
    for row in rows_of(tables, "measurements", patient):
        if letter(row["analyte"]) == letter(analyte):
            one = sample(row, analyte, options, patient)
            if one is not None:
                found.append(one)
    return sorted(found, key=lambda s: (s["elapsed"], -1 if s["minutes"] is None else s["minutes"]))


def after_first_dose(one, patient):
    """b5.2: on day 1 only a time after treatment_start_time makes a value post-dose."""
    start = minutes(patient.get("treatment_start_time"))
    on_day_one = 0 <= one["elapsed"] < 1
    return on_day_one and None not in (start, one["minutes"]) and one["minutes"] > start


def baseline_of(samples, patient, options):
    """b5.2: the latest value with -35 <= elapsed <= 0 that is not post-dose."""
    base = None
    for one in samples:
        if -options["baseline_window"] <= one["elapsed"] <= 0 and not after_first_dose(
            one, patient
        ):
            base = one
    return base


def first_start(tables, patient, kind):
    """Elapsed start of the first therapy of a kind, or None."""
    starts = [
        elapsed(row["start_day"])
        for row in rows_of(tables, "therapies", patient)
        if row["kind"] == kind and row["start_day"] is not None
    ]
    return min(starts) if starts else None


def progression_of(tables, patient):
    """b5.3: the earlier of the first PD response and a PFS event, elapsed; or None."""
    days = []
    for row in rows_of(tables, "responses", patient):
        if (row["response"] or "").strip().upper() == "PD":
            days.append(elapsed(row["day"]))
    for row in rows_of(tables, "outcomes", patient):
        if row["endpoint"] == "PFS" and row["event"] == 1:
            origin = 1 if row.get("origin_day") is None else row["origin_day"]
            days.append(elapsed(origin) + row["time_days"] - ORIGIN_COUNTS_AS)
    return min(days) if days else None


def replacement_spans(tables, patient, washout):
    """(start, end + washout) of each replacement on the elapsed scale; open end = infinity."""
    spans = []
    for row in rows_of(tables, "therapies", patient):
        if row["kind"] == "immunoglobulin replacement" and row["start_day"] is not None:
            end = row["end_day"]
            last = math.inf if end is None else elapsed(end) + washout
            spans.append((elapsed(row["start_day"]), last))
    return spans


def counted_before_replacement(tables, patient, samples, options):
    """b5.3: the counted values, replacement not yet looked at."""
    end = patient.get("treatment_end_day")
    progression = transplant = next_therapy = None
    if options["progression"] == "on":
        progression = progression_of(tables, patient)
    if options["transplant"] == "on":
        transplant = first_start(tables, patient, "transplant")
    if options["next_therapy"] == "on":
        next_therapy = first_start(tables, patient, "next therapy")
    counted = []
    for one in samples:
        day = one["elapsed"]
        if not (day >= 1 or after_first_dose(one, patient)):
            continue
        if end is not None and day > elapsed(end) + AFTER_TREATMENT:
            continue
        if progression is not None and day > progression:
            continue
        if transplant is not None and day > transplant:
            continue
        if next_therapy is not None and day >= next_therapy:
            continue
        counted.append(one)
    return counted


def without_replaced(tables, patient, counted, analyte, options):
    """b5.3: IgG values from the start of a replacement until its end + 183 days are dropped."""
    if letter(analyte) != "G":
        return counted
    spans = replacement_spans(tables, patient, options["washout"])
    return [one for one in counted if not any(a <= one["elapsed"] <= b for a, b in spans)]


def best_of(counted, base, rise):
    """b5.4 best: highest that meets both, else highest; the earliest of equals."""
    pool = [one for one in counted if meets_both(base, one, rise)] or counted
    highest = max(one["value"] for one in pool)
    return next(one for one in pool if one["value"] == highest)


def confirmed_of(counted, base, rise):
    """b5.4 confirmed: second sample of the first pair that both meet both, or None."""
    for first, second in pairwise(counted):
        close = second["elapsed"] - first["elapsed"] <= PAIR_GAP
        if close and meets_both(base, first, rise) and meets_both(base, second, rise):
            return second
    return None


def at_month(counted, options):
    """b5.4 month m: the counted value nearest to m * 30.4375 days, the later of equals, or None."""
    target = Fraction("30.4375") * options["month"]
    near = [one for one in counted if abs(one["elapsed"] - target) <= options["window"]]
    return max(
        enumerate(near),
        key=lambda pair: (-abs(pair[1]["elapsed"] - target), pair[0]),
        default=(None, None),
    )[1]


def final_of(counted, base, rise, rule, options):
    """b5.4: (the FINAL value, whether it may be called improved)."""
    if not counted:
        return None, False
    if rule == "last":
        return counted[-1], True
    if rule == "month":
        return at_month(counted, options), True
    if rule == "best":
        return best_of(counted, base, rise), True
    if rule == "confirmed":
        second = confirmed_of(counted, base, rise)
        return (second, True) if second is not None else (counted[-1], False)
    raise ValueError(f"unknown final rule {rule!r}")


def verdict_of(base, final, rise, may_improve):
    """b5.7: (verdict code, reason)."""
    up, within = rise_condition(base, final, rise), range_condition(final)
    if up == "yes" and within == "yes":
        if may_improve:
            return "improved_from_" + class_of(base), None
        return "in_range_no_rise", "not_confirmed"
    if up != "no" and within != "no":
        return "indeterminate", None
    where = class_of(final)
    if up == "yes":
        return {"low": "rise_still_low", "high": "rise_above_range"}[where], None
    return {"low": "low_no_rise", "normal": "in_range_no_rise", "high": "high_no_rise"}[where], None


def not_assessable_reason(tables, patient, analyte, no_m_protein_trials):
    """b5.1, first half; None when the isotype is assessable."""
    chains = involved_chains(patient["m_protein"])
    if chains is None and patient["trial"] in no_m_protein_trials:
        chains = set()
    if chains is None:
        return "isotype_unknown"
    if letter(analyte) in chains:
        return "involved"
    if letter(analyte) == "G":
        washout = WASHOUT if WASHOUT_AT_BASELINE else 0
        if any(a <= 0 <= b for a, b in replacement_spans(tables, patient, washout)):
            return "replacement_at_baseline"
    return None


def not_evaluable_reason(base, before, counted, chosen):
    """b5.1, second half; None when evaluable."""
    if base is None:
        return "no_baseline"
    if not before:
        return "no_post_baseline"
    if not counted:
        return "only_after_replacement"
    return "not_in_window" if chosen is None else None


def describe(verdict, base, final):
    """Fill the numbers and classes; a side without a value is 'missing'."""
    for side, one in (("baseline", base), ("final", final)):
        verdict[side + "_g_per_l"] = None if one is None else float(one["value"])
        verdict[side + "_class"] = "missing" if one is None else class_of(one)
    verdict["final_day"] = None if final is None else final["day"]
    return verdict


def one_verdict(tables, patient, analyte, rise, final, no_m_protein_trials, options):
    """b5 from beginning to end for one patient."""
    row = {
        "trial": patient["trial"],
        "patient": patient["patient"],
        "verdict": "not_assessable",
        "reason": None,
        "baseline_g_per_l": None,
        "final_g_per_l": None,
        "final_day": None,
        "baseline_class": None,
        "final_class": None,
    }
    row["reason"] = not_assessable_reason(tables, patient, analyte, no_m_protein_trials)
    if row["reason"]:
        return row
    samples = samples_of(tables, patient, analyte, options)
    base = baseline_of(samples, patient, options)
    before = counted_before_replacement(tables, patient, samples, options)
    counted = without_replaced(tables, patient, before, analyte, options)
    chosen, may_improve = final_of(counted, base, rise, final, options)
    row["verdict"] = "not_evaluable"
    row["reason"] = not_evaluable_reason(base, before, counted, chosen)
    if row["reason"] is None:
        row["verdict"], row["reason"] = verdict_of(base, chosen, rise, may_improve)
    return describe(row, base, chosen)


# ---------------------------------------------------------------- the three outputs


def verdicts(tables, analyte, rise=25.0, final="last", no_m_protein_trials=frozenset(), **options):
    """b5: one dict per stored patient, in the order of the patients table."""
    return [
        one_verdict(tables, patient, analyte, rise, final, no_m_protein_trials, USUAL | options)
        for patient in tables["patients"]
    ]


def wilson(x, n):
    """Wilson score interval, z = 1.959963984540054; (None, None) for n = 0."""
    if n == 0:
        return None, None
    centre = (x + Z * Z / 2) / (n + Z * Z)
    half = Z / (n + Z * Z) * math.sqrt(x * (n - x) / n + Z * Z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def trials_of(rows):
    """Trial names in the order in which they first appear."""
    return list(dict.fromkeys(row["trial"] for row in rows))


def one_share(name, rows, denominator, missing="left-out"):
    """b4: the flow D0 - D3 and improved / denominator of one set of verdicts."""
    assessable = [r for r in rows if r["verdict"] != "not_assessable"]
    evaluable = [r for r in assessable if r["verdict"] != "not_evaluable"]
    low = [r for r in evaluable if r["baseline_class"] == "low"]
    chosen = {"treated": rows, "assessable": assessable, "evaluable": evaluable, "low": low}[
        denominator
    ]
    if missing == "not-improved" and denominator == "evaluable":
        chosen = assessable
    if missing == "not-improved" and denominator == "low":
        chosen = [r for r in assessable if r["baseline_class"] == "low"]
    improved = sum(r["verdict"].startswith("improved") for r in chosen)
    lower, upper = wilson(improved, len(chosen))
    return {
        "trial": name,
        "n_treated": len(rows),
        "n_assessable": len(assessable),
        "n_evaluable": len(evaluable),
        "n_low": len(low),
        "n": len(chosen),
        "improved": improved,
        "share": improved / len(chosen) if chosen else None,
        "lower": lower,
        "upper": upper,
    }


def shares(tables, analyte, denominator="evaluable", missing="left-out", **rules):
    """b4: one dict per trial, then 'pooled' (sum x / sum n, never a mean of shares)."""
    return shares_of(verdicts(tables, analyte, **rules), denominator, missing)


def shares_of(rows, denominator, missing="left-out"):
    """The same of verdicts that are known."""
    result = []
    for trial in trials_of(rows):
        result.append(
            one_share(trial, [r for r in rows if r["trial"] == trial], denominator, missing)
        )
    return [*result, one_share("pooled", rows, denominator, missing)]


def shift(tables, analyte, **rules):
    """b5.8: (trial, baseline_class, final_class) -> n over all assessable patients."""
    return cells(verdicts(tables, analyte, **rules))


def cells(rows):
    """The same of verdicts that are known."""
    found = {}
    for row in rows:
        if row["verdict"] != "not_assessable":
            key = (row["trial"], row["baseline_class"], row["final_class"])
            found[key] = found.get(key, 0) + 1
    return found
