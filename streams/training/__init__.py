"""Learning from a centre's own labels; what is learned is applied by processors.classification."""
