"""Plan, queue and worker process: a Request becomes windows, an engine in a process of its own makes them."""
