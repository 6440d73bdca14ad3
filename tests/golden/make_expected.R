#!/usr/bin/env Rscript
# Golden values for the kit's tests, computed with R: NPS and its differences (1), promoters by recommending (2),
# reliability (3), teams (4), linkage (5), quarters (6), mediation (10), mixed models (11), cross-lagged
# panels (12), p-value adjustment (13), quantiles (14). Run in this folder; writes expected.json.
# Every number: P(id, value, def, fn, tol) -> expected.json  {id: {value, def, fn, tol}}
options(warn = 1, digits = 17)
suppressPackageStartupMessages({
  library(survey); library(psych); library(multilevel); library(lme4); library(lmerTest); library(lavaan)
  library(effectsize); library(jsonlite); library(epitools); library(clinfun); library(semTools); library(coin)
})
Z <- qnorm(.975); R <- list(); CHECK <- list()
P <- function(id, value, def = "", fn = "", tol = 1e-9) {
  if (!is.null(R[[id]])) stop("duplicate id ", id)
  R[[id]] <<- list(value = value, def = def, fn = fn, tol = tol); invisible(value) }
same <- function(id, a, b, tol = 1e-9, note = "") {           # internal cross-check R fn vs hand formula
  a <- as.numeric(a); b <- as.numeric(b); d <- max(abs(a - b) / pmax(1, abs(b)))
  CHECK[[id]] <<- list(max_diff = d, tol = tol, ok = isTRUE(d <= tol), note = note)
  if (!isTRUE(d <= tol)) message(sprintf("CHECK %s: diff %.3g > %.3g %s  (a=%s b=%s)", id, d, tol, note, paste(format(head(a, 4)), collapse = ","), paste(format(head(b, 4)), collapse = ","))) }
nm <- function(x) as.list(x)
rec <- function(df) { rownames(df) <- NULL; df }               # data.frame -> list of records

emp <- read.csv("employees.csv", stringsAsFactors = FALSE)
cus <- read.csv("customers.csv", stringsAsFactors = FALSE)
pvs <- read.csv("pvalues.csv", stringsAsFactors = FALSE)
uni <- read.csv("units.csv", stringsAsFactors = FALSE)
bix <- as.matrix(read.csv("bootstrap_index_120x2000.csv.gz", header = FALSE)) + 1   # 2,000 resamples of the 120 teams
IT <- sprintf("q%02d", 1:12); teams <- sort(unique(emp$team_id)); sectors <- sort(unique(emp$sector)); years <- sort(unique(emp$year))

# ---------------------------------------------------------------- 0 derived variables
emp$n_items <- rowSums(!is.na(emp[, IT]))
emp$eng <- ifelse(emp$n_items >= 6, rowMeans(emp[, IT], na.rm = TRUE), NA)
score <- function(x) ifelse(is.na(x), NA, ifelse(x >= 9, 1, ifelse(x <= 6, -1, 0)))
emp$sc <- score(emp$recommend); cus$sc <- score(cus$recommend)
P("0.derived", list(n_emp = nrow(emp), n_emp_recommend = sum(!is.na(emp$recommend)), n_eng = sum(!is.na(emp$eng)), eng_mean = mean(emp$eng, na.rm = TRUE),
  eng_sd = sd(emp$eng, na.rm = TRUE), n_cus = nrow(cus), n_cus_recommend = sum(!is.na(cus$recommend)), n_complete_items = sum(emp$n_items == 12)),
  "eng = mean of the answered items q01..q12 when >= 6 of 12 are answered, else missing; sd with n-1. promoter 9-10, passive 7-8, detractor 0-6; missing recommend is dropped from every count.", "rowMeans")

# ---------------------------------------------------------------- 1 eNPS
nps1 <- function(x) {
  s <- score(x); s <- s[!is.na(s)]; n <- length(s); pP <- mean(s == 1); pD <- mean(s == -1); pA <- mean(s == 0); d <- pP - pD
  v <- (pP + pD - d^2) / n; se <- 100 * sqrt(v); se1 <- 100 * sd(s) / sqrt(n)
  list(n = n, n_promoter = sum(s == 1), n_passive = sum(s == 0), n_detractor = sum(s == -1), p_promoter = pP, p_passive = pA, p_detractor = pD, nps = 100 * d,
       se = se, ci_low = 100 * d - Z * se, ci_high = 100 * d + Z * se, se_n1 = se1, ci_t_low = 100 * d - qt(.975, n - 1) * se1, ci_t_high = 100 * d + qt(.975, n - 1) * se1,
       adj_center = { m <- n + 3; a <- (sum(s == 1) + .75) / m; b <- (sum(s == -1) + .75) / m; 100 * (a - b) }, adj_se = 100 * sqrt((a + b - (a - b)^2) / m), ci_adj_low = 100 * (a - b) - Z * 100 * sqrt((a + b - (a - b)^2) / m), ci_adj_high = 100 * (a - b) + Z * 100 * sqrt((a + b - (a - b)^2) / m)) }
D1 <- paste("nps = 100*(pP-pD). se = 100*sqrt((pP+pD-(pP-pD)^2)/n): multinomial plug-in variance, denominator n (NOT n-1). ci = nps +/- 1.959963984540054*se, not clipped to [-100,100].",
            "se_n1 = 100*sd(score,-1/0/1; n-1)/sqrt(n) = se*sqrt(n/(n-1)); ci_t uses se_n1 and t(n-1).",
            "adj_ = adjusted Wald of Rocks (2016): n+3 in place of n, +3/4 promoters, +3/4 detractors (so +3/2 passives); the interval is centred on adj_center, the published point estimate stays nps.")
P("1.enps.overall", nps1(emp$recommend), D1, "hand; t.test")
tt <- t.test(100 * emp$sc); same("1.enps.ttest", c(tt$estimate, tt$conf.int), unlist(R[["1.enps.overall"]]$value[c("nps", "ci_t_low", "ci_t_high")]))
by <- function(f, keys) do.call(rbind, lapply(split(seq_len(nrow(emp)), emp[keys], drop = TRUE, sep = "|"), function(i) cbind(emp[i[1], keys, drop = FALSE], as.data.frame(f(emp$recommend[i])))))
P("1.enps.by_year", rec(by(nps1, "year")), D1); P("1.enps.by_sector", rec(by(nps1, "sector")), D1)
sy <- by(nps1, c("sector", "year")); P("1.enps.by_sector_year", rec(sy[order(sy$sector, sy$year), ]), D1)
P("1.nps.customers.by_year", rec(do.call(rbind, lapply(years, function(y) cbind(year = y, as.data.frame(nps1(cus$recommend[cus$year == y])))))), D1)

ok <- emp[!is.na(emp$sc), ]; ok$s100 <- 100 * ok$sc
wnps <- function(d, ids, strata = NULL, nest = FALSE) {
  des <- svydesign(ids = ids, strata = strata, weights = ~weight, data = d, nest = nest)
  m <- svymean(~s100, des); df <- degf(des); e <- as.numeric(coef(m)); s <- as.numeric(SE(m))
  list(n = nrow(d), sum_w = sum(d$weight), nps = e, se = s, ci_low = e - Z * s, ci_high = e + Z * s, df = df, ci_t_low = e - qt(.975, df) * s, ci_t_high = e + qt(.975, df) * s,
       deff_kish = nrow(d) * sum(d$weight^2) / sum(d$weight)^2, n_eff_kish = sum(d$weight)^2 / sum(d$weight^2)) }
hand_w <- function(y, w) { n <- length(y); m <- weighted.mean(y, w); c(m, sqrt(n / (n - 1) * sum((w * (y - m))^2)) / sum(w)) }
D2 <- "rows with missing recommend are dropped BEFORE svydesign. nps = weighted mean of score*100. Taylor-linearised SE of the ratio mean, with replacement: se^2 = n/(n-1) * sum(w_i^2 (y_i-m)^2)/(sum w)^2 (ids=~1, df=n-1). ci = normal z; ci_t uses df = degf(design)."
P("1.enps.weighted.srs.overall", wnps(ok, ~1), D2, "survey::svydesign(ids=~1,weights=~weight); svymean")
same("1.w.hand", unlist(R[["1.enps.weighted.srs.overall"]]$value[c("nps", "se")]), hand_w(ok$s100, ok$weight))
D3 <- "as srs, but clusters = team_id (120): z_c = sum_{i in c} w_i (y_i-m)/sum w; se^2 = C/(C-1)*sum_c (z_c - zbar)^2 (zbar = 0), df = C-1 = 119."
P("1.enps.weighted.cluster_team.overall", wnps(ok, ~team_id), D3, "survey::svydesign(ids=~team_id)")
{ m <- weighted.mean(ok$s100, ok$weight); z <- tapply(ok$weight * (ok$s100 - m), ok$team_id, sum) / sum(ok$weight); same("1.w.cluster.hand", sqrt(120 / 119 * sum((z - mean(z))^2)), R[["1.enps.weighted.cluster_team.overall"]]$value$se) }
P("1.enps.weighted.cluster_team_strata_sector.overall", wnps(ok, ~team_id, ~sector, TRUE), "clusters team_id within strata sector: se^2 = sum_h C_h/(C_h-1)*sum_c (z_hc - zbar_h)^2; df = C - H = 112.", "svydesign(ids=~team_id,strata=~sector,nest=TRUE)")
P("1.enps.weighted.cluster_employee.overall", wnps(ok, ~employee_id), "clusters = employee_id (same person answering in several years)", "svydesign(ids=~employee_id)")
{ des <- subset(svydesign(ids = ~1, weights = ~weight, data = transform(emp, s100 = 100 * sc)), !is.na(sc)); m <- svymean(~s100, des)
  P("1.enps.weighted.srs_domain.overall", list(nps = as.numeric(coef(m)), se = as.numeric(SE(m))), "VARIANT: missing recommend treated as a DOMAIN of the full sample: n/(n-1) uses the full n = 2942 (subset() after svydesign). Differs from srs in the 7th digit.", "subset(svydesign)") }
jk <- as.svrepdesign(svydesign(ids = ~team_id, weights = ~weight, data = ok), type = "JK1"); mj <- svymean(~s100, jk)
P("1.enps.weighted.cluster_team.jackknife", list(nps = as.numeric(coef(mj)), se = as.numeric(SE(mj))), "delete-one-team jackknife JK1 (remaining teams' weights scaled by C/(C-1), which cancels in a ratio): se^2 = (C-1)/C * sum_c (theta_(c) - mean(theta_(.)))^2, i.e. centred on the MEAN of the 120 replicates (survey default mse=FALSE)", "as.svrepdesign(type='JK1')")
{ th <- sapply(unique(ok$team_id), function(t) weighted.mean(ok$s100[ok$team_id != t], ok$weight[ok$team_id != t])); same("1.jk.hand", sqrt(119 / 120 * sum((th - mean(th))^2)), SE(mj)) }
wby <- function(keys, ids) { s <- split(ok, ok[keys], drop = TRUE, sep = "|"); o <- do.call(rbind, lapply(s, function(d) cbind(d[1, keys, drop = FALSE], as.data.frame(wnps(d, ids))))); o <- o[do.call(order, o[keys]), ]; rec(o) }
P("1.enps.weighted.srs.by_year", wby("year", ~1), paste(D2, "Each group filtered first (own n).")); P("1.enps.weighted.srs.by_sector", wby("sector", ~1), paste(D2, "Each group filtered first (own n)."))
P("1.enps.weighted.cluster_team.by_year", wby("year", ~team_id), paste(D3, "Each year filtered first.")); P("1.enps.weighted.cluster_team.by_sector", wby("sector", ~team_id), paste(D3, "Each sector filtered first; df = 15-1 = 14."))

dif <- function(a, b) { d <- b$nps - a$nps; s <- sqrt(a$se^2 + b$se^2); z <- d / s; list(diff = d, se = s, z = z, p = 2 * pnorm(-abs(z)), ci_low = d - Z * s, ci_high = d + Z * s) }
Y <- function(y) nps1(emp$recommend[emp$year == y])
P("1.diff.unweighted.2024_2022", dif(Y(2022), Y(2024)), "later minus earlier; independent samples: se = sqrt(se1^2+se2^2) with plug-in (n) SEs; z; p two-sided normal.", "hand")
P("1.diff.unweighted.2024_2023", dif(Y(2023), Y(2024)), "as 1.diff.unweighted.2024_2022", "hand")
P("1.diff.weighted.srs.2024_2022", dif(wnps(ok[ok$year == 2022, ], ~1), wnps(ok[ok$year == 2024, ], ~1)), "independent samples with the linearised SEs of 1.enps.weighted.srs.by_year", "hand")
cl <- svydesign(ids = ~team_id, weights = ~weight, data = ok); bb <- svyby(~s100, ~year, cl, svymean, covmat = TRUE)
cc <- svycontrast(bb, c("2022" = -1, "2024" = 1)); d <- as.numeric(coef(cc)); s <- as.numeric(SE(cc))
P("1.diff.weighted.cluster_team.2024_2022", list(diff = d, se = s, z = d / s, p_z = 2 * pnorm(-abs(d / s)), df = degf(cl), p_t = 2 * pt(-abs(d / s), degf(cl)), cov = as.numeric(vcov(bb)["2022", "2024"])),
  "teams are in both years, so covariance between years counts: linearise BOTH domain means on the pooled design with clusters team_id (C=120), V = C/(C-1)*Z'Z, se^2 = V11+V33-2*V13.", "svyby(covmat=TRUE)+svycontrast")
ok$yf <- factor(ok$year); g <- svyglm(s100 ~ yf, svydesign(ids = ~team_id, weights = ~weight, data = ok))
P("1.diff.weighted.cluster_team.svyglm", { k <- summary(g)$coefficients; list(terms = rownames(k), estimate = unname(k[, 1]), se = unname(k[, 2]), t = unname(k[, 3]), p = unname(k[, 4]), df_resid = g$df.residual) }, "s100 ~ factor(year), design-based; p uses t(df_resid = 119+1-3)", "svyglm", 1e-8)
same("1.svyglm.eq", coef(g)["yf2024"], d, 1e-8)
ce <- svydesign(ids = ~employee_id, weights = ~weight, data = ok); be <- svyby(~s100, ~year, ce, svymean, covmat = TRUE); ccE <- svycontrast(be, c("2022" = -1, "2024" = 1))
P("1.diff.weighted.cluster_employee.2024_2022", list(diff = as.numeric(coef(ccE)), se = as.numeric(SE(ccE))), "as cluster_team but clusters = employee_id (panel overlap)", "svycontrast")

# ---------------------------------------------------------------- 2 PPD x recommends_products
d2 <- emp[!is.na(emp$sc) & !is.na(emp$recommends_products), ]
d2$grp <- factor(c("detractor", "passive", "promoter")[d2$sc + 2], levels = c("detractor", "passive", "promoter"))
tb <- table(d2$grp, factor(d2$recommends_products, levels = c(0, 1))); n <- sum(tb)
wil <- function(x, n) { p <- x / n; c((p + Z^2 / (2 * n) + c(-1, 1) * Z * sqrt(p * (1 - p) / n + Z^2 / (4 * n^2))) / (1 + Z^2 / n)) }
P("2.table", lapply(split(tb, row(tb)), as.integer) |> setNames(rownames(tb)), "counts [no, yes] of recommends_products; pairwise complete rows", "table")
pr <- do.call(rbind, lapply(rownames(tb), function(g) { x <- tb[g, 2]; m <- sum(tb[g, ]); w <- wil(x, m); pt <- suppressWarnings(prop.test(x, m, correct = FALSE)$conf.int); same(paste0("2.wilson.", g), w, pt); cp <- binom.test(x, m)$conf.int
  data.frame(group = g, yes = as.integer(x), n = as.integer(m), p = x / m, wilson_low = w[1], wilson_high = w[2], clopper_low = cp[1], clopper_high = cp[2]) }))
P("2.proportions", pr, "Wilson score interval without continuity correction (prop.test(correct=FALSE)); Clopper-Pearson exact for reference", "prop.test; binom.test")
ch <- chisq.test(tb, correct = FALSE); chi <- unname(ch$statistic); r <- 3; c_ <- 2
ph <- max(0, chi / n - (r - 1) * (c_ - 1) / (n - 1)); rt <- r - (r - 1)^2 / (n - 1); ct <- c_ - (c_ - 1)^2 / (n - 1)
P("2.chi2", list(chi2 = chi, df = 2, p = ch$p.value, n = n, g_lr = { E <- ch$expected; 2 * sum(tb * log(tb / E)) }), "Pearson chi-square, no continuity correction; g_lr = likelihood-ratio G", "chisq.test(correct=FALSE)")
P("2.cramers_v", list(v = sqrt(chi / (n * min(r - 1, c_ - 1))), v_bias_corrected = sqrt(ph / min(rt - 1, ct - 1))), "v = sqrt(chi2/(n*min(r-1,c-1))); bias-corrected (Bergsma 2013): phi2=max(0,chi2/n-(r-1)(c-1)/(n-1)), r~=r-(r-1)^2/(n-1), c~ likewise, v~=sqrt(phi2/min(r~-1,c~-1))", "hand; effectsize::cramers_v(adjust=)")
same("2.cramer", c(cramers_v(tb, adjust = FALSE)[[1]], cramers_v(tb, adjust = TRUE)[[1]]), unlist(R[["2.cramers_v"]]$value), 1e-9)
orr <- function(g) { a <- tb[g, 2]; b <- tb[g, 1]; cx <- tb["passive", 2]; dx <- tb["passive", 1]; lo <- log(a * dx / (b * cx)); so <- sqrt(1 / a + 1 / b + 1 / cx + 1 / dx); lr <- log((a / (a + b)) / (cx / (cx + dx))); sr <- sqrt(b / (a * (a + b)) + dx / (cx * (cx + dx)))
  p1 <- a / (a + b); p2 <- cx / (cx + dx); w1 <- wil(a, a + b); w2 <- wil(cx, cx + dx)
  list(or = exp(lo), or_low = exp(lo - Z * so), or_high = exp(lo + Z * so), or_p = 2 * pnorm(-abs(lo / so)), rr = exp(lr), rr_low = exp(lr - Z * sr), rr_high = exp(lr + Z * sr), rr_p = 2 * pnorm(-abs(lr / sr)),
       rd = p1 - p2, rd_newcombe_low = p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), rd_newcombe_high = p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2)) }
D4 <- "yes vs no against passives. OR = ad/bc with Wald CI exp(log OR +/- z*sqrt(1/a+1/b+1/c+1/d)) (unconditional; fisher.test gives the conditional MLE, a different number). RR with Katz log CI. rd = risk difference with Newcombe hybrid-score (Wilson-based, method 10) CI. No 0.5 correction."
for (g in c("promoter", "detractor")) P(paste0("2.effects.", g, "_vs_passive"), orr(g), D4, "hand; epitools::oddsratio.wald/riskratio.wald")
eo <- oddsratio.wald(tb[c("passive", "promoter"), ])$measure[2, ]; er <- riskratio.wald(tb[c("passive", "promoter"), ])$measure[2, ]
same("2.epitools", c(eo, er), unlist(R[["2.effects.promoter_vs_passive"]]$value[c("or", "or_low", "or_high", "rr", "rr_low", "rr_high")]), 1e-9)
P("2.fisher_conditional_or.promoter_vs_passive", { f <- fisher.test(tb[c("passive", "promoter"), ]); list(or = unname(f$estimate), low = f$conf.int[1], high = f$conf.int[2], p = f$p.value) }, "conditional MLE odds ratio with exact CI - for contrast only", "fisher.test", 1e-5)
tr <- prop.trend.test(tb[, 2], rowSums(tb)); z <- { sc <- 1:3; p <- sum(tb[, 2]) / n; rs <- rowSums(tb); sb <- sum(rs * sc) / n; sum(tb[, 2] * (sc - sb)) / sqrt(p * (1 - p) * sum(rs * (sc - sb)^2)) }
P("2.cochran_armitage", list(z = z, chi2 = unname(tr$statistic), p = tr$p.value, z_n1 = z * sqrt((n - 1) / n), M2_n1 = z^2 * (n - 1) / n, p_n1 = pchisq(z^2 * (n - 1) / n, 1, lower.tail = FALSE)),
  "scores 1,2,3 = detractor,passive,promoter; z = sum x_i(s_i-sbar)/sqrt(p(1-p) sum n_i (s_i-sbar)^2): denominator n (prop.trend.test, DescTools). _n1 = Mantel linear-by-linear M2=(n-1)r^2 (coin::independence_test).", "prop.trend.test; coin::lbl_test")
same("2.ca", c(z^2), tr$statistic)
same("2.ca.coin", statistic(independence_test(recommends_products ~ as.integer(grp), data = d2, teststat = "quad")), z^2 * (n - 1) / n, 1e-9)
ds <- svydesign(ids = ~1, weights = ~weight, data = d2); sc2 <- svychisq(~grp + recommends_products, ds)
P("2.weighted_rao_scott", list(F = unname(sc2$statistic), ndf = unname(sc2$parameter[1]), ddf = unname(sc2$parameter[2]), p = unname(sc2$p.value)), "weighted 3x2 table, second-order Rao-Scott F", "svychisq(statistic='F')", 1e-7)

# ---------------------------------------------------------------- 3 reliability
X <- as.matrix(emp[emp$n_items == 12, IT]); nX <- nrow(X); k <- 12; S <- cov(X); a <- k / (k - 1) * (1 - sum(diag(S)) / sum(S))
feldt <- function(a, n, k) 1 - (1 - a) * qf(c(.975, .025), n - 1, (n - 1) * (k - 1))
P("3.alpha.listwise", list(n = nX, k = 12, alpha = a, ci_low = feldt(a, nX, k)[1], ci_high = feldt(a, nX, k)[2], alpha_standardised = { C <- cor(X); rb <- mean(C[lower.tri(C)]); k * rb / (1 + (k - 1) * rb) }, mean_inter_item_r = { C <- cor(X); mean(C[lower.tri(C)]) }),
  "complete cases on the 12 items; covariances n-1 (cancels). CI Feldt (1965): 1-(1-alpha)*F(.975|.025; n-1,(n-1)(k-1)).", "hand; psych::alpha")
pa <- suppressWarnings(psych::alpha(as.data.frame(X), check.keys = FALSE)); same("3.alpha.psych", c(pa$total$raw_alpha, pa$total$std.alpha), unlist(R[["3.alpha.listwise"]]$value[c("alpha", "alpha_standardised")]))
fe <- psych::alpha.ci(a, nX, 12); P("3.alpha.psych_ci", list(low = fe$lower.ci, high = fe$upper.ci), "psych::alpha.ci(alpha,n.obs,n.var): Feldt; pasted for comparison (psych 2.2.9)", "psych::alpha.ci")
Xp <- as.matrix(emp[emp$n_items > 0, IT]); Sp <- cov(Xp, use = "pairwise.complete.obs"); ap <- k / (k - 1) * (1 - sum(diag(Sp)) / sum(Sp))
pp <- suppressWarnings(psych::alpha(as.data.frame(Xp), check.keys = FALSE)); same("3.alpha.pairwise", pp$total$raw_alpha, ap)
P("3.alpha.pairwise", list(n = nrow(Xp), alpha = ap), "pairwise covariance matrix (psych default; pingouin nan_policy='pairwise')", "psych::alpha")
ir <- sapply(1:12, function(j) cor(X[, j], rowSums(X[, -j]))); ad <- sapply(1:12, function(j) { s <- S[-j, -j]; 11 / 10 * (1 - sum(diag(s)) / sum(s)) })
P("3.item_rest", list(items = IT, r_item_rest = ir, alpha_if_dropped = ad), "listwise; Pearson of item with the SUM of the other 11", "hand; psych::alpha item.stats r.drop")
same("3.itemrest", pa$item.stats$r.drop, ir, 1e-9); same("3.drop", pa$alpha.drop$raw_alpha, ad)
md <- paste("G =~", paste(IT, collapse = "+")); cf <- cfa(md, data = as.data.frame(X), std.lv = TRUE); L <- inspect(cf, "est")$lambda[, 1]; T <- diag(inspect(cf, "est")$theta); SG <- inspect(cf, "sampstat")$cov
P("3.omega.cfa", list(n = nX, omega_total = sum(L)^2 / (sum(L)^2 + sum(T)), omega_observed_variance = sum(L)^2 / sum(SG), loadings = unname(L), theta = unname(T), chisq = unname(fitMeasures(cf, "chisq")), df = 54, cfi = unname(fitMeasures(cf, "cfi")), rmsea = unname(fitMeasures(cf, "rmsea")), srmr = unname(fitMeasures(cf, "srmr"))),
  "one-factor CFA, ML, raw covariance (listwise), std.lv: omega = (sum lambda)^2/((sum lambda)^2+sum theta), model-implied denominator. omega_observed_variance: denominator = sum of the sample covariance matrix (lavaan's S has denominator n).", "lavaan::cfa", 1e-5)
P("3.omega.semtools", list(omega = as.numeric(compRelSEM(cf)), omega_obs_var_false = as.numeric(compRelSEM(cf, obs.var = FALSE))), "semTools::compRelSEM default obs.var=TRUE = omega_observed_variance; obs.var=FALSE = omega_total", "semTools", 1e-6)
fa1 <- factanal(X, 1); l <- fa1$loadings[, 1]; u <- fa1$uniquenesses
P("3.omega.factanal_correlation", list(omega = sum(l)^2 / (sum(l)^2 + sum(u)), loadings = unname(l)), "one-factor ML on the CORRELATION matrix (standardised omega)", "factanal", 1e-5)
om <- suppressWarnings(suppressMessages(fa(X, 1, fm = "minres"))); P("3.omega.minres_correlation", list(omega = sum(om$loadings)^2 / (sum(om$loadings)^2 + sum(om$uniquenesses))), "one-factor minres on the correlation matrix (what pingouin/factor_analyzer-style code gives)", "psych::fa(fm='minres')", 1e-5)

# ---------------------------------------------------------------- 4 aggregation
iccs <- function(y, g) { k_ <- !is.na(y); y <- y[k_]; g <- factor(g[k_]); a <- aov(y ~ g); s <- summary(a)[[1]]; N <- length(y); K <- nlevels(g); ni <- table(g); kb <- N / K; k0 <- (N - sum(ni^2) / N) / (K - 1); MB <- s[1, 3]; MW <- s[2, 3]
  i1 <- function(k) (MB - MW) / (MB + (k - 1) * MW); same(paste0("4.icc.", N), c(ICC1(a), ICC2(a)), c(i1(kb), (MB - MW) / MB))
  Fv <- MB / MW; d1 <- K - 1; d2 <- N - K; fl <- Fv / qf(.975, d1, d2); fu <- Fv * qf(.975, d2, d1)
  list(n = N, groups = K, k_mean = kb, k0 = k0, ms_between = MB, ms_within = MW, F = Fv, df1 = d1, df2 = d2, p = pf(Fv, d1, d2, lower.tail = FALSE), icc1_kmean = i1(kb), icc1_k0 = i1(k0), icc2 = (MB - MW) / MB,
       icc1_k0_low = (fl - 1) / (fl + k0 - 1), icc1_k0_high = (fu - 1) / (fu + k0 - 1), icc2_low = 1 - 1 / fl, icc2_high = 1 - 1 / fu, eta2 = s[1, 2] / sum(s[, 2]),
       icc1_reml = { v <- as.data.frame(VarCorr(lme4::lmer(y ~ 1 + (1 | g)))); v$vcov[1] / sum(v$vcov) }) }
D5 <- "one-way ANOVA. icc1_kmean uses k = N/K (multilevel::ICC1); icc1_k0 uses k0 = (N - sum n_i^2/N)/(K-1) (Searle; psychometric packages / Bliese correction). icc2 = (MSB-MSW)/MSB = reliability of team means at average size. CI from F (exact only for balanced data). icc1_reml = lme4 variance components."
P("4.icc.engagement_2024", iccs(emp$eng[emp$year == 2024], emp$team_id[emp$year == 2024]), D5, "multilevel::ICC1/ICC2; lme4", 1e-8)
P("4.icc.engagement_pooled", iccs(emp$eng, emp$team_id), D5, "", 1e-8); P("4.icc.customer_recommend_pooled", iccs(cus$recommend, cus$team_id), D5, "", 1e-8)
e24 <- emp[emp$year == 2024, ]; w1 <- rwg(e24$q01, e24$team_id, 2); wj <- rwg.j(e24[, IT], e24$team_id, 2); am <- ad.m(e24$q01, e24$team_id, "mean"); amd <- ad.m(e24$q01, e24$team_id, "median")
P("4.rwg.q01_2024", list(team = w1$grpid, rwg = w1$rwg, n = w1$gsize, mean = mean(w1$rwg, na.rm = TRUE), median = median(w1$rwg, na.rm = TRUE)), "rwg = 1 - s^2/2 with s^2 of n-1, uniform null (5^2-1)/12 = 2; s^2 > 2 is set to 2 (rwg floored at 0); team of 1 -> null", "multilevel::rwg")
P("4.rwgj.items_2024", list(team = wj$grpid, rwgj = wj$rwg.j, n = wj$gsize, mean = mean(wj$rwg.j, na.rm = TRUE), median = median(wj$rwg.j, na.rm = TRUE), share_ge_070 = mean(wj$rwg.j >= .70, na.rm = TRUE)), "rwg(j) = J(1-S/2)/(J(1-S/2)+S/2), S = mean item variance (n-1) over complete-case rows of the team, floored at 0; J = 12", "multilevel::rwg.j")
P("4.ad.q01_2024", list(team = am$grpid, ad_mean = am$AD.M, ad_median = amd$AD.M, mean_ad_mean = mean(am$AD.M, na.rm = TRUE), mean_ad_median = mean(amd$AD.M, na.rm = TRUE)), "average absolute deviation from the team mean / team median, denominator n; cut-off for 5 options A/6 = 0.83", "multilevel::ad.m")

# ---------------------------------------------------------------- 5 team level
mean_by <- function(x, g) tapply(x, factor(g, levels = teams), mean, na.rm = TRUE); cnt <- function(x, g) tapply(!is.na(x), factor(g, levels = teams), sum)
T5 <- data.frame(team_id = teams, sector = emp$sector[match(teams, emp$team_id)], ex = mean_by(emp$eng, emp$team_id), n_emp = cnt(emp$eng, emp$team_id), nps = 100 * mean_by(cus$sc, cus$team_id), n_cus = cnt(cus$sc, cus$team_id),
  enps = 100 * mean_by(emp$sc, emp$team_id), csat = mean_by(cus$csat, cus$team_id), ces = mean_by(cus$ces, cus$team_id), crec = mean_by(cus$recommend, cus$team_id), absence = mean_by(emp$absence_days, emp$team_id), turnover = mean_by(emp$left_company, emp$team_id))
pu <- uni[!is.na(uni$profit), ]; sm <- function(v, g) tapply(v, factor(g, levels = teams), sum)
T5$margin <- 100 * sm(pu$profit, pu$team_id) / sm(pu$revenue, pu$team_id); T5$rev_head <- sm(uni$revenue, uni$team_id) / sm(uni$headcount, uni$team_id); T5$complaints_1000 <- 1000 * sm(uni$complaints, uni$team_id) / sm(uni$transactions, uni$team_id)
T5[] <- lapply(T5, function(v) if (is.array(v)) as.vector(v) else v)
P("5.team_table", T5, "one row per team, 3 years pooled. ex = mean of eng; nps/enps = 100*mean(-1/0/1); margin = 100*sum(profit)/sum(revenue) over unit-years with profit present; rev_head = sum(revenue)/sum(headcount); complaints_1000 = 1000*sum(complaints)/sum(transactions); absence, turnover = plain means of employee rows", "tapply")
pc <- cor.test(T5$ex, T5$nps); r <- unname(pc$estimate); N <- 120
P("5.pearson.ex_nps", list(n = N, r = r, t = unname(pc$statistic), df = 118, p = pc$p.value, ci_low = pc$conf.int[1], ci_high = pc$conf.int[2], r_adj_pingouin = sqrt(1 - (1 - r^2) * (N - 1) / (N - 3))), "Pearson; CI tanh(atanh r +/- z/sqrt(n-3)); r_adj = sqrt of adjusted r2 with 2 predictors as pingouin writes it", "cor.test")
rs <- unname(suppressWarnings(cor.test(T5$ex, T5$nps, method = "spearman", exact = FALSE))$estimate); tS <- rs * sqrt((N - 2) / (1 - rs^2)); ci <- function(se) tanh(atanh(rs) + c(-1, 1) * Z * se)
P("5.spearman.ex_nps", list(n = N, rho = rs, p_t = 2 * pt(-abs(tS), N - 2), p_R = suppressWarnings(cor.test(T5$ex, T5$nps, method = "spearman", exact = FALSE))$p.value, ci_fisher_low = ci(1 / sqrt(N - 3))[1], ci_fisher_high = ci(1 / sqrt(N - 3))[2],
  ci_bonett_wright_low = ci(sqrt((1 + rs^2 / 2) / (N - 3)))[1], ci_bonett_wright_high = ci(sqrt((1 + rs^2 / 2) / (N - 3)))[2], ci_fieller_low = ci(sqrt(1.06 / (N - 3)))[1], ci_fieller_high = ci(sqrt(1.06 / (N - 3)))[2]),
  "midranks then Pearson; p_t: t(n-2) (scipy.stats.spearmanr; R exact=FALSE also uses this). Three CIs on the atanh scale: se 1/sqrt(n-3) (pingouin), sqrt((1+rho^2/2)/(n-3)) Bonett-Wright (recommended), sqrt(1.06/(n-3)) Fieller.", "cor.test(method='spearman')")
kt <- suppressWarnings(cor.test(T5$ex, T5$nps, method = "kendall", exact = FALSE)); P("5.kendall.ex_nps", list(tau_b = unname(kt$estimate), p = kt$p.value), "tau-b; R p from normal approx with tie-corrected variance (no continuity)", "cor.test(method='kendall')", 1e-8)
rx <- R[["4.icc.engagement_pooled"]]$value$icc2; ry <- iccs(cus$sc, cus$team_id)$icc2
P("5.attenuation.ex_nps", list(rxx = rx, ryy = ry, r_corrected = r / sqrt(rx * ry), ci_low = pc$conf.int[1] / sqrt(rx * ry), ci_high = pc$conf.int[2] / sqrt(rx * ry)), "r/sqrt(rxx*ryy), rxx = ICC(2) of eng pooled, ryy = ICC(2) of customer -1/0/1 score pooled; CI = observed CI ends divided by the same constant (reliabilities taken as known; may exceed 1, not clipped)", "hand; psychmeta::correct_r")
e1 <- resid(lm(ex ~ sector, T5)); e2 <- resid(lm(nps ~ sector, T5)); rp <- cor(e1, e2); g_ <- 7; tp <- rp * sqrt((N - 2 - g_) / (1 - rp^2)); cip <- tanh(atanh(rp) + c(-1, 1) * Z / sqrt(N - g_ - 3))
P("5.partial.ex_nps_given_sector", list(n = N, r = rp, df = N - 2 - g_, t = tp, p = 2 * pt(-abs(tp), N - 2 - g_), ci_low = cip[1], ci_high = cip[2]), "residual correlation after 7 sector dummies; df = n-2-7; CI atanh with 1/sqrt(n-7-3)", "lm residuals")
ml <- summary(lm(nps ~ ex + sector, T5))$coefficients["ex", ]; same("5.partial.t", tp, ml[3]); P("5.ols.nps_on_ex_sector", list(b = ml[[1]], se = ml[[2]], t = ml[[3]], p = ml[[4]]), "OLS slope of team nps on ex with sector dummies", "lm")
bs <- do.call(rbind, lapply(sectors, function(s) { q <- cor.test(~ ex + nps, T5[T5$sector == s, ]); data.frame(sector = s, n = 15L, r = unname(q$estimate), p = q$p.value, ci_low = q$conf.int[1], ci_high = q$conf.int[2]) }))
fz <- (atanh(bs$r[1]) - atanh(bs$r[6])) / sqrt(1 / 12 + 1 / 12); P("5.fisher_z_difference.banking_retail", list(z = fz, p = 2 * pnorm(-abs(fz))), "(atanh r1 - atanh r2)/sqrt(1/(n1-3)+1/(n2-3))", "hand")
CM <- T5[, c("ex", "enps", "nps", "csat", "ces", "margin", "complaints_1000", "absence", "turnover")]; P("5.correlation_matrix", list(vars = names(CM), pearson = unname(cor(CM)), spearman = unname(cor(CM, method = "spearman"))), "team level, n=120, no missing", "cor")
set.seed(1); br <- apply(bix, 1, function(i) cor(T5$ex[i], T5$nps[i])); P("5.bootstrap.pearson_fixed_index", list(B = 2000, mean = mean(br), se = sd(br), ci_low = unname(quantile(br, .025)), ci_high = unname(quantile(br, .975))), "resamples given row by row in bootstrap_index_120x2000.csv (0-based positions in the team list sorted by team_id); se n-1; percentile CI with quantile type 7 (numpy 'linear')", "quantile(type=7)")

# ---------------------------------------------------------------- 6 quartiles
Q <- quantile(T5$ex, c(.25, .5, .75), type = 7); T5$q <- 1L + (T5$ex > Q[1]) + (T5$ex > Q[2]) + (T5$ex > Q[3])
P("6.quartile_cuts", list(q1 = Q[[1]], q2 = Q[[2]], q3 = Q[[3]], n = as.integer(table(T5$q))), "quantile type 7 of team ex; group 1: x<=q1, 2: <=q2, 3: <=q3, 4: >q3", "quantile(type=7)")
Jx <- function(m) exp(lgamma(m / 2) - lgamma((m - 1) / 2) - log(m / 2) / 2)
for (o in c("nps", "margin", "complaints_1000")) {
  x <- T5[[o]][T5$q == 4]; y <- T5[[o]][T5$q == 1]; w <- t.test(x, y); st <- t.test(x, y, var.equal = TRUE); n1 <- length(x); n2 <- length(y); sp <- sqrt(((n1 - 1) * var(x) + (n2 - 1) * var(y)) / (n1 + n2 - 2)); dd <- (mean(x) - mean(y)) / sp; J <- Jx(n1 + n2 - 2); Ja <- 1 - 3 / (4 * (n1 + n2) - 9); gg <- dd * J
  hg <- hedges_g(x, y); same(paste0("6.hedges.", o), hg[[1]], gg, 1e-8); seg <- sqrt((n1 + n2) / (n1 * n2) + gg^2 / (2 * (n1 + n2)))
  lr <- if (mean(x) > 0 && mean(y) > 0) log(mean(x) / mean(y)) else NA; slr <- suppressWarnings(sqrt(var(x) / (n1 * mean(x)^2) + var(y) / (n2 * mean(y)^2)))
  P(paste0("6.top_bottom.", o), list(n_top = n1, n_bottom = n2, mean_top = mean(x), mean_bottom = mean(y), sd_top = sd(x), sd_bottom = sd(y), diff = mean(x) - mean(y), t_welch = unname(w$statistic), df_welch = unname(w$parameter), p_welch = w$p.value, ci_low = w$conf.int[1], ci_high = w$conf.int[2], t_student = unname(st$statistic), p_student = st$p.value,
    pct_diff = 100 * (mean(x) - mean(y)) / abs(mean(y)), pct_log_low = if (is.finite(lr)) 100 * (exp(lr - Z * slr) - 1) else NA, pct_log_high = if (is.finite(lr)) 100 * (exp(lr + Z * slr) - 1) else NA,
    cohen_d = dd, hedges_g = gg, hedges_g_approx = dd * Ja, g_ci_nct_low = hg$CI_low, g_ci_nct_high = hg$CI_high, g_ci_norm_low = gg - Z * seg, g_ci_norm_high = gg + Z * seg, mwu_U = unname(suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = FALSE)$statistic)), mwu_p_nocorrect = suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = FALSE)$p.value), mwu_p_correct = suppressWarnings(wilcox.test(x, y, exact = FALSE)$p.value)),
    "top = quartile 4, bottom = quartile 1 of team ex. Welch t, Satterthwaite df. pct_diff = 100*(top-bottom)/|bottom|. pct_log CI = delta method on log(mean_top/mean_bottom), var = s1^2/(n1 m1^2)+s2^2/(n2 m2^2), null where a mean <= 0. cohen_d pooled SD (n-1). hedges_g exact J = G(m/2)/(G((m-1)/2) sqrt(m/2)), m=n1+n2-2; _approx J = 1-3/(4(n1+n2)-9) (pingouin). g_ci_nct = effectsize noncentral-t CI; g_ci_norm = g +/- z*sqrt((n1+n2)/(n1n2)+g^2/(2(n1+n2))).", "t.test; effectsize::hedges_g; wilcox.test", 1e-7)
  z <- T5[[o]]; kw <- kruskal.test(z, T5$q); H <- unname(kw$statistic); av <- summary(aov(z ~ factor(T5$q)))[[1]]; jt <- suppressWarnings(jonckheere.test(z, T5$q)); JTs <- 0; for (i in 1:3) for (j in (i + 1):4) JTs <- JTs + sum(outer(z[T5$q == i], z[T5$q == j], function(a, b) (a < b) + .5 * (a == b)))
  same(paste0("6.jt.", o), jt$statistic, JTs); ni <- as.numeric(table(T5$q)); n <- sum(ni); mu <- (n^2 - sum(ni^2)) / 4; v0 <- (n^2 * (2 * n + 3) - sum(ni^2 * (2 * ni + 3))) / 72; ti <- as.numeric(table(z))
  vt <- (n * (n - 1) * (2 * n + 5) - sum(ni * (ni - 1) * (2 * ni + 5)) - sum(ti * (ti - 1) * (2 * ti + 5))) / 72 + sum(ni * (ni - 1) * (ni - 2)) * sum(ti * (ti - 1) * (ti - 2)) / (36 * n * (n - 1) * (n - 2)) + sum(ni * (ni - 1)) * sum(ti * (ti - 1)) / (8 * n * (n - 1))
  set.seed(42); B <- 20000; pj <- replicate(B, { zz <- sample(z); r_ <- rank(zz); s_ <- 0; for (i in 1:3) { a_ <- zz[T5$q == i]; b_ <- zz[T5$q > i]; rr <- rank(c(b_, a_)); s_ <- s_ + length(a_) * length(b_) - (sum(rr[(length(b_) + 1):(length(b_) + length(a_))]) - length(a_) * (length(a_) + 1) / 2) }; s_ })
  P(paste0("6.trend.", o), list(JT = JTs, mean0 = mu, var0 = v0, var_ties = vt, z = (JTs - mu) / sqrt(vt), p = 2 * pnorm(-abs((JTs - mu) / sqrt(vt))), z_no_ties = (JTs - mu) / sqrt(v0), p_clinfun = jt$p.value, p_perm_20000 = (1 + sum(abs(pj - mu) >= abs(JTs - mu) - 1e-9)) / (B + 1), perm_mc_se = { q <- mean(abs(pj - mu) >= abs(JTs - mu) - 1e-9); sqrt(max(q * (1 - q), 1e-9) / B) }, tie_groups = sum(ti > 1),
    kw_H = H, kw_df = 3, kw_p = kw$p.value, kw_epsilon2 = H / (n - 1), kw_eta2_H = (H - 3) / (n - 4), anova_F = av[1, 4], anova_p = av[1, 5], anova_eta2 = av[1, 2] / sum(av[, 2])),
    "JT = sum over i<j of #(x_i<x_j)+0.5 ties, groups 1..4 by quartile; mean0=(n^2-sum n_i^2)/4; var0 no-ties; var_ties Hollander-Wolfe; p two-sided normal without continuity. clinfun uses var0. Permutation p two-sided |JT-mean0| with +1 rule (seed 42, tolerance 4 MC SE). KW with tie correction; epsilon2=H/(n-1); eta2_H=(H-k+1)/(n-k)", "clinfun::jonckheere.test; kruskal.test; aov", 1e-9) }

for (o in c("nps", "margin")) { w <- oneway.test(T5[[o]] ~ factor(T5$q)); P(paste0("6.welch_anova.", o), list(F = unname(w$statistic), df1 = unname(w$parameter[1]), df2 = unname(w$parameter[2]), p = w$p.value), "Welch heteroscedastic one-way ANOVA over the 4 quartile groups", "oneway.test") }
# ---------------------------------------------------------------- 10 mediation
f1 <- lm(csat ~ ex, T5); f2 <- lm(margin ~ csat + ex, T5); f3 <- lm(margin ~ ex, T5); a <- coef(f1)[[2]]; b <- coef(f2)[[2]]; sa <- summary(f1)$coefficients[2, 2]; sb <- summary(f2)$coefficients[2, 2]
P("10.mediation.team_ex_csat_margin", list(n = N, a = a, b = b, c_total = coef(f3)[[2]], c_prime = coef(f2)[[3]], ab = a * b, ab_std = a * b * sd(T5$ex) / sd(T5$margin), se_a = sa, se_b = sb, sobel_se = sqrt(a^2 * sb^2 + b^2 * sa^2)), "OLS: m~x (a); y~m+x (b, c'); y~x (c); 120 teams: x = ex, m = csat, y = margin", "lm")
bo <- apply(bix, 1, function(i) { x <- T5$ex[i]; m <- T5$csat[i]; y <- T5$margin[i]; cov(x, m) / var(x) * solve(cov(cbind(m, x)), cov(cbind(m, x), y))[1] })
P("10.bootstrap.fixed_index", list(ab_mean = mean(bo), ab_se = sd(bo), pct_low = unname(quantile(bo, .025)), pct_high = unname(quantile(bo, .975))), "a*b on the given resamples; quantiles type 7", "quantile(type=7)")

# ---------------------------------------------------------------- 11 mixed models
cm <- merge(cus[!is.na(cus$recommend), ], T5[, c("team_id", "ex")], by = "team_id", sort = FALSE); cm <- cm[order(cm$customer_id), ]; cm$ex_c <- cm$ex - mean(T5$ex); cm$yf <- factor(cm$year); cm$sf <- factor(cm$sector, levels = sectors)
lmo <- function(f, REML) { m <- lmerTest::lmer(f, cm, REML = REML, control = lmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e6, rhoend = 1e-9))); s <- summary(m)$coefficients; v <- as.data.frame(VarCorr(m)); list(terms = I(rownames(s)), estimate = I(unname(s[, 1])), se = I(unname(s[, 2])), df_satterthwaite = unname(s[, 3]), t = unname(s[, 4]), p = unname(s[, 5]), var_team = v$vcov[1], var_resid = v$vcov[2], icc = v$vcov[1] / sum(v$vcov), logLik = as.numeric(logLik(m)), n = nobs(m), groups = 120) }
D9 <- "customer recommend (0-10) ~ ex_c + (1|team_id); ex_c = team ex minus the unweighted mean of the 120 team ex. Satterthwaite df (lmerTest). statsmodels MixedLM gives z-tests (normal p). Tolerance 1e-5 relative for REML optimiser."
P("11.lmer.ex.reml", lmo(recommend ~ ex_c + (1 | team_id), TRUE), D9, "lmerTest::lmer(REML=TRUE)", 1e-5); P("11.lmer.ex.ml", lmo(recommend ~ ex_c + (1 | team_id), FALSE), D9, "lmer(REML=FALSE)", 1e-5)
P("11.lmer.ex_year_sector.reml", lmo(recommend ~ ex_c + yf + sf + (1 | team_id), TRUE), paste(D9, "plus factor(year) (base 2022) and factor(sector) (base Banking)"), "lmer", 1e-5)
nl <- lmo(recommend ~ 1 + (1 | team_id), TRUE); P("11.lmer.null.reml", nl, "null model", "lmer", 1e-5)

# ---------------------------------------------------------------- 12 cross-lagged panel
wide <- data.frame(team_id = teams); for (y in years) { wide[[paste0("ex", y - 2000)]] <- as.vector(tapply(emp$eng[emp$year == y], factor(emp$team_id[emp$year == y], levels = teams), mean, na.rm = TRUE)); wide[[paste0("cx", y - 2000)]] <- as.vector(tapply(cus$recommend[cus$year == y], factor(cus$team_id[cus$year == y], levels = teams), mean, na.rm = TRUE)) }
wide[is.na(wide)] <- NA
stdlm <- function(y, xs) { d <- wide[complete.cases(wide[, c(y, xs)]), c(y, xs)]; z <- as.data.frame(scale(d)); f <- lm(reformulate(xs, y), z); s <- summary(f)$coefficients; list(n = nrow(d), outcome = y, predictors = xs, beta = unname(s[-1, 1]), se = unname(s[-1, 2]), p = unname(s[-1, 4]), r2 = summary(f)$r.squared, b_raw = unname(coef(lm(reformulate(xs, y), d))[-1])) }
D10 <- "z-scores (sd n-1) on the rows complete for THAT equation, OLS"
for (p in list(c(22, 23), c(23, 24))) { P(sprintf("12.clpm_lm.cx%d", p[2]), stdlm(paste0("cx", p[2]), paste0(c("ex", "cx"), p[1])), D10, "lm(scale)"); P(sprintf("12.clpm_lm.ex%d", p[2]), stdlm(paste0("ex", p[2]), paste0(c("ex", "cx"), p[1])), D10, "lm(scale)") }
sem12 <- function(mod, miss, data = wide) { f <- suppressWarnings(sem(mod, data, missing = miss, fixed.x = FALSE, meanstructure = TRUE)); s <- standardizedSolution(f); u <- parameterEstimates(f); k <- s$op == "~"; list(n = lavInspect(f, "nobs"), converged = lavInspect(f, "converged"), path = paste(s$lhs[k], "~", s$rhs[k]), std = s$est.std[k], std_se = s$se[k], est = u$est[u$op == "~"], se = u$se[u$op == "~"], p = u$pvalue[u$op == "~"], fit = tryCatch(as.list(fitMeasures(f, c("chisq", "df", "cfi", "rmsea", "logl"))), error = function(e) NULL)) }
m2w <- "cx24 ~ ex23 + cx23\n ex24 ~ ex23 + cx23\n cx24 ~~ ex24\n ex23 ~~ cx23"
P("12.lavaan.2wave.listwise", sem12(m2w, "listwise"), "two-wave CLPM 2023->2024, ML, listwise over all four variables (point estimates equal lm on those rows)", "lavaan::sem", 1e-5); P("12.lavaan.2wave.fiml", sem12(m2w, "fiml"), "same, full-information ML; observed information SEs; standardised by model-implied SDs", "lavaan::sem(missing='fiml')", 1e-5)
ri <- "RX =~ 1*ex22+1*ex23+1*ex24\n RY =~ 1*cx22+1*cx23+1*cx24\n wx1 =~ 1*ex22\n wx2 =~ 1*ex23\n wx3 =~ 1*ex24\n wy1 =~ 1*cx22\n wy2 =~ 1*cx23\n wy3 =~ 1*cx24\n wx2 ~ c*wx1+d*wy1\n wy2 ~ a*wx1+b*wy1\n wx3 ~ c*wx2+d*wy2\n wy3 ~ a*wx2+b*wy2\n wx1~~wy1\n wx2~~wy2\n wx3~~wy3\n RX~~RX\n RY~~RY\n RX~~RY\n wx1~~wx1\n wx2~~wx2\n wx3~~wx3\n wy1~~wy1\n wy2~~wy2\n wy3~~wy3\n RX~~0*wx1+0*wy1\n RY~~0*wx1+0*wy1\n ex22~~0*ex22\n ex23~~0*ex23\n ex24~~0*ex24\n cx22~~0*cx22\n cx23~~0*cx23\n cx24~~0*cx24\n ex22~1\n ex23~1\n ex24~1\n cx22~1\n cx23~1\n cx24~1"
rif <- try(suppressWarnings(lavaan(ri, wide, missing = "fiml", meanstructure = TRUE)), silent = TRUE)
if (!inherits(rif, "try-error")) { u <- parameterEstimates(rif); P("12.riclpm_equal.fiml", list(converged = lavInspect(rif, "converged"), admissible = suppressWarnings(lavInspect(rif, "post.check")), path = paste(u$lhs, "~", u$rhs)[u$op == "~"], est = u$est[u$op == "~"], se = u$se[u$op == "~"]), "random-intercept CLPM (Hamaker 2015), equal lags; reference only (T=3, n=120: check admissible)", "lavaan", 1e-4) }

# ---------------------------------------------------------------- 13 p-value adjustment
P("13.p_adjust", c(list(p = pvs$p), sapply(c("bonferroni", "holm", "hochberg", "hommel", "BH", "BY"), function(m) p.adjust(pvs$p, m), simplify = FALSE)), "R p.adjust on the 20 p-values in file order", "p.adjust", 1e-12)
px <- pvs$p; px[c(3, 8)] <- NA; P("13.p_adjust_with_missing", list(missing_index_0based = c(2, 7), holm = p.adjust(px, "holm"), BH = p.adjust(px, "BH")), "entries 3 and 8 (1-based) missing: R uses n = number of non-missing", "p.adjust", 1e-12)
# ---------------------------------------------------------------- 14 quantiles
ex <- tapply(emp$eng, emp$team_id, mean, na.rm = TRUE)
sp <- quantile(ex, c(0, .1, .25, .5, .75, .9, 1), type = 7); P("14.quantiles_type7", as.list(setNames(unname(sp), c("p0", "p10", "p25", "p50", "p75", "p90", "p100"))), "mean engagement of 120 teams, three years pooled; type 7", "quantile")

# ---------------------------------------------------------------- write
num17 <- function(x) {                     # doubles -> "@N@<17 significant digits>"; unquoted after toJSON (jsonlite alone stops at 15)
  if (is.data.frame(x)) { for (v in names(x)) x[[v]] <- num17(x[[v]]); return(x) }
  if (is.list(x)) { n <- names(x); x <- lapply(unclass(x), num17); names(x) <- n; return(x) }
  if (is.double(x)) { asis <- inherits(x, "AsIs"); d <- dim(x); n <- names(x); v <- as.numeric(x); y <- ifelse(is.finite(v), paste0("@N@", trimws(formatC(v, digits = 17, format = "g", width = 1))), NA_character_)
    if (!is.null(d)) dim(y) <- d else if (!is.null(n)) names(y) <- NULL; return(if (asis) I(y) else y) }
  if (is.character(x) && !inherits(x, "AsIs")) return(as.vector(x)); x }
js <- toJSON(num17(R), auto_unbox = TRUE, na = "null", null = "null", dataframe = "rows", pretty = 1)   # 17 significant digits: jsonlite alone stops at 15
js <- gsub('"@N@([^"]*)"', '\\1', js, perl = TRUE)
writeLines(js, "expected.json"); cat(length(R), "oracles;", sum(sapply(CHECK, `[[`, "ok")), "of", length(CHECK), "internal checks ok\n")
