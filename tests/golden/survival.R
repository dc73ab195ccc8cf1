# Golden survival values by R. Reads cases/*.csv (export_cases.py) and the CDISC pilot's adtte.xpt,
# writes survival.json beside this script.
#
# Run: Rscript tests/golden/survival.R ../shared/data/cdisc_pilot
#
# The argument is the folder of adtte.xpt: that file is not ours to copy, only results are stored.

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
  library(foreign)
})

HERE <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  dirname(normalizePath(file))
})
source(file.path(HERE, "estimators.R"))
source(file.path(HERE, "response_time.R"))

FIXED <- c(
  "freireich", "h6", "h8_survival", "ties", "median_exact", "never_half", "half_then_event",
  "half_then_censored", "half_at_last", "half_by_rounding", "all_censored", "one_event",
  "three_groups", "lung", "gbsg2", "larynx", "rossi"
)
# Landmarks of each case with response in time, in the unit of its file.
LANDMARKS <- list(
  h7_first = c(4, 6, 12), h7_second = c(4, 5, 8), stanford = c(30, 60, 90, 121.75),
  timing_edges = c(0, 2, 4, 6, 12)
)

read_case <- function(name) {
  path <- file.path(HERE, "cases", paste0(name, ".csv"))
  d <- read.csv(path, colClasses = c(trial = "character"), na.strings = "")
  if (!is.null(d$group)) d$group <- as_group(d$group)
  d
}

read_pilot <- function(folder) {
  d <- read.xport(file.path(folder, "adtte.xpt"))
  d <- d[trimws(d$PARAMCD) == "TTDE", ]
  data.frame(
    trial = "pilot", group = as_group(trimws(d$TRTP)), time = d$AVAL,
    event = as.numeric(d$CNSR == 0)
  )
}

# The other tests and tie methods that DOMAIN.md h9 names, for two groups in one stratum.
secondary <- function(d) {
  rank <- log_rank(d)
  effect <- (rank$observed[[1]] - rank$expected[[1]]) / rank$variance[1, 1]
  reach <- Z95 / sqrt(rank$variance[1, 1])
  list(
    gehan = gehan(d),
    # Weight: the pooled Kaplan-Meier estimate just before each time.
    peto_peto = log_rank(d, rho = 1),
    cox_breslow = cox(d, ties = "breslow"), cox_exact = cox(d, ties = "exact"),
    peto = list(
      of = present(d)[1], coef = effect, hr = exp(effect), lower = exp(effect - reach),
      upper = exp(effect + reach)
    )
  )
}

# The log-rank test with weight n at risk; survdiff has no option for it.
gehan <- function(d) {
  first <- d$group == present(d)[1]
  difference <- variance <- 0
  for (time in sort(unique(d$time[d$event == 1]))) {
    at_risk <- d$time >= time
    dies <- d$time == time & d$event == 1
    n <- sum(at_risk)
    deaths <- sum(dies)
    share <- sum(at_risk & first) / n
    difference <- difference + n * (sum(dies & first) - deaths * share)
    if (n > 1) variance <- variance + n^2 * deaths * share * (1 - share) * (n - deaths) / (n - 1)
  }
  chisq <- difference^2 / variance
  list(difference = difference, variance = variance, chisq = chisq, df = 1,
       p = pchisq(chisq, 1, lower.tail = FALSE))
}

# lifelines' own (start, stop] rows, against the rows made from one line a patient.
stanford_rows <- function() {
  d <- read.csv(file.path(HERE, "cases", "stanford_rows.csv"))
  d$trial <- "all"
  d$group <- state(d$transplant == 1)
  list(rows = nrow(d), cox = cox(d, "Surv(start, stop, event)"), mantel_byar = mantel_byar(d))
}

main <- function(folder) {
  cases <- by_name(FIXED, function(name) compare(read_case(name)))
  cases$freireich$secondary <- secondary(read_case("freireich"))
  cases$pilot_ttde <- compare(read_pilot(folder))
  timed <- by_name(names(LANDMARKS), function(name) {
    response_in_time(read_case(name), LANDMARKS[[name]])
  })
  timed$stanford$lifelines_rows <- stanford_rows()
  made_with <- list(
    r = R.version.string, survival = as.character(packageVersion("survival")),
    jsonlite = as.character(packageVersion("jsonlite")),
    foreign = as.character(packageVersion("foreign")), script = "tests/golden/survival.R"
  )
  result <- list(made_with = made_with, fixed = cases, timed = timed)
  text <- toJSON(result, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE)
  writeLines(text, file.path(HERE, "survival.json"))
}

arguments <- commandArgs(TRUE)
if (length(arguments) != 1 || !file.exists(file.path(arguments[1], "adtte.xpt"))) {
  stop("give the folder that holds adtte.xpt: survival.R ../shared/data/cdisc_pilot", call. = FALSE)
}
main(arguments[1])
