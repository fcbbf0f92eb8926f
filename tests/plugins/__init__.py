"""Parts of the test run that are no tests: who runs what, on which processor, and what each kind of test costs."""
