"""What pages and metrics see of a running engine: tallies kept as it runs, and readings of them."""
