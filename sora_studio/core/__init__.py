"""Values and pure functions: time, request, tasks, clip, timeline, project, capabilities, errors."""
