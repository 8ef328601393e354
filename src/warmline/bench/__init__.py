"""What the design promises, measured: engine, live feed and crashes; run by `warmline bench`."""
