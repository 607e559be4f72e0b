"""Where a learner's code runs: the walls, the kernels behind them, and the lines to these."""
