# Golden values of Cox models with covariates, by R. Reads cases/adjusted_*.csv (adjusted_cases.py),
# writes adjusted.json.
#
# Run: Rscript tests/golden/adjusted.R

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

HERE <- local({
  file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  dirname(normalizePath(file))
})
CONTROL <- coxph.control(eps = 1e-11, iter.max = 50)
MONTH <- 30.4375

read_case <- function(name) {
  path <- file.path(HERE, "cases", paste0("adjusted_", name, ".csv"))
  d <- read.csv(path, na.strings = "", colClasses = c(sex = "character", trial = "character"))
  d$age <- d$age_years / 10
  d
}

# Rows (start, stop] of a response that counts from its time on.
states <- function(d) {
  r <- d$response_time
  responds <- !is.na(r) & r < d$time
  before <- d[!responds | r > 0, ]
  after <- d[responds, ]
  cut_ <- with(before, !is.na(response_time) & response_time < time)
  before$start <- 0
  before$stop <- ifelse(cut_, before$response_time, before$time)
  before$event <- ifelse(cut_, 0, before$event)
  before$state <- 0
  after$start <- pmax(after$response_time, 0)
  after$stop <- after$time
  after$state <- 1
  rbind(before, after)
}

landmark <- function(d, month) {
  day <- month * MONTH
  kept <- d[d$time > day, ]
  kept$state <- as.numeric(!is.na(kept$response_time) & kept$response_time <= day)
  kept$start <- 0
  kept$stop <- kept$time - day
  kept
}

whole <- function(d) {
  d$start <- 0
  d$stop <- d$time
  d
}

# Coefficients as hazard ratios with Wald limits and p; NA where R leaves one out.
ratios <- function(terms, d) {
  formula <- as.formula(paste("Surv(start, stop, event) ~", paste(terms, collapse = " + "),
                              "+ strata(trial)"))
  fit <- suppressWarnings(coxph(formula, data = d, ties = "efron", control = CONTROL))
  b <- coef(fit)
  se <- sqrt(diag(vcov(fit, complete = TRUE)))
  z <- qnorm(0.975)
  lapply(setNames(seq_along(b), names(b)), function(i) {
    list(hr = exp(b[[i]]), lower = exp(b[[i]] - z * se[[i]]), upper = exp(b[[i]] + z * se[[i]]),
         p = 2 * pnorm(-abs(b[[i]] / se[[i]])))
  })
}

one <- function(d, terms) {
  known <- d[complete.cases(d[terms]), ]
  single <- lapply(setNames(terms, terms), function(term) ratios(term, known))
  list(n = sum(known$start <= 0), events = sum(known$event),
       left_out = sum(d$start <= 0) - sum(known$start <= 0),
       together = ratios(terms, known), alone = do.call(c, unname(single)))
}

lung <- read_case("lung")
stanford <- read_case("stanford")
result <- list(
  made_with = list(r = R.version.string, survival = as.character(packageVersion("survival")),
                   jsonlite = as.character(packageVersion("jsonlite")),
                   script = "tests/golden/adjusted.R"),
  lung_states = one(states(lung), c("state", "arm", "age", "sex")),
  lung_landmark = one(landmark(lung, 4), c("state", "age", "sex")),
  lung_arm = one(whole(lung), c("arm", "age", "sex")),
  stanford_states = one(states(stanford), c("state", "arm", "age")),
  nested_states = one(states(read_case("nested")), c("state", "arm", "age", "sex"))
)
text <- toJSON(result, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE)
writeLines(text, file.path(HERE, "adjusted.json"))
