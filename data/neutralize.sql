-- A copy of production reaches no accounting system, by itself or by hand, and keeps no secret.
UPDATE ledger_connector
   SET auto_sync = false, next_run = NULL, host = NULL, username = NULL, host_key = NULL, host_key_shown = NULL,
       password = NULL, private_key = NULL, passphrase = NULL;
