"""Work that a request does not wait for: a queue, and the handlers that the worker process runs."""

from services.jobs.queue import JobContext, JobQueue, handler

__all__ = ["JobContext", "JobQueue", "handler"]
