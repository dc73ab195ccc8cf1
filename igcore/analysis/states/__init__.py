"""States: what begins after the start of treatment, and may end. One module for each; see `listed`."""
