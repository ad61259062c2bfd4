"""Everything with an effect: network, disk, processes, time."""
