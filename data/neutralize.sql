-- A copy of production reaches no accounting system, by itself or by hand, and keeps no secret.
UPDATE ledger_connector
   SET auto_sync = false, next_run = NULL, host = NULL, username = NULL, host_key = NULL, host_key_shown = NULL,
       password = NULL, private_key = NULL, passphrase = NULL;

-- What was to be tried again, or was interrupted, is not carried on; Odoo itself switches the jobs off.
UPDATE ledger_run SET retry_on = NULL WHERE retry_on IS NOT NULL;
UPDATE ledger_run
   SET date_end = now() AT TIME ZONE 'UTC', step = NULL
 WHERE date_end IS NULL;
DELETE FROM ir_cron_trigger WHERE cron_id IN (SELECT cron_id FROM ledger_connector);

-- The monitoring of production doesn't take the copy for it.
DELETE FROM ir_config_parameter WHERE key = 'utility_billing_sync.monitoring_key';

-- Nor does it fetch, or move, files of remote readings.
UPDATE utility_telemetry_source
   SET auto_fetch = false, next_run = NULL, host = NULL, username = NULL, host_key = NULL, host_key_shown = NULL,
       password = NULL, private_key = NULL, passphrase = NULL;
