# Models of random numbers with a known seed. models.R ROUNDS
rounds <- as.integer(commandArgs(trailingOnly = TRUE)[1])
set.seed(7)
out <- file("answer.txt", "w")
for (round in seq_len(rounds)) {
  data <- data.frame(x = rnorm(4000), group = sample(letters, 4000, replace = TRUE))
  data$y <- 3 * data$x + match(data$group, letters) + rnorm(4000)
  model <- lm(y ~ x + group, data)
  means <- tapply(data$y, data$group, mean)
  writeLines(sprintf("%d %.9f %.9f", round, coef(model)[["x"]], means[["q"]]), out)
  flush(out)
}
close(out)
