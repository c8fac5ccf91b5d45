/// What a category can do: its functions with their parameters and results.
package struct BlueprintDefinition: Codable, Sendable, Equatable {
    /// The category's identifier, as in `office-tools`.
    package var category: String
    package var title: String
    package var help: String
    package var functions: [FunctionDefinition]
    /// What business events set off, unless a product says otherwise.
    package var businessEvents: [BusinessEventDefinition]
    /// What notices of third parties mean to the products that they are about.
    package var notices: [NoticeDefinition]

    package init(
        category: String, title: String, help: String, functions: [FunctionDefinition],
        businessEvents: [BusinessEventDefinition] = [], notices: [NoticeDefinition] = []
    ) {
        self.category = category
        self.title = title
        self.help = help
        self.functions = functions
        self.businessEvents = businessEvents
        self.notices = notices
    }

    /// The function of that name, or nil.
    package func function(_ name: String) -> FunctionDefinition? {
        functions.first { $0.name == name }
    }

    /// The function that reads what a product is at its provider, by which the two can be compared: `getInfo`. Nil in
    /// categories that have none.
    package var checkFunction: FunctionDefinition? { function("getInfo") }

    enum CodingKeys: String, CodingKey {
        case category, title, help, functions, notices
        case businessEvents = "business_events"
    }
}

/// One named operation of a blueprint.
package struct FunctionDefinition: Codable, Sendable, Equatable {
    /// What running a function twice would mean. Retry, approval and bulk rules follow from it.
    package enum Effect: String, Codable, Sendable, CaseIterable {
        /// Changes nothing.
        case read
        /// Twice is the same as once.
        case idempotent
        /// Guarded by a value read before, as a renewal by the current expiry.
        case conditional
        /// Twice would be two things: whoever may be repeating it looks first.
        case verifyFirst
        /// Cannot be taken back; whoever may be repeating it looks first.
        case irreversible
    }

    /// Who may run a function.
    package enum Audience: String, Codable, Sendable, CaseIterable {
        /// Administrators and staff.
        case admin
        /// Also the client who owns the product.
        case client
    }

    package var name: String
    package var title: String
    package var help: String
    package var effect: Effect
    package var audience: Audience
    /// Why no provider can tell whether a run before has done it already; nil where one can. Only of functions that look
    /// before they repeat: without a look such a repeat is `unsure`.
    package var unobservable: String?
    /// How long one call of it may take at the provider, in seconds (1 to 600).
    package var timeoutSeconds: Int
    /// The product's status after it succeeded; nil where it stays.
    package var statusAfter: String?
    /// The product's status while the provider works on it by itself; nil where it stays.
    package var statusWhileDeferred: String?
    /// Whether its result's fields are written back to the product's provision fields.
    package var writesBack: Bool
    /// Parameters that become provision fields when it succeeds, unless its result says otherwise.
    package var keeps: [String]
    /// Parameters that a client may give. All others say which thing it is about, or how, and come from the product alone:
    /// by another's name a client would reach another's account.
    package var clientGives: [String]
    /// How long its result is kept, in seconds; nil where it stays with the action.
    package var resultKeptSeconds: Int?
    /// How often it is run for every configuration, in seconds; nil where it is run on products.
    package var everySeconds: Int?
    package var parameters: [FieldDefinition]
    package var result: [FieldDefinition]

    package init(
        name: String, title: String, help: String, effect: Effect, audience: Audience,
        unobservable: String? = nil, timeoutSeconds: Int, statusAfter: String?,
        statusWhileDeferred: String? = nil, writesBack: Bool, keeps: [String] = [],
        clientGives: [String] = [],
        resultKeptSeconds: Int? = nil, everySeconds: Int? = nil, parameters: [FieldDefinition],
        result: [FieldDefinition]
    ) {
        self.name = name
        self.title = title
        self.help = help
        self.effect = effect
        self.audience = audience
        self.unobservable = unobservable
        self.timeoutSeconds = timeoutSeconds
        self.statusAfter = statusAfter
        self.statusWhileDeferred = statusWhileDeferred
        self.writesBack = writesBack
        self.keeps = keeps
        self.clientGives = clientGives
        self.resultKeptSeconds = resultKeptSeconds
        self.everySeconds = everySeconds
        self.parameters = parameters
        self.result = result
    }

    /// Whether it can change something at the provider.
    package var isChanging: Bool { effect != .read }

    /// Whether a run that may be a repeat has to look first.
    package var mustObserveRepeats: Bool { effect == .verifyFirst || effect == .irreversible }

    enum CodingKeys: String, CodingKey {
        case name, title, help, effect, audience, unobservable, keeps, parameters, result
        case clientGives = "client_gives"
        case timeoutSeconds = "timeout_seconds"
        case statusAfter = "status_after"
        case statusWhileDeferred = "status_while_deferred"
        case writesBack = "writes_back"
        case resultKeptSeconds = "result_kept_seconds"
        case everySeconds = "every_seconds"
    }
}
