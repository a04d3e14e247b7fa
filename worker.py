"""The background worker: `python -m worker`. Takes jobs from the queue and looks at the clocks every minute."""

from __future__ import annotations

import logging

from huey.consumer import Consumer

from app import serving_app
from services.jobs import JobQueue
from serving.lifeline import tell_ready


def main() -> None:
    """Run until SIGTERM; the job in hand is finished first."""
    app = serving_app()
    logging.getLogger("huey").setLevel(logging.WARNING)
    jobs: JobQueue = app.extensions["jobs"]
    consumer = Consumer(
        jobs.huey, workers=1, periodic=True, max_delay=2.0, flush_locks=True, graceful_signal="TERM"
    )
    jobs.schedule_minutely()
    tell_ready()
    consumer.run()


if __name__ == "__main__":
    main()
