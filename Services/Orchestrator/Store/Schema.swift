import GRDB

/// The tables, in the order in which they came. A migration that has been released is never changed.
///
/// Times are milliseconds since 1970. JSON columns hold what the contracts call by the same name; secrets within them
/// are sealed with the storage key.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 the main job") { try $0.execute(sql: mainJob) }
        migrator.registerMigration("2 results that expire") { try $0.execute(sql: expiringResults) }
        migrator.registerMigration("3 notices and polls") { database in
            try database.execute(sql: notices)
            try Transaction(database).noteDomains()
        }
        migrator.registerMigration("4 business events") { try $0.execute(sql: businessEvents) }
        migrator.registerMigration("5 webhooks") { try $0.execute(sql: webhooks) }
        migrator.registerMigration("6 who began an attempt") { try $0.execute(sql: beginnings) }
        migrator.registerMigration("7 load") { try $0.execute(sql: load) }
        migrator.registerMigration("8 checks and backups") { try $0.execute(sql: checks) }
        migrator.registerMigration("9 access") { try $0.execute(sql: access) }
        migrator.registerMigration("10 keys") { try $0.execute(sql: keys) }
        migrator.registerMigration("11 web") { try $0.execute(sql: web) }
        migrator.registerMigration("12 failures not made good") { try $0.execute(sql: unmended) }
        return migrator
    }

    // `password` says itself how it was made (`PasswordHash`); `totp_secret` and `totp_pending` are sealed for storage, and
    // of `totp_step` and those before it no code counts again. A recovery code is kept as its SHA-256 until it was used.
    private static let access = """
        ALTER TABLE tokens ADD COLUMN permissions TEXT;

        CREATE TABLE users (
            id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
            permissions TEXT NOT NULL, client_id TEXT REFERENCES clients, password TEXT NOT NULL,
            totp_secret TEXT, totp_pending TEXT, totp_step INTEGER, is_disabled INTEGER NOT NULL,
            created_at INTEGER NOT NULL, last_sign_in_at INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE recovery_codes (
            user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE, hash TEXT NOT NULL, PRIMARY KEY (user_id, hash)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sessions (
            id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
            viewing_as TEXT REFERENCES clients, created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessions_user ON sessions(user_id, id);
        CREATE INDEX sessions_seen ON sessions(seen_at);
        """

    // `rewraps` is how far everything stored was sealed anew with the key that seals, by column.
    private static let keys = """
        CREATE TABLE sealing_keys (
            id TEXT PRIMARY KEY, recipient TEXT NOT NULL, sealed TEXT, superseded_at INTEGER, rewrapped_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE rewraps (place TEXT PRIMARY KEY, key_id TEXT NOT NULL, position TEXT NOT NULL)
            STRICT, WITHOUT ROWID;
        """

    // `begun_until` is when the instance `begun_by` has surely ended its call.
    private static let beginnings = """
        ALTER TABLE attempts ADD COLUMN begun_by TEXT;
        ALTER TABLE attempts ADD COLUMN begun_until INTEGER;
        """

    // `is_swept` is 0 while a restored product waits for its check. A backup has a row in `backups` without `restored_at`;
    // the first start on it fills that in.
    private static let checks = """
        ALTER TABLE actions ADD COLUMN check_mode TEXT;
        ALTER TABLE actions ADD COLUMN differences TEXT;
        ALTER TABLE products ADD COLUMN checked_at INTEGER;
        ALTER TABLE products ADD COLUMN differences TEXT;
        ALTER TABLE products ADD COLUMN is_doubtful INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE products ADD COLUMN is_swept INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX products_differing ON products(id) WHERE differences IS NOT NULL;
        CREATE INDEX products_doubtful ON products(id) WHERE is_doubtful = 1;
        CREATE INDEX products_unswept ON products(id) WHERE is_swept = 0;
        CREATE TABLE backups (number INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, restored_at INTEGER) STRICT;
        """

    private static let expiringResults = """
        ALTER TABLE actions ADD COLUMN result_expires_at INTEGER;
        ALTER TABLE actions ADD COLUMN result_expired INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE actions ADD COLUMN status_before TEXT;
        CREATE INDEX actions_result_expiry ON actions(result_expires_at) WHERE result_expires_at IS NOT NULL;
        """

    // `products.domain` and `actions.domain` follow from the fields and parameters beside them; an action has one only
    // while it is deferred.
    private static let notices = """
        ALTER TABLE products ADD COLUMN domain TEXT;
        CREATE INDEX products_domain ON products(configuration_id, domain) WHERE domain IS NOT NULL;
        ALTER TABLE actions ADD COLUMN domain TEXT;
        CREATE INDEX actions_domain ON actions(configuration_id, domain) WHERE domain IS NOT NULL;

        CREATE TABLE notices (
            number INTEGER PRIMARY KEY AUTOINCREMENT, configuration_id TEXT NOT NULL, category TEXT NOT NULL,
            id TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL, subjects TEXT NOT NULL, extra TEXT,
            products TEXT NOT NULL, created_at INTEGER NOT NULL, received_at INTEGER NOT NULL,
            UNIQUE (configuration_id, id)
        ) STRICT;
        CREATE INDEX notices_configuration ON notices(configuration_id, number);

        CREATE TABLE polls (
            configuration_id TEXT NOT NULL REFERENCES configurations, function TEXT NOT NULL,
            next_at INTEGER NOT NULL, read_from INTEGER, failures INTEGER NOT NULL, ended_at INTEGER, error TEXT,
            PRIMARY KEY (configuration_id, function)
        ) STRICT, WITHOUT ROWID;
        """

    // `actions.event_type` says which type of event set the action off.
    private static let businessEvents = """
        ALTER TABLE products ADD COLUMN business_events TEXT;
        ALTER TABLE actions ADD COLUMN event_type TEXT;

        CREATE TABLE business_events (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, product_id TEXT NOT NULL,
            data TEXT NOT NULL, fingerprint TEXT NOT NULL, actions TEXT NOT NULL, not_done TEXT NOT NULL,
            cancelled TEXT NOT NULL, requested_by TEXT NOT NULL, received_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX business_events_product ON business_events(product_id, number);
        """

    // The second and third index find what is to be sent next, however much waits.
    private static let webhooks = """
        CREATE TABLE webhooks (
            id TEXT PRIMARY KEY, url TEXT NOT NULL, event_types TEXT NOT NULL, description TEXT,
            is_enabled INTEGER NOT NULL, disabled_because TEXT, secrets TEXT NOT NULL, created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE webhook_deliveries (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            webhook_id TEXT NOT NULL REFERENCES webhooks ON DELETE CASCADE, type TEXT NOT NULL, action_id TEXT,
            body TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER, last_status INTEGER,
            last_error TEXT, created_at INTEGER NOT NULL, ended_at INTEGER
        ) STRICT;
        CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries(webhook_id, number);
        CREATE INDEX webhook_deliveries_due ON webhook_deliveries(webhook_id, next_at, number)
            WHERE state = 'pending';
        CREATE INDEX webhook_deliveries_once ON webhook_deliveries(webhook_id, number)
            WHERE state = 'pending' AND attempts = 1;
        CREATE INDEX webhook_deliveries_age ON webhook_deliveries(created_at);
        """

    // `actions.turn` is the place among those that wait with the same configuration. A circuit with `until` is open, one
    // with `probe` is probing, any other is closed; one without a row is closed and nothing has failed. `backlog` counts
    // the actions that are queued, dispatched or waiting, by client and, without one, of all.
    private static let load = """
        ALTER TABLE configurations ADD COLUMN max_concurrent INTEGER;
        ALTER TABLE actions ADD COLUMN turn INTEGER;
        CREATE INDEX actions_dispatched ON actions(configuration_id, state) WHERE state = 'dispatched';
        CREATE INDEX actions_turn ON actions(configuration_id, turn, number) WHERE turn IS NOT NULL;
        CREATE INDEX actions_client_turn ON actions(configuration_id, client_id, turn) WHERE turn IS NOT NULL;

        CREATE TABLE circuits (
            configuration_id TEXT PRIMARY KEY REFERENCES configurations, until INTEGER, probe INTEGER,
            failures INTEGER NOT NULL, openings INTEGER NOT NULL, reason TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE backlog (client_id TEXT PRIMARY KEY, actions INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO backlog SELECT client_id, count(*) FROM actions
            WHERE is_open = 1 AND state IN ('queued', 'dispatched', 'waiting') GROUP BY client_id;
        INSERT INTO backlog SELECT '', count(*) FROM actions
            WHERE is_open = 1 AND state IN ('queued', 'dispatched', 'waiting');
        """

    private static let mainJob = """
        CREATE TABLE clients (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT, company TEXT, address TEXT,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE configurations (
            id TEXT PRIMARY KEY, category TEXT NOT NULL, provider TEXT NOT NULL, name TEXT NOT NULL,
            settings TEXT NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE products (
            id TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES clients, category TEXT NOT NULL,
            configuration_id TEXT NOT NULL REFERENCES configurations, name TEXT NOT NULL, package TEXT,
            status TEXT NOT NULL, provision_fields TEXT NOT NULL, created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX products_client ON products(client_id, id);

        CREATE TABLE field_changes (
            id INTEGER PRIMARY KEY, product_id TEXT NOT NULL, field TEXT NOT NULL, old_value TEXT, new_value TEXT,
            action_id TEXT, changed_by TEXT, changed_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX field_changes_product ON field_changes(product_id, id);

        -- `line` is the place in the product's line; `is_open` is 0 once the action has ended.
        CREATE TABLE actions (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, product_id TEXT NOT NULL, client_id TEXT NOT NULL,
            category TEXT NOT NULL, provider TEXT NOT NULL, configuration_id TEXT NOT NULL, function TEXT NOT NULL,
            is_changing INTEGER NOT NULL, is_open INTEGER NOT NULL, line INTEGER,
            state TEXT NOT NULL, attempt INTEGER NOT NULL, failures INTEGER NOT NULL, may_be_done INTEGER NOT NULL,
            wake_at INTEGER, deferred_reference TEXT, deferred_since INTEGER,
            given TEXT NOT NULL, parameters TEXT NOT NULL, result TEXT, error TEXT,
            requested_by TEXT NOT NULL, run_at INTEGER, traceparent TEXT, created_at INTEGER NOT NULL,
            finished_at INTEGER
        ) STRICT;
        CREATE INDEX actions_product ON actions(product_id, number);
        CREATE INDEX actions_client ON actions(client_id, number);
        CREATE INDEX actions_open ON actions(product_id, line) WHERE is_open = 1;
        CREATE INDEX actions_open_state ON actions(state) WHERE is_open = 1;
        CREATE INDEX actions_wake ON actions(wake_at) WHERE wake_at IS NOT NULL;

        CREATE TABLE attempts (
            action_number INTEGER NOT NULL REFERENCES actions(number) DEFERRABLE INITIALLY DEFERRED,
            number INTEGER NOT NULL, outcome TEXT, error TEXT, possible_duplicate INTEGER NOT NULL, dispatched_at INTEGER NOT NULL, begun_at INTEGER,
            ended_at INTEGER, PRIMARY KEY (action_number, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE idempotency_keys (
            owner TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, action_id TEXT NOT NULL,
            created_at INTEGER NOT NULL, PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_keys_age ON idempotency_keys(created_at);

        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, client_id TEXT, data TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE outbox (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, exchange TEXT NOT NULL, routing_key TEXT NOT NULL,
            message_id TEXT NOT NULL, message_type TEXT NOT NULL, body TEXT NOT NULL
        ) STRICT;

        CREATE TABLE adapters (
            instance TEXT PRIMARY KEY, category TEXT NOT NULL, last_seen_at INTEGER NOT NULL, is_online INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE providers (
            category TEXT NOT NULL, provider TEXT NOT NULL, descriptor TEXT NOT NULL, PRIMARY KEY (category, provider)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE tokens (
            id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
            client_id TEXT REFERENCES clients, created_at INTEGER NOT NULL, expires_at INTEGER, last_used_at INTEGER,
            revoked_at INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, message_type TEXT NOT NULL,
            queue TEXT NOT NULL, exchange TEXT NOT NULL, routing_key TEXT NOT NULL, reason TEXT NOT NULL,
            body BLOB NOT NULL, received_at INTEGER NOT NULL, requeued_at INTEGER
        ) STRICT;
        """
}
