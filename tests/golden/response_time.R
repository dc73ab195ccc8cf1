# Groups by response in time (DOMAIN.md e and f2). Sourced by survival.R.
# A data frame here has trial, patient, time, event, response_time (NA = never responded).

STATES <- c("non-responder", "responder")

state <- function(is_responder) factor(STATES[1 + is_responder], levels = STATES)

# Rows (start, stop] of f2.4: r <= 0 responder throughout, 0 < r < T split at r, r >= T never.
counting_process <- function(d) {
  response <- ifelse(is.na(d$response_time), Inf, d$response_time)
  change <- ifelse(response >= d$time, d$time, pmax(response, 0))
  before <- data.frame(
    d[c("trial", "patient")], start = 0, stop = change,
    event = ifelse(response >= d$time, d$event, 0), group = state(FALSE)
  )
  after <- data.frame(
    d[c("trial", "patient")], start = change, stop = d$time,
    event = d$event, group = state(TRUE)
  )
  rows <- rbind(before, after)
  rows <- rows[rows$start < rows$stop, ]
  rows[order(rows$trial, rows$patient, rows$start), ]
}

# DOMAIN.md e.3, summed over trials. The term (n - d) / (n - 1) is 0 at n = 1.
mantel_byar <- function(rows) {
  sums <- c(observed = 0, expected = 0, variance = 0)
  for (trial in split(rows, as.character(rows$trial))) {
    for (time in sort(unique(trial$stop[trial$event == 1]))) {
      at_risk <- trial$start < time & time <= trial$stop
      dies <- at_risk & trial$event == 1 & trial$stop == time
      responder <- trial$group == "responder"
      n <- sum(at_risk)
      deaths <- sum(dies)
      share <- sum(at_risk & responder) / n
      correction <- if (n > 1) (n - deaths) / (n - 1) else 0
      sums <- sums + c(
        sum(dies & responder), deaths * share, deaths * share * (1 - share) * correction
      )
    }
  }
  difference <- sums[["observed"]] - sums[["expected"]]
  chisq <- difference^2 / sums[["variance"]]
  c(as.list(sums), chisq = chisq, df = 1, p = pchisq(chisq, 1, lower.tail = FALSE))
}

time_dependent <- function(rows) {
  list(
    rows = nrow(rows),
    follow_up = as.list(tapply(rows$stop - rows$start, rows$group, sum)),
    events = as.list(tapply(rows$event, rows$group, sum)),
    cox = cox(rows, "Surv(start, stop, event)"),
    cox_breslow = cox(rows, "Surv(start, stop, event)", ties = "breslow"),
    mantel_byar = mantel_byar(rows)
  )
}

# f2.7: groups by response at any time, dated before, on or after the end.
ever <- function(d) {
  d$group <- state(!is.na(d$response_time))
  compare(d)
}

# f2.5: who is still followed after L, grouped by response up to L, on a clock restarted at L.
landmark <- function(d, at) {
  kept <- d$time > at
  responded <- !is.na(d$response_time) & d$response_time <= at
  late <- !is.na(d$response_time) & d$response_time > at & d$response_time < d$time
  in_state <- !is.na(d$response_time) & d$response_time < d$time
  left <- list(
    "non-responder" = sum(!kept & !in_state), responder = sum(!kept & in_state)
  )
  d$group <- state(responded)
  d$time <- d$time - at
  c(
    list(landmark = at, excluded = sum(!kept), excluded_by_state_at_exit = left,
         late_responders = sum(kept & late)),
    if (any(kept)) compare(d[kept, ])
  )
}

# f2.6: delayed entry from L on, responders changing over when they respond; time 0 is L.
simon_makuch <- function(rows, at) {
  rows <- rows[rows$stop > at, ]
  rows$entry <- pmax(rows$start, at) - at
  rows$exit <- rows$stop - at
  groups <- intersect(STATES, as.character(rows$group))
  list(landmark = at, groups = by_name(groups, function(g) {
    curve(Surv(entry, exit, event) ~ 1, rows[rows$group == g, ])
  }))
}

response_in_time <- function(d, landmarks) {
  rows <- counting_process(d)
  list(
    n = nrow(d), events = sum(d$event), ever_responders = sum(!is.na(d$response_time)),
    responders_before_end = sum(d$response_time < d$time, na.rm = TRUE),
    time_dependent = time_dependent(rows),
    ever = ever(d),
    landmark = lapply(landmarks, landmark, d = d),
    simon_makuch = lapply(landmarks, simon_makuch, rows = rows)
  )
}
