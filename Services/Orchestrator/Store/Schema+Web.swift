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
}
