import Models

/// A column that holds values sealed for storage, each under a context that follows from its record's id.
///
/// All such columns are in `all`: one that is not there keeps an old key from being retired for ever, or loses what it
/// holds when that happens.
struct SealedColumn: Sendable {
    /// Where in the column sealed texts are.
    enum Form: Sendable {
        /// JSON; each is sealed under the context, `/` and its path.
        case members
        /// JSON; each is sealed under the context.
        case list
        /// The column is one.
        case text
    }

    let table: String
    let name: String
    let form: Form
    let context: @Sendable (_ id: String) -> String

    /// What it is called where its progress is kept.
    var place: String { "\(table).\(name)" }

    init(
        _ table: String, _ name: String, _ form: Form = .members,
        context: @escaping @Sendable (_ id: String) -> String
    ) {
        self.table = table
        self.name = name
        self.form = form
        self.context = context
    }

    /// In every table the record's id is the column `id`.
    static let all = [
        SealedColumn("configurations", "settings") { "\($0)/settings" },
        SealedColumn("products", "provision_fields") { "\($0)/fields" },
        SealedColumn("webhooks", "secrets", .list) { "\($0)/secret" },
        SealedColumn("users", "totp_secret", .text) { SecondFactor.context(UserID(rawValue: $0)) },
        SealedColumn("users", "totp_pending", .text) { SecondFactor.context(UserID(rawValue: $0)) },
        SealedColumn("sealing_keys", "sealed", .text) { SecretKeeper.context(ofKey: $0) },
        SealedColumn("actions", "given") { "\($0)/parameters" },
        SealedColumn("actions", "parameters") { "\($0)/parameters" },
        SealedColumn("actions", "result") { "\($0)/result" },
        SealedColumn("business_events", "data") { "event/\($0)/data" },
    ]
}
