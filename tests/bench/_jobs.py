"""Sync jobs run to their end in this process, as a worker does: a transaction per page, the chain followed."""

import time


def run_page(bench, job_id):
    """Run the waiting queue job of a sync job once; one that can't work now is left for when it says."""
    from odoo.addons.connector_base.tests.common import run_queue_job  # noqa: PLC0415
    from odoo.addons.queue_job.exception import RetryableJobError  # noqa: PLC0415

    with bench.environment() as env:
        try:
            run_queue_job(env["sync.job"].browse(job_id))
        except RetryableJobError as error:
            env.cr.rollback()
            time.sleep(error.seconds)


def run(bench, backend_id, operation, before=None, after_page=None):
    """Run the job of `operation` that waits, or a new one, to its end; return (seconds since it began, its pages).

    :param before: a function called when the first page is about to begin
    :param after_page: a function called with the number of items done after each page
    """
    with bench.environment() as env:
        backend = env["integration.backend"].browse(backend_id)
        job_id = backend._enqueue(operation, identity_key=f"{operation}:{backend_id}").id
    started, pages = 0.0, 0
    while True:
        with bench.environment() as env:
            job = env["sync.job"].browse(job_id)
            state, done = job.state, job.items_done
            wait = (job.eta - env.cr.now()).total_seconds() if job.eta else 0
        if pages and after_page:
            after_page(done)
        if state != "pending":
            break
        if wait > 0:
            time.sleep(min(wait, 1.0))
            continue
        if not pages:
            started = time.monotonic()
            if before:
                before()
        pages += 1
        run_page(bench, job_id)
    if state != "done":
        raise SystemExit(f"{operation}: {state}")
    return time.monotonic() - started, pages
