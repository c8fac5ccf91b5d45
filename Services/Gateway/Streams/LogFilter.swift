import Foundation
import Models

/// What log entries are wanted, from a query.
enum LogFilter {
    /// Filters that a listing and a stream share.
    static let parameters = [
        Query.text("action_id", "Only about this action"), Query.productID, Query.clientID,
        Query.text("service", "Only of this service"), Query.category,
        FieldDefinition(
            name: "level", type: .string, rules: [.in(LogLevel.allCases.map(\.rawValue))],
            help: "This level and those that matter more"),
        Query.text("q", "Words that the entry contains"),
        FieldDefinition(
            name: "since", type: .string, help: "Not older than this time", reference: "Timestamp"),
        FieldDefinition(name: "until", type: .string, help: "Older than this time", reference: "Timestamp"),
    ]

    /// Where a listing begins, and how long it is.
    static let paging = [
        FieldDefinition(
            name: "before", type: .integer, rules: [.min(1)],
            help: "Only older entries: next of the page before"),
        FieldDefinition(
            name: "after", type: .integer, rules: [.min(0)],
            help: "Only newer entries than this one, in order"),
        FieldDefinition(
            name: "limit", type: .integer, rules: [.min(1), .max(1000)], help: "Most entries wanted",
            defaultValue: .integer(defaultLimit)),
    ]

    static let defaultLimit = 100

    /// - Throws: 404 where a client asks for another's.
    static func request(_ call: Call) throws -> ListLogEntries {
        func text(_ name: String) -> String? { call.query[name]?.stringValue }
        var request = ListLogEntries(limit: call.query["limit"]?.integerValue ?? defaultLimit)
        request.actionID = text("action_id").map { ActionID(rawValue: $0) }
        request.contractProductID = text("contract_product_id").map { ContractProductID(rawValue: $0) }
        request.clientID = try call.clientFilter
        request.service = text("service")
        request.category = text("category")
        request.level = text("level").flatMap { LogLevel(rawValue: $0) }
        request.text = text("q")
        request.since = text("since").flatMap { Timestamp($0) }
        request.until = text("until").flatMap { Timestamp($0) }
        request.before = call.query["before"]?.integerValue
        request.after = call.query["after"]?.integerValue
        return request
    }
}

/// Shows log entries.
enum LogView {
    /// Staff see that there is debug data, clients only what happened to what is theirs.
    static func shown(_ entry: LogEntry, to audience: Audience) throws -> RawJSON {
        var entry = entry
        if entry.debug != nil { entry.debug = Secret.mask }
        if audience == .client {
            entry.debug = nil
            entry.error = nil
            entry.provider = nil
            entry.metadata = [:]
            entry.instance = ""
        }
        return try RawJSON(Data(JSONText.bytes(entry))).maskingSealed()
    }
}
