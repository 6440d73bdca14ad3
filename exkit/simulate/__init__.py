"""Made-up studies with a known truth: the sample study, and small ones to test statistics with."""
