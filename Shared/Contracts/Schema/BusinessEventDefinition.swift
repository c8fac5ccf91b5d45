/// What one type of business event sets off on a product of a category.
package struct BusinessEventDefinition: Codable, Sendable, Equatable {
    /// As in `product.overdue`.
    package var type: String
    /// The function that it runs; nil where it runs none.
    package var function: String?
    /// Functions that are run instead where the event's data has the member, by its name.
    package var functionsWhereGiven: [String: String]
    /// The status that the product must have, or be about to have, for the function to be run; any where nil.
    package var onlyWhereStatus: String?
    /// The types of the events that it undoes: what they set off and is not begun yet is cancelled.
    package var undoes: [String]
    /// Whether the data's `package` becomes the product's.
    package var setsPackage: Bool
    /// Why no function is run; there where `function` is not.
    package var notDone: String?

    package init(
        type: String, function: String?, functionsWhereGiven: [String: String] = [:],
        onlyWhereStatus: String? = nil, undoes: [String] = [], setsPackage: Bool = false,
        notDone: String? = nil
    ) {
        self.type = type
        self.function = function
        self.functionsWhereGiven = functionsWhereGiven
        self.onlyWhereStatus = onlyWhereStatus
        self.undoes = undoes
        self.setsPackage = setsPackage
        self.notDone = notDone
    }

    enum CodingKeys: String, CodingKey {
        case type, undoes
        case function = "run"
        case functionsWhereGiven = "run_where_given"
        case onlyWhereStatus = "only_where_status"
        case setsPackage = "sets_package"
        case notDone = "not_done"
    }
}

/// What one type of notice means to the products that it is about.
package struct NoticeDefinition: Codable, Sendable, Equatable {
    /// As in `transfer_in`.
    package var type: String
    /// The status that the products get; nil where it stays.
    package var status: String?
    /// A function whose deferred actions on the products are looked at again at once.
    package var movesOn: String?
    /// A reading function that is run on the products, so that what is known of them is fresh.
    package var function: String?

    package init(type: String, status: String? = nil, movesOn: String? = nil, function: String? = nil) {
        self.type = type
        self.status = status
        self.movesOn = movesOn
        self.function = function
    }

    enum CodingKeys: String, CodingKey {
        case type, status
        case movesOn = "moves_on"
        case function = "run"
    }
}
