# Golden values of the recovery statistics by R: shares, 2x2 tables, paired change, competing risks.
# Writes recovery.json beside this script; the inputs are made here and stored with the results.
#
# Run: Rscript tests/golden/recovery.R
#
# Made with R 4.2.2, survival 3.5-3, cmprsk 2.2-11, jsonlite 1.8.4 (Debian 12: r-cran-cmprsk).

suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
  library(jsonlite)
})

HERE <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  dirname(normalizePath(file))
})
quietly <- suppressWarnings

# --- shares ---------------------------------------------------------------------------------------

share <- function(x, n) {
  list(
    x = x, n = n, wilson = quietly(prop.test(x, n, correct = FALSE))$conf.int[1:2],
    clopper_pearson = binom.test(x, n)$conf.int[1:2]
  )
}

between <- function(x, n) {
  table <- cbind(x, n - x)
  chi <- quietly(chisq.test(table, correct = FALSE))
  list(
    x = x, n = n, least_expected = min(chi$expected), chisq = chi$statistic[[1]],
    df = chi$parameter[[1]], chisq_p = chi$p.value,
    fisher_p = fisher.test(table, workspace = 2e7)$p.value
  )
}

# --- one 2x2 table --------------------------------------------------------------------------------

# fisher.test's own equations, solved to rounding: it stops its root finder at 1e-4.
exact_odds_ratio <- function(x1, n1, x2, n2) {
  u <- max(0, x1 + x2 - n2):min(n1, x1 + x2)
  log_d <- dhyper(u, n1, n2, x1 + x2, log = TRUE)
  p <- function(b) {
    weight <- log_d + b * u
    weight <- exp(weight - max(weight))
    weight / sum(weight)
  }
  solve_for <- function(f) exp(uniroot(f, c(-60, 60), tol = 1e-14, maxiter = 1e4)$root)
  inner <- x1 > min(u) && x1 < max(u)
  list(
    estimate = if (inner) solve_for(function(b) sum(p(b) * u) - x1),
    lower = if (x1 > min(u)) solve_for(function(b) sum(p(b)[u >= x1]) - 0.025),
    upper = if (x1 < max(u)) solve_for(function(b) sum(p(b)[u <= x1]) - 0.025)
  )
}

two_by_two <- function(x1, n1, x2, n2) {
  fit <- fisher.test(matrix(c(x1, n1 - x1, x2, n2 - x2), 2))
  list(
    counts = c(x1, n1, x2, n2), p = fit$p.value,
    # As text, because JSON has no infinity.
    fisher = as.character(c(fit$estimate[[1]], fit$conf.int)),
    exact = exact_odds_ratio(x1, n1, x2, n2)
  )
}

# --- several 2x2 tables ---------------------------------------------------------------------------

# Expected counts by polyroot(), because base R has no Breslow-Day test.
breslow_day <- function(tables, ratio) {
  sum(apply(tables, 3, function(t) {
    n1 <- t[1, 1] + t[2, 1]
    n2 <- t[1, 2] + t[2, 2]
    m <- t[1, 1] + t[1, 2]
    # e (n2 - m + e) = ratio (n1 - e) (m - e)
    roots <- Re(polyroot(c(-ratio * n1 * m, ratio * (n1 + m) + n2 - m, 1 - ratio)))
    e <- roots[roots > max(0, m - n2) & roots < min(n1, m)]
    (t[1, 1] - e)^2 * (1 / e + 1 / (n1 - e) + 1 / (m - e) + 1 / (n2 - m + e))
  }))
}

stratified <- function(...) {
  counts <- list(...)
  tables <- array(
    unlist(lapply(counts, function(k) c(k[1], k[2] - k[1], k[3], k[4] - k[3]))),
    c(2, 2, length(counts))
  )
  plain <- mantelhaen.test(tables, correct = FALSE)
  corrected <- mantelhaen.test(tables, correct = TRUE)
  homogeneity <- breslow_day(tables, plain$estimate[[1]])
  df <- length(counts) - 1
  list(
    counts = counts, odds_ratio = plain$estimate[[1]], interval = plain$conf.int[1:2],
    cmh = plain$statistic[[1]], cmh_p = plain$p.value,
    cmh_corrected = corrected$statistic[[1]], cmh_corrected_p = corrected$p.value,
    breslow_day = homogeneity, breslow_day_df = df,
    breslow_day_p = pchisq(homogeneity, df, lower.tail = FALSE)
  )
}

# --- paired change --------------------------------------------------------------------------------

paired <- function(before, after) {
  # Rounded, or 0.70 - 0.56 and 0.84 - 0.70 would not tie.
  difference <- round(after - before, 6)
  other <- difference[difference != 0]
  n <- length(other)
  # tol.root: the default stops at 1e-4.
  fit <- quietly(wilcox.test(difference, conf.int = TRUE, tol.root = 1e-13))
  means <- outer(other, other, `+`)
  means <- sort(means[!lower.tri(means)]) / 2
  ratio <- t.test(log(after / before))
  list(
    before = before, after = after, n = n, zeros = sum(difference == 0),
    exact = grepl("exact", fit$method), v = fit$statistic[[1]], p = fit$p.value,
    lower = fit$conf.int[1], upper = fit$conf.int[2],
    level = attr(fit$conf.int, "conf.level"), estimate = fit$estimate[[1]],
    middle = median(means), middle_means = means[c(floor((length(means) + 1) / 2),
                                                   floor(length(means) / 2) + 1)],
    change = quantile(difference, c(0.25, 0.5, 0.75), names = FALSE, type = 7),
    ratio = exp(ratio$estimate[[1]]), ratio_interval = exp(ratio$conf.int[1:2])
  )
}

simulated_pairs <- function(seed, n, digits) {
  set.seed(seed)
  before <- round(exp(rnorm(n, 4.3, 0.5)), digits)
  list(before, round(before * exp(rnorm(n, 0.15, 0.4)), digits))
}

paired_cases <- function() {
  h10 <- c(12, 25, -4, 40, 5, 8, 31, -10, 18, 22)
  base <- c(56, 60, 45, 80, 72, 39, 66, 58, 91, 47)
  few <- c(50, 62, 71, 48, 90, 55)
  rise <- c(1, 9, 14, -3, 22, 31)
  random <- lapply(c(7, 12, 30, 48, 49, 50, 51, 120), function(n) simulated_pairs(n, n, 4))
  tied <- lapply(c(10, 25, 80, 200), function(n) simulated_pairs(n, n, -1))
  fixed <- c(
    list(list(base, base + h10), list(c(0.56, 0.70, 0.40, 0.9), c(0.70, 0.84, 0.50, 0.85))),
    list(list(base, base + c(h10[1:8], 0, 0)), list(base, base + c(5, 5, -5, 5, 8, 8, 0, 3, 3, 1))),
    lapply(2:6, function(k) list(few[1:k], few[1:k] + rise[1:k])),
    lapply(5:6, function(k) list(few[1:k], few[1:k] + c(1, 1, 4, 4, 5, 2)[1:k]))
  )
  lapply(c(fixed, random, tied), function(x) paired(x[[1]], x[[2]]))
}

# --- competing risks ------------------------------------------------------------------------------

# status: 0 censored, 1 the event, 2 a competing one.
competing <- function(time, status, group, stratum = rep("all", length(time))) {
  fit <- cuminc(time, status, group, strata = stratum)
  groups <- sort(unique(group), method = "radix")
  states <- survfit(Surv(time, factor(status, 0:2)) ~ 1, subset = group == groups[1])
  curve <- function(g) {
    steps <- fit[[paste(g, 1)]]
    at <- sort(unique(time[group == g]))
    last <- sapply(at, function(t) max(which(steps$time <= t)))
    list(time = I(at), estimate = I(steps$est[last]), variance = I(steps$var[last]))
  }
  list(
    time = time, status = status, group = group, stratum = stratum,
    curves = setNames(lapply(groups, curve), groups),
    survfit = list(time = I(states$time), estimate = I(states$pstate[, 2])),
    gray = if (length(groups) > 1) as.list(fit$Tests["1", ])
  )
}

simulated_risks <- function(seed, n, groups, strata = 1, whole = TRUE) {
  set.seed(seed)
  time <- rexp(n, 0.1)
  if (whole) time <- ceiling(time)
  status <- sample(0:2, n, TRUE, c(0.3, 0.4, 0.3))
  group <- sample(letters[1:groups], n, TRUE)
  competing(time, status, group, sample(c("A", "B", "C")[1:strata], n, TRUE))
}

competing_cases <- function() {
  list(
    h10 = competing(2:6, c(1, 2, 1, 0, 2), rep("all", 5)),
    ties = simulated_risks(1, 80, 2),
    no_ties = simulated_risks(2, 80, 3, whole = FALSE),
    stratified = simulated_risks(3, 150, 2, strata = 2),
    stratified_three = simulated_risks(4, 200, 3, strata = 3),
    one_after_the_other = competing(1:12, rep(1, 12), rep(c("a", "b"), each = 6)),
    no_competing = competing(
      c(3, 5, 5, 8, 9, 12, 2, 4, 6, 6, 10, 15), c(1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0),
      rep(c("a", "b"), each = 6)
    )
  )
}

# --------------------------------------------------------------------------------------------------

main <- function() {
  counts <- list(
    c(4, 7), c(3, 6), c(5, 7), c(6, 7), c(4, 9), c(4, 12), c(0, 40), c(28, 60), c(28, 50),
    c(25, 50), c(53, 100), c(128, 250), c(7, 7), c(0, 1), c(1, 1), c(123456, 1000000)
  )
  result <- list(
    made_with = list(
      r = R.version.string, survival = as.character(packageVersion("survival")),
      cmprsk = as.character(packageVersion("cmprsk")),
      jsonlite = as.character(packageVersion("jsonlite")), script = "tests/golden/recovery.R"
    ),
    shares = lapply(counts, function(k) share(k[1], k[2])),
    between = list(
      between(c(28, 25), c(50, 50)), between(c(28, 100), c(50, 200)), between(c(3, 1), c(4, 3)),
      between(c(3, 2), c(4, 9)), between(c(12, 9, 20), c(30, 41, 44)),
      between(c(3, 1, 6), c(4, 3, 9)), between(c(0, 5, 2, 1), c(6, 9, 12, 3)),
      between(c(0, 7), c(40, 60)), between(c(9, 10), c(10, 10)),
      between(c(400, 30), c(1000, 50))
    ),
    two_by_two = list(
      two_by_two(28, 60, 0, 40), two_by_two(0, 40, 28, 60), two_by_two(18, 20, 72, 80),
      two_by_two(8, 80, 2, 20), two_by_two(26, 100, 74, 100), two_by_two(3, 4, 1, 3),
      two_by_two(30, 54, 8, 46), two_by_two(10, 10, 3, 12), two_by_two(1, 20, 19, 20),
      two_by_two(1500, 4000, 1200, 4100), two_by_two(5, 10, 5, 10)
    ),
    stratified = list(
      stratified(A = c(18, 20, 72, 80), B = c(8, 80, 2, 20)),
      stratified(A = c(30, 54, 8, 46), B = c(20, 40, 5, 30)),
      stratified(A = c(3, 9, 4, 8), B = c(0, 5, 2, 7), C = c(6, 10, 1, 12)),
      stratified(A = c(5, 10, 5, 11), B = c(7, 15, 6, 13)),
      stratified(A = c(300, 540, 180, 460), B = c(20, 40, 5, 30), C = c(1, 2, 1, 3))
    ),
    paired = paired_cases(),
    holm = lapply(
      list(c(0.01, 0.04, 0.03), c(0.5, 0.6, 0.9), c(0.02, NA, 0.03), c(0.02, 0.02, 0.02)),
      function(p) list(p = p, adjusted = p.adjust(p, "holm"))
    ),
    competing = competing_cases()
  )
  text <- toJSON(result, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE)
  writeLines(text, file.path(HERE, "recovery.json"))
}

main()
