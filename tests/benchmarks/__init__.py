"""The benchmarks run and tell what they say they tell; how fast anything is, no test says."""
