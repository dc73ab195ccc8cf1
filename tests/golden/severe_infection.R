# OS by the first severe infection (rule S17), simulated trials of data/demo, R's survival.
#
#   Rscript tests/golden/severe_infection.R > tests/golden/severe_infection.json
#
# R 4.2.2, survival 3.5-3. Written from the words of the rule, not from the product's questions.
suppressMessages(library(survival))

folder <- "data/demo"
trials <- c("SIM-LEN-1", "SIM-LEN-2")
read <- function(name) {
  do.call(rbind, lapply(trials, function(trial) {
    read.csv(file.path(folder, trial, paste0(name, ".csv")), colClasses = c(patient = "character"))
  }))
}
elapsed <- function(day) ifelse(day > 0, day - 1, day)

outcomes <- subset(read("outcomes"), endpoint == "OS")
infections <- read("infections")
infections$name <- tolower(gsub(" +", " ", trimws(infections$term)))
infections$first <- elapsed(infections$start_day)
infections$last <- pmax(infections$first, ifelse(is.na(infections$end_day), infections$first,
                                                 elapsed(infections$end_day)))

# Elapsed day on which the first infection of a patient became severe, Inf if none did.
first_severe <- function(rows) {
  days <- Inf
  for (part in split(rows, rows$name)) {
    part <- part[order(part$first, part$last), ]
    episode <- 1
    reach <- -Inf
    number <- integer(nrow(part))
    for (i in seq_len(nrow(part))) {
      if (i > 1 && part$first[i] - reach > 14) episode <- episode + 1
      number[i] <- episode
      reach <- max(reach, part$last[i])
    }
    for (one in split(part, number)) {
      severe <- one$first[!is.na(one$grade) & one$grade >= 3]
      if (length(severe) && min(severe) >= 0) days <- min(days, min(severe))
    }
  }
  days
}

key <- function(d) paste(d$trial, d$patient)
by_patient <- split(infections, key(infections))
outcomes$turn <- sapply(key(outcomes), function(k) {
  if (is.null(by_patient[[k]])) Inf else first_severe(by_patient[[k]])
})
origin <- ifelse(is.na(outcomes$origin_day), 1, outcomes$origin_day)
outcomes$turn <- outcomes$turn + 1 - elapsed(origin)

spans <- do.call(rbind, lapply(seq_len(nrow(outcomes)), function(i) {
  o <- outcomes[i, ]
  if (o$turn <= 0) return(data.frame(trial = o$trial, start = 0, stop = o$time_days, event = o$event, group = 1))
  if (o$turn >= o$time_days) {
    return(data.frame(trial = o$trial, start = 0, stop = o$time_days, event = o$event, group = 0))
  }
  data.frame(trial = o$trial, start = c(0, o$turn), stop = c(o$turn, o$time_days),
             event = c(0, o$event), group = 0:1)
}))
fit <- coxph(Surv(start, stop, event) ~ group + strata(trial), data = spans, ties = "efron")
ratio <- summary(fit)$conf.int

# Mantel-Byar over trials (DOMAIN.md e.3).
sums <- c(0, 0)
for (trial in split(spans, spans$trial)) {
  for (time in sort(unique(trial$stop[trial$event == 1]))) {
    risk <- trial$start < time & time <= trial$stop
    dies <- risk & trial$event == 1 & trial$stop == time
    n <- sum(risk); d <- sum(dies); share <- sum(risk & trial$group == 1) / n
    correction <- if (n > 1) (n - d) / (n - 1) else 0
    sums <- sums + c(sum(dies & trial$group == 1) - d * share, d * share * (1 - share) * correction)
  }
}
landmark <- 6 * 30.4375
later <- subset(outcomes, time_days > landmark)
later$group <- as.integer(later$turn <= landmark)
later$time <- later$time_days - landmark
fixed <- coxph(Surv(time, event) ~ group + strata(trial), data = later, ties = "efron")
fixed_ratio <- summary(fixed)$conf.int
test <- survdiff(Surv(time, event) ~ group + strata(trial), data = later)

number <- function(x) formatC(x, digits = 12, format = "g")
cat("{\n")
cat(sprintf('  "patients": %d, "infected_before_the_end": %d, "events": [%d, %d],\n', nrow(outcomes),
            sum(outcomes$turn < outcomes$time_days), sum(spans$event[spans$group == 1]),
            sum(spans$event[spans$group == 0])))
cat(sprintf('  "hazard_ratio": [%s],\n', paste(number(ratio[c(1, 3, 4)]), collapse = ", ")))
cat(sprintf('  "mantel_byar": %s,\n', number(sums[1]^2 / sums[2])))
cat(sprintf('  "landmark_6": {"n": [%d, %d], "hazard_ratio": [%s], "log_rank": %s}\n',
            sum(later$group == 1), sum(later$group == 0),
            paste(number(fixed_ratio[c(1, 3, 4)]), collapse = ", "), number(test$chisq)))
cat("}\n")
