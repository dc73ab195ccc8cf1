"""The readings that make two careful people compute the same; code and Methods page cite them."""

from __future__ import annotations

from igcore.definitions import (
    BASELINE_DAYS,
    CONFIRMED_DAYS,
    DAYS_PER_MONTH,
    LEVEL,
    WASHOUT_DAYS,
)

RECOVERY = {
    "R0": "The monoclonal protein's text gives a set of involved heavy chains: IgG kappa involves "
    "IgG; a biclonal one both; light chain only, IgD, IgE, non-secretory and none involve none of "
    "the three. Text that names no known type means unknown. In a trial of a disease without "
    "monoclonal protein every isotype is assessable.",
    "R1": "Not assessable, in this order: type unknown; isotype involved; for IgG an immunoglobulin "
    "replacement that covers day 1. Not evaluable, in this order: no value in the baseline window; "
    "no counted value after it; all of them dropped for replacement.",
    "R2": f"Baseline is the latest value from {BASELINE_DAYS:g} days (the baseline window) before "
    "the start to the day of the start; of two on one day the later by time. On day 1 a value "
    "without time is before the dose, one with a time after the first dose is not.",
    "R3": "Values count after the start, through 30 days after the end of treatment, the day of "
    "progression (first PD or PFS event) and the day of the first transplant, and before the first "
    "next therapy; progression, transplant and next therapy can each be switched off. IgG from the "
    "start "
    f"of a replacement to {WASHOUT_DAYS:g} days (the washout) after its end does not count.",
    "R4": "Final value. Last: the latest counted value. Best: the highest that rises and is in range, "
    f"else the highest. Confirmed: the second of the first two consecutive values, "
    f"at most {CONFIRMED_DAYS:g} days apart, that both rise and are in range, else the latest, "
    "which is then not improved (where it meets both by itself: in range, no rise, reason not "
    "confirmed). Month m: the value nearest to "
    f"m x {DAYS_PER_MONTH} elapsed days within the window, the later of equals; without one not "
    "evaluable.",
    "R5": "Limits are the final record's own; the class at baseline uses the baseline record's own. "
    "Where a record has none, the range of the laboratory on the trial's card applies, else U Chicago "
    "(Tietz/Roche), and the view says so. A named laboratory replaces the limits of all records; its "
    "rows by age or sex are used where it has them: an age on the border of two rows belongs to the "
    "younger, unknown age takes the row of the oldest, unknown sex the outer limits of both. Where it "
    "has no range for an isotype, the default laboratory's serves.",
    "R6": "Values with an operator are judged by bounds, so that rise and in range are each yes, no "
    'or open. Baseline "<x": a rise if the final value is at least (1 + rise) x, open if at least '
    'half of that. Baseline ">x": open if at least (1 + rise) x, else no. Final "<x": rise open if x '
    'is enough, else no; in range no if x is at or below the lower limit, else open. Final ">x": '
    "rise if x is enough, else open; in range no if x is at or above the upper limit, else open. "
    'Operators at both ends leave the rise open. For classes and plots "<x" stands at x/2.',
    "R7": "Improved: rise and in range, both certain, bounds included, with a relative tolerance of "
    "1e-9. Indeterminate: neither is no and one is open; counted in the denominator, not as "
    "improved. A final value above the range is a class of its own.",
    "R8": "The shift table covers all assessable patients, missing values included; its cells "
    "without a missing side add up to the evaluable.",
    "R9": "Missing values counted as not improved: the evaluable become all assessable; those low at "
    "baseline then include the assessable without a final value. Treated and assessable include the "
    "missing anyway.",
    "R10": "Cumulative incidence of normalisation: assessable patients low at baseline, grouped by a "
    "response on or before the landmark, from the landmark on, on the clock of survival's times. "
    "The event is the second of the first two consecutive values that both rise and are in range (R4, "
    "confirmed); whatever ends the observation (R3), and death, competes; the others are censored at "
    "their last counted value.",
}
SURVIVAL = {
    "S1": "time_days are date - start + 1, counted from origin_day. A response is put on the same "
    "clock before the two are compared. An endpoint that starts at response cannot be grouped by it.",
    "S2": "The response day is the first response at or above the rule, on or before the first PD and "
    "before the first next therapy. In a trial with response records a patient without any is a "
    "non-responder and told; a trial without any is left out and told.",
    "S3": 'A best response without its date serves "ever" alone.',
    "S4": "Intervals are (entry, exit]. A response at r, with 0 < r < T: non-responder on (0, r], "
    "responder on (r, T]. At or before 0: responder throughout. At T or later: never.",
    "S5": "Landmark L: patients with T > L, responders by r <= L, the clock restarts at L. Who left "
    "before is counted and shown.",
    "S6": "Time-dependent: hazard ratio and Mantel-Byar test use all follow-up from 0. Curve, risk "
    "table and medians are Simon-Makuch from the landmark month, where everyone still at risk enters "
    "in the state reached; who responds later changes over and is censored in the old group.",
    "S7": "Ever: groups by response at any time, with a banner, without p-value and hazard ratio.",
    "S8": "Median: the first time at which S(t) is 0.5 or less; met exactly (within 1.5e-8) it is the "
    "midpoint to the next drop. Its limits follow the same rule on the pointwise interval. Not "
    "reached is NR; a limit that is not reached is NE.",
    "S9": "Risk table at month m: at risk just before m; events and censored before m. Without "
    "delayed entry the three add up to n.",
    "S10": "Follow-up is the median by reverse Kaplan-Meier, not the median of observed times.",
    "S11": "Restricted mean survival time: the area under the curve up to a horizon, by default the "
    "last whole month that the curves of all groups reach; limits and p from the sum of the two "
    "variances. For groups that change it is the area under the Simon-Makuch curve.",
    "S12": "Proportional hazards are tested by the score test of R's cox.zph, on the Kaplan-Meier "
    f"scale of time. Where p < {LEVEL} the restricted mean is named before the hazard ratio.",
    "S13": "Pooled trials: the answer is the Cox model stratified by trial. Beside it stand each "
    "trial by itself and the inverse-variance pool of these with Q and I2, which never replace it. "
    "Interactions are likelihood-ratio tests of a ratio of its own in each trial or subgroup.",
    "S14": "Groups by recovery take the rule of recovery (R0 to R7) for one isotype. Left out and "
    "told: type of monoclonal protein unknown, isotype involved, IgG under replacement at the "
    "start, no value in the baseline window (all known at the start); a trial without the isotype. "
    "Who has no counted value later counts as not recovered and is told. Best: recovered from the "
    "first counted sample that certainly rises and is in range. Confirmed: from the second of two "
    f"in a row, at most {CONFIRMED_DAYS:g} days apart. Never earlier. Last value and month cannot be "
    "used, because they are known only afterwards. Recovery stays once reached, "
    "unless asked to be left again with the first counted sample that does not meet the rule; of "
    "several on a day the last "
    "decides. Its day goes on the clock of the endpoint, then S4 to S7 apply.",
    "S15": "PFS made from dates, on the clock of OS: the first PD among the responses or death, "
    "whichever comes first. EMA-like: counted whenever it comes. FDA-like: censored where a next "
    "therapy began before it, or where it comes more than two planned intervals after the last "
    "assessment. Censored is at the last assessment before what ended it (a response other than NE; "
    "the first day counts as one, so that without any it is day 1, and death within two intervals of "
    "the start is an event). Trials without the dates are left out and told; the uploaded PFS stays "
    "as it is.",
    "S16": "Adjusted model: one Cox model (Efron, strata by trial) of the groups as S4 to S7 count "
    "them "
    "and the covariates chosen, on patients with all of them; age per 10 years. A term without "
    "variation or without events in a level has an empty cell and a note.",
    "S17": "Groups by the first severe infection: from the day on which an infection after the start "
    "became grade 3 or more. Rows of one term that follow each other within 14 days are one infection; "
    "one that began before the start counts from the day on which it became severe, if that comes "
    "after the start. It stays. Trials without any infection record are left out and told.",
}


def markdown() -> str:
    """Both lists as Markdown."""
    parts = []
    for title, rules in (("Recovery", RECOVERY), ("Survival", SURVIVAL)):
        parts.append(
            f"#### {title}\n\n" + "\n".join(f"- **{n}** {_plain(t)}" for n, t in rules.items())
        )
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    return text.replace("<", "\\<").replace(">", "\\>")
