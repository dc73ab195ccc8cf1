# Golden survival values by R where patients come late, and where strata tell nothing.
# Reads cases/aids.csv and cases/empty_strata.csv (export_cases.py), writes survival_late.json.
#
# Run: Rscript tests/golden/survival_late.R

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

HERE <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  dirname(normalizePath(file))
})
source(file.path(HERE, "estimators.R"))

read_case <- function(name) {
  path <- file.path(HERE, "cases", paste0(name, ".csv"))
  d <- read.csv(path, colClasses = c(trial = "character"))
  if (is.null(d$start)) d$start <- 0
  d$stop <- d$time
  d$group <- as_group(d$group)
  d
}

# The log-rank test by its definition: survdiff refuses (start, stop] rows.
late_log_rank <- function(d) {
  groups <- present(d)
  observed <- expected <- setNames(numeric(length(groups)), groups)
  variance <- matrix(0, length(groups), length(groups))
  for (part in split(d, d$trial)) {
    for (time in sort(unique(part$stop[part$event == 1]))) {
      at_risk <- part[part$start < time & part$stop >= time, ]
      dies <- at_risk[at_risk$stop == time & at_risk$event == 1, ]
      n <- nrow(at_risk)
      share <- as.numeric(table(factor(at_risk$group, groups))) / n
      observed <- observed + as.numeric(table(factor(dies$group, groups)))
      expected <- expected + nrow(dies) * share
      if (n > 1) {
        spread <- nrow(dies) * (n - nrow(dies)) / (n - 1)
        variance <- variance + spread * (diag(share, length(share)) - outer(share, share))
      }
    }
  }
  # The last group follows from the others.
  kept <- seq_along(groups)[-length(groups)]
  difference <- (observed - expected)[kept]
  chisq <- drop(difference %*% solve(variance[kept, kept, drop = FALSE], difference))
  list(observed = as.list(observed), expected = as.list(expected), chisq = chisq,
       df = length(kept), p = pchisq(chisq, length(kept), lower.tail = FALSE))
}

# Median follow-up of all by reverse Kaplan-Meier.
follow_up <- function(d) {
  fit <- survfit(Surv(start, stop, 1 - event) ~ 1, data = d, conf.type = "log-log")
  table <- summary(fit)$table
  list(median = table[["median"]], lower = table[["0.95LCL"]], upper = table[["0.95UCL"]])
}

means <- function(d, tau) {
  by_name(present(d), function(g) {
    fit <- survfit(Surv(start, stop, event) ~ 1, data = d[d$group == g, ])
    table <- survival:::survmean(fit, rmean = tau)$matrix
    list(rmst = table[["rmean"]], se = table[["se(rmean)"]])
  })
}

one <- function(name, tau) {
  d <- read_case(name)
  ratios <- by_name(c("efron", "breslow"), function(ties) {
    cox(d, "Surv(start, stop, event)", ties = ties)
  })
  whole <- d
  whole$trial <- "all"
  list(
    groups = by_name(present(d), function(g) {
      curve(Surv(start, stop, event) ~ 1, d[d$group == g, ])
    }),
    cox = ratios, cox_unstratified = cox(whole, "Surv(start, stop, event)"),
    log_rank = late_log_rank(d), log_rank_unstratified = late_log_rank(whole),
    # R's own score test of one Cox model, where no events are tied the same as the log-rank test.
    survdiff = if (all(d$start == 0)) log_rank(d),
    follow_up = follow_up(d), tau = tau, rmst = means(d, tau)
  )
}

result <- list(
  made_with = list(r = R.version.string, survival = as.character(packageVersion("survival")),
                   jsonlite = as.character(packageVersion("jsonlite")),
                   script = "tests/golden/survival_late.R"),
  aids = one("aids", 3), empty_strata = one("empty_strata", 8)
)
text <- toJSON(result, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = FALSE)
writeLines(text, file.path(HERE, "survival_late.json"))
