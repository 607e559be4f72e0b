"""Properties are tested on the same cases every time, so that a failure is never luck."""

from hypothesis import settings

settings.register_profile("course", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("course")
