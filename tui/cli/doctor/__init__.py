"""Looking for what is wrong with a terminal, a machine, or the way to the gateway."""
