from . import (
    test_credential,
    test_cursor,
    test_sync_job,
    test_sync_job_errors,
    test_webhook,
    test_webhook_drain,
)
