import GRDB

/// The tables of the log.
///
/// `entry_words` indexes, with the words of an entry, what entries are asked for by: action, product, client, trace,
/// service, category, provider, function and the rarer levels. An inverted index takes new entries at its end, where
/// indexes by product or client would write all over the file; it is a third of the cost, and one lookup answers
/// any combination. Identifiers keep their underscore, so each is one word.
enum LogStoreSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: tables)
        }
        return migrator
    }

    /// Levels from this one on are words of their own; the others are too common to be looked up by.
    static let indexedLevel = 4

    /// How the index of words cuts texts; the same as in `tables`.
    static let tokenizer = FTS5TokenizerDescriptor.unicode61(diacritics: .remove, tokenCharacters: ["_"])

    private static let tables = """
        CREATE TABLE state (
            last_id INTEGER NOT NULL,
            stream_offset INTEGER
        );
        INSERT INTO state VALUES (0, NULL);

        CREATE TABLE entry (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            level INTEGER NOT NULL,
            service TEXT NOT NULL,
            instance TEXT NOT NULL,
            message TEXT NOT NULL,
            action_id TEXT,
            contract_product_id TEXT,
            client_id TEXT,
            category TEXT,
            provider TEXT,
            function TEXT,
            trace_id TEXT,
            metadata TEXT NOT NULL,
            error TEXT,
            debug TEXT
        );

        CREATE TABLE entry_page (
            number INTEGER PRIMARY KEY,
            first_time INTEGER NOT NULL,
            last_time INTEGER NOT NULL
        );

        CREATE TABLE message (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE
        );

        CREATE VIEW entry_text AS
        SELECT id AS rowid,
            message || ' ' || coalesce(error, '') || ' ' || coalesce((
                SELECT group_concat(atom, ' ') FROM json_tree(metadata) WHERE atom IS NOT NULL
            ), '')
            || coalesce(' ' || action_id, '')
            || coalesce(' ' || contract_product_id, '')
            || coalesce(' ' || client_id, '')
            || coalesce(' ' || trace_id, '')
            || ' service_' || service
            || coalesce(' category_' || category, '')
            || coalesce(' provider_' || provider, '')
            || coalesce(' function_' || function, '')
            || CASE level WHEN 4 THEN ' level_4' WHEN 5 THEN ' level_5' WHEN 6 THEN ' level_6' ELSE '' END
            AS words
        FROM entry;

        CREATE VIRTUAL TABLE entry_words USING fts5 (
            words, content = 'entry_text', content_rowid = 'rowid', detail = 'none', columnsize = 0,
            tokenize = "unicode61 remove_diacritics 2 tokenchars '_'"
        );
        """
}
