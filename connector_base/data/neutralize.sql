-- A copied database talks to no platform: no secrets, no connections, no waiting work, other webhook addresses
UPDATE integration_credential
   SET ciphertext = NULL, previous_ciphertext = NULL, previous_until = NULL, hint = NULL, expires_at = NULL;
UPDATE integration_connect SET secrets = NULL;
UPDATE integration_backend SET webhook_token = replace(gen_random_uuid()::text, '-', '');
UPDATE integration_backend
   SET active = false, state = 'disconnected', state_message = NULL, debug_until = NULL
 WHERE state IN ('connected', 'error');
UPDATE queue_job
   SET state = 'cancelled', date_cancelled = now() AT TIME ZONE 'utc'
 WHERE state IN ('pending', 'enqueued', 'started', 'wait_dependencies');
DELETE FROM integration_change;
