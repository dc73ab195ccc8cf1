# Further golden survival values by R: proportional hazards, profile limits and ties, pooling, rates,
# quantiles, differences of restricted means. Reads cases/*.csv, writes survival_more.json.
#
# Run: Rscript tests/golden/survival_more.R

suppressPackageStartupMessages({
  library(survival)
  library(splines)
  library(jsonlite)
  library(metafor)
})

HERE <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  dirname(normalizePath(file))
})
source(file.path(HERE, "estimators.R"))
source(file.path(HERE, "response_time.R"))

COMPARED <- c("freireich", "h8_survival", "three_groups", "lung", "gbsg2", "larynx", "rossi")
TIMED <- c("h7_first", "h7_second", "stanford", "timing_edges")
TRANSFORMS <- c("km", "identity", "rank", "log")
SMOOTHED <- c("freireich", "lung", "larynx", "three_groups", "gbsg2")
CURVES <- c(COMPARED, "h6", "ties", "median_exact", "never_half", "half_then_event",
            "half_then_censored", "half_at_last", "all_censored", "one_event")

read_case <- function(name) {
  path <- file.path(HERE, "cases", paste0(name, ".csv"))
  d <- read.csv(path, colClasses = c(trial = "character"), na.strings = "")
  if (!is.null(d$group)) d$group <- as_group(d$group)
  d
}

# Rows (start, stop] of every case that compares groups, and one with delayed entry.
prepared <- function() {
  fixed <- by_name(COMPARED, function(name) {
    d <- read_case(name)
    data.frame(trial = d$trial, group = droplevels(d$group), start = 0, stop = d$time,
               event = d$event)
  })
  timed <- by_name(TIMED, function(name) counting_process(read_case(name)))
  # Entry after a quarter of the time for every third row, so that risk sets grow and shrink.
  late <- fixed$gbsg2
  late$start <- ifelse(seq_len(nrow(late)) %% 3 == 0, late$stop %/% 4, 0)
  c(fixed, by_name(paste0(TIMED, "_timed"), function(n) timed[[sub("_timed$", "", n)]]),
    list(gbsg2_late = late))
}

surv <- function(d) {
  if (all(d$start == 0)) "Surv(stop, event)" else "Surv(start, stop, event)"
}

fit_of <- function(d, ties = "efron", offset = "") {
  d$group <- droplevels(d$group)
  formula <- as.formula(paste0(surv(d), " ~ group", strata_term(d), offset))
  coxph(formula, data = d, ties = ties, control = CONTROL)
}

table_of <- function(zph, groups) {
  rows <- rownames(zph$table)
  setNames(lapply(rows, function(r) as.list(zph$table[r, ])), c(groups[-1], "all groups"))
}

# What plot.cox.zph draws, without drawing it.
smoothed <- function(zph, nsmo = 40, df = 4) {
  pred <- seq(min(zph$x), max(zph$x), length.out = nsmo)
  basis <- ns(c(pred, zph$x), df = df, intercept = TRUE)
  pmat <- basis[1:nsmo, ]
  xmat <- basis[-(1:nsmo), ]
  lapply(seq_len(ncol(zph$y)), function(i) {
    keep <- !is.na(zph$y[, i])
    q <- qr(xmat[keep, ])
    bk <- backsolve(q$qr[1:df, 1:df], diag(df))
    se <- sqrt(zph$var[i, i] * rowSums((pmat %*% (bk %*% t(bk))) * pmat))
    list(x = I(pred), y = I(drop(pmat %*% qr.coef(q, zph$y[keep, i]))), se = I(se))
  })
}

proportional <- function(name, d) {
  fit <- fit_of(d)
  groups <- levels(droplevels(d$group))
  tests <- by_name(TRANSFORMS, function(t) {
    table_of(cox.zph(fit, transform = t, terms = FALSE), groups)
  })
  zph <- cox.zph(fit, terms = FALSE)
  out <- list(
    reference = groups[1], tests = tests,
    term = as.list(cox.zph(fit)$table["GLOBAL", ]),
    time = I(zph$time), x = I(zph$x), var = I(unname(zph$var)),
    residuals = setNames(lapply(seq_along(groups[-1]), function(i) I(unname(zph$y[, i]))),
                         groups[-1])
  )
  if (!is.null(zph$strata)) out$strata <- I(sub("^trial=", "", as.character(zph$strata)))
  if (name %in% SMOOTHED) out$smooth <- setNames(smoothed(zph), groups[-1])
  out
}

# Profile limits of one coefficient: twice the log likelihood lies 3.84 below its top.
profile_limits <- function(d, ties, fit) {
  d$group <- droplevels(d$group)
  groups <- levels(d$group)
  top <- fit$loglik[2]
  by_name(groups[-1], function(g) {
    others <- setdiff(groups[-1], g)
    for (k in groups[-1]) d[[paste0("is_", match(k, groups))]] <- as.numeric(d$group == k)
    d$fixed <- as.numeric(d$group == g)
    terms <- paste0("is_", match(others, groups), collapse = " + ")
    drop <- function(b) {
      d$move <- b * d$fixed
      right <- paste0(if (length(others)) paste0(terms, " + "), "offset(move)", strata_term(d))
      f <- coxph(as.formula(paste(surv(d), "~", right)), data = d, ties = ties, control = CONTROL)
      2 * (top - tail(f$loglik, 1)) - qchisq(0.95, 1)
    }
    i <- match(g, groups) - 1
    b <- coef(fit)[[i]]
    se <- sqrt(vcov(fit)[i, i])
    root <- function(ends) exp(uniroot(drop, ends, tol = 1e-12, extendInt = "yes")$root)
    list(hr = exp(b), se = se, loglik = top, wald_lower = exp(b - Z95 * se),
         wald_upper = exp(b + Z95 * se), lower = root(c(b - 3 * se, b)),
         upper = root(c(b, b + 3 * se)))
  })
}

# coxph has no exact likelihood for delayed entry.
likelihoods <- function(d) {
  by_name(c("efron", "breslow", if (all(d$start == 0)) "exact"), function(ties) {
    attempt(profile_limits(d, ties, fit_of(d, ties)))
  })
}

# O - E and V of the log-rank test of each group with the reference alone.
peto <- function(d) {
  groups <- levels(droplevels(d$group))
  by_name(groups[-1], function(g) {
    pair <- d[d$group %in% c(groups[1], g), ]
    pair$time <- pair$stop
    rank <- log_rank(pair)
    v <- rank$variance[2, 2]
    b <- (rank$observed[[2]] - rank$expected[[2]]) / v
    list(hr = exp(b), lower = exp(b - Z95 / sqrt(v)), upper = exp(b + Z95 / sqrt(v)))
  })
}

# Per trial, and the interaction by likelihood ratio and by Wald.
trials <- function(d) {
  d$group <- droplevels(d$group)
  common <- fit_of(d)
  formula <- as.formula(paste(surv(d), "~ group * trial + strata(trial)"))
  apart <- suppressWarnings(coxph(formula, data = d, control = CONTROL))
  lr <- 2 * (apart$loglik[2] - common$loglik[2])
  df <- sum(!is.na(coef(apart))) - length(coef(common))
  by_trial <- lapply(split(d, d$trial), function(t) {
    f <- fit_of(t)
    list(coef = I(unname(coef(f))), se = I(unname(sqrt(diag(vcov(f))))))
  })
  first <- function(name) sapply(by_trial, function(t) t[[name]][1])
  list(
    reference = levels(d$group)[1], trials = by_trial,
    # Of the first group that is not the reference.
    pooled = by_name(c("FE", "DL"), function(m) pooled(first("coef"), first("se"), m)),
    interaction = list(chisq = lr, df = df, p = pchisq(lr, df, lower.tail = FALSE))
  )
}

pooled <- function(coef, se, method) {
  f <- rma(yi = coef, sei = se, method = method)
  list(hr = exp(f$beta[[1]]), lower = exp(f$ci.lb), upper = exp(f$ci.ub), se = f$se, p = f$pval,
       q = f$QE, q_p = f$QEp, i2 = f$I2 / 100, tau2 = f$tau2)
}

rates <- function(d) {
  groups <- present(d)
  times <- unname(quantile(d$time, c(0.1, 0.33, 0.5, 0.75, 1), type = 1))
  by_name(groups, function(g) {
    one <- d[d$group == g, ]
    by_type <- by_name(INTERVALS, function(type) {
      fit <- survfit(Surv(time, event) ~ 1, data = one, conf.type = type)
      s <- summary(fit, times = times[times <= max(one$time)])
      q <- quantile(fit, c(0.25, 0.5, 0.75))
      list(time = I(s$time), n_risk = I(s$n.risk), survival = I(s$surv), lower = I(s$lower),
           upper = I(s$upper), quantile = I(unname(q$quantile)), quantile_lower = I(unname(q$lower)),
           quantile_upper = I(unname(q$upper)))
    })
    list(times = I(times), intervals = by_type, follow_up = reverse_median(one))
  })
}

main <- function() {
  spans <- prepared()
  cases <- by_name(CURVES, read_case)
  result <- list(
    made_with = list(r = R.version.string, survival = as.character(packageVersion("survival")),
                     metafor = as.character(packageVersion("metafor")),
                     script = "tests/golden/survival_more.R"),
    late_entry = list(gbsg2_late = I(spans$gbsg2_late$start)),
    proportionality = setNames(Map(proportional, names(spans), spans), names(spans)),
    likelihoods = lapply(spans, likelihoods),
    peto = lapply(spans[COMPARED], peto),
    # DOMAIN h8: ratios 0.50 (0.30-0.83) and 0.80 (0.50-1.28).
    two_stage = by_name(c("FE", "DL"), function(m) {
      pooled(log(c(0.5, 0.8)), log(c(0.83 / 0.3, 1.28 / 0.5)) / (2 * Z95), m)
    }),
    trials = lapply(spans[c("three_groups", "gbsg2", "rossi", "h8_survival", "gbsg2_late")], trials),
    rates = lapply(cases, rates)
  )
  text <- toJSON(result, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = FALSE)
  writeLines(text, file.path(HERE, "survival_more.json"))
}

main()
