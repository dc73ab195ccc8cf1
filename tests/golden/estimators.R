# Estimators for groups fixed at time 0, each as a plain list for JSON. Sourced by survival.R.
# A data frame here has trial, group (factors, first level = reference), time, event.

Z95 <- qnorm(0.975)
INTERVALS <- c("log-log", "log", "plain")
# Tighter than R's default 1e-9, so that stored coefficients are exact to the digits stored.
CONTROL <- coxph.control(eps = 1e-11, iter.max = 50)

# A factor in byte order, whatever the locale.
as_group <- function(x) factor(x, levels = sort(unique(as.character(x)), method = "radix"))

by_name <- function(names, f) setNames(lapply(names, f), names)

present <- function(d) levels(droplevels(d$group))

strata_term <- function(d) if (nlevels(droplevels(factor(d$trial))) > 1) " + strata(trial)" else ""

# The value of an expression beside the warnings and the error it gave, as text.
attempt <- function(expr) {
  warnings <- character()
  value <- tryCatch(
    withCallingHandlers(expr, warning = function(w) {
      warnings <<- c(warnings, conditionMessage(w))
      invokeRestart("muffleWarning")
    }),
    error = function(e) list(error = conditionMessage(e))
  )
  if (length(warnings)) value$warnings <- I(unique(warnings))
  value
}

# Median and limits: `median_*` as print() gives them, `quantile_*` as quantile() does.
# The two differ where a curve ends flat at exactly 0.5.
interval <- function(fit) {
  table <- summary(fit)$table
  quantiles <- quantile(fit, 0.5)
  list(
    lower = I(fit$lower), upper = I(fit$upper),
    median_lower = table[["0.95LCL"]], median_upper = table[["0.95UCL"]],
    quantile_lower = quantiles$lower[[1]], quantile_upper = quantiles$upper[[1]]
  )
}

# One Kaplan-Meier curve from `formula` (Surv(...) ~ 1), at every time with an event or a censoring.
curve <- function(formula, d) {
  fits <- by_name(INTERVALS, function(type) {
    survfit(formula, data = d, conf.type = type)
  })
  fit <- fits[[1]]
  list(
    n = nrow(d), events = sum(d$event),
    median = summary(fit)$table[["median"]],
    median_quantile = quantile(fit, 0.5, conf.int = FALSE)[[1]],
    time = I(fit$time), n_risk = I(fit$n.risk), n_event = I(fit$n.event),
    n_censor = I(fit$n.censor), survival = I(fit$surv), sigma = I(fit$std.err),
    intervals = lapply(fits, interval)
  )
}

reverse_median <- function(d) {
  fit <- survfit(Surv(time, 1 - event) ~ 1, data = d, conf.type = "log-log")
  table <- summary(fit)$table
  list(
    median = table[["median"]], lower = table[["0.95LCL"]], upper = table[["0.95UCL"]],
    median_quantile = quantile(fit, 0.5, conf.int = FALSE)[[1]]
  )
}

# RMST per group up to tau = the shortest longest follow-up of the groups, and up to half of it.
restricted_means <- function(d) {
  groups <- present(d)
  longest <- min(sapply(groups, function(g) max(d$time[d$group == g])))
  lapply(c(longest, longest / 2), function(tau) {
    list(tau = tau, groups = by_name(groups, function(g) {
      fit <- survfit(Surv(time, event) ~ 1, data = d[d$group == g, ])
      # What print(fit, rmean = tau) shows; summary() refuses a tau before the first time.
      table <- survival:::survmean(fit, rmean = tau)$matrix
      list(rmst = table[["rmean"]], se = table[["se(rmean)"]])
    }))
  })
}

log_rank <- function(d, strata = strata_term(d), rho = 0) {
  formula <- as.formula(paste0("Surv(time, event) ~ group", strata))
  attempt({
    fit <- survdiff(formula, data = d, rho = rho)
    groups <- present(d)
    sums <- function(x) as.list(setNames(rowSums(as.matrix(x)), groups))
    df <- sum(unlist(sums(fit$exp)) > 0) - 1
    list(
      strata = strata != "", observed = sums(fit$obs), expected = sums(fit$exp),
      variance = fit$var, chisq = fit$chisq, df = df, p = fit$pvalue
    )
  })
}

# Tests of one coxph fit and the score test (Schoenfeld) of proportional hazards.
cox_tests <- function(fit) {
  test <- summary(fit)
  zph <- function(transform) {
    attempt(as.list(cox.zph(fit, transform = transform)$table["GLOBAL", ]))
  }
  list(
    loglik = I(fit$loglik), score_chisq = test$sctest[["test"]], score_p = test$sctest[["pvalue"]],
    lr_chisq = test$logtest[["test"]], wald_chisq = fit$wald.test[[1]],
    df = test$logtest[["df"]], zph_km = zph("km"), zph_identity = zph("identity")
  )
}

# Hazard ratios of the groups against the first one; `response` is Surv(...) as text.
cox <- function(d, response = "Surv(time, event)", strata = strata_term(d), ties = "efron") {
  d$group <- droplevels(d$group)
  formula <- as.formula(paste0(response, " ~ group", strata))
  attempt({
    fit <- coxph(formula, data = d, ties = ties, control = CONTROL)
    se <- sqrt(diag(vcov(fit)))
    groups <- levels(d$group)
    ratios <- by_name(groups[-1], function(g) {
      i <- match(g, groups) - 1
      coef <- coef(fit)[[i]]
      list(
        coef = coef, se = se[[i]], hr = exp(coef), lower = exp(coef - Z95 * se[[i]]),
        upper = exp(coef + Z95 * se[[i]]), p = 2 * pnorm(-abs(coef / se[[i]]))
      )
    })
    c(
      list(ties = ties, strata = strata != "", reference = groups[1], groups = ratios),
      cox_tests(fit)
    )
  })
}

# Each other group with the reference alone, where there are more than two.
cox_pairs <- function(d) {
  groups <- present(d)
  by_name(groups[-1], function(g) cox(d[d$group %in% c(groups[1], g), ]))
}

# Everything about one data frame of fixed groups; tests are null where there is one group.
compare <- function(d) {
  groups <- present(d)
  several <- length(groups) > 1
  stratified <- strata_term(d) != ""
  list(
    n = nrow(d), events = sum(d$event), reference = groups[1],
    groups = by_name(groups, function(g) curve(Surv(time, event) ~ 1, d[d$group == g, ])),
    rmst = restricted_means(d), follow_up = reverse_median(d),
    log_rank = if (several) log_rank(d),
    log_rank_unstratified = if (several && stratified) log_rank(d, strata = ""),
    cox = if (several) cox(d),
    cox_unstratified = if (several && stratified) cox(d, strata = ""),
    cox_pairs = if (length(groups) > 2) cox_pairs(d)
  )
}
