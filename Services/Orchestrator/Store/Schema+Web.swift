extension Schema {
    /// What pages list of 1,000,000 actions within 50 ms: those of one category, one function, one function in one category or
    /// one account, and the rarer ends; and of products those of one status, and those of one account. The index over both
    /// category and function would not do for each alone: what has only the category would be sorted by number each time.
    static let web = """
        CREATE INDEX actions_category ON actions(category, number);
        CREATE INDEX actions_function ON actions(function, number);
        CREATE INDEX actions_category_function ON actions(category, function, number);
        CREATE INDEX actions_configuration ON actions(configuration_id, number);
        CREATE INDEX actions_rare_ends ON actions(state, number) WHERE state IN ('failed', 'rejected', 'cancelled');
        CREATE INDEX products_status ON products(status, id);
        CREATE INDEX products_configuration ON products(configuration_id, id);
        """

    /// `is_unmended` is 1 for a change that failed until the same succeeds on the product, or its removal. The list of states
    /// names the partial index of the rarer ends.
    static let unmended = """
        ALTER TABLE actions ADD COLUMN is_unmended INTEGER NOT NULL DEFAULT 0;
        UPDATE actions SET is_unmended = 1
            WHERE state = 'failed' AND state IN ('failed', 'rejected', 'cancelled') AND is_changing = 1 AND NOT EXISTS (
                SELECT 1 FROM actions later WHERE later.product_id = actions.product_id
                    AND later.number > actions.number AND later.state = 'succeeded'
                    AND (later.function = actions.function OR later.function = 'terminate'));
        CREATE INDEX actions_unmended ON actions(number, finished_at) WHERE is_unmended = 1;
        CREATE INDEX actions_unmended_product ON actions(product_id, function) WHERE is_unmended = 1;
        """
}
