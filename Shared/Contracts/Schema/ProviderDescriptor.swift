/// What is known of a provider without running it.
package struct ProviderDescriptor: Codable, Sendable, Equatable {
    /// The provider's identifier, as in `cpanel`.
    package var provider: String
    package var category: String
    package var title: String
    /// The vendor's page on its interface.
    package var vendorPage: String
    package var help: String
    /// How many actions may run at once with one configuration.
    package var concurrency: Int
    package var configuration: [FieldDefinition]
    /// The functions that it supports; follows from what it implements.
    package var functions: [SupportedFunction]

    package init(
        provider: String, category: String, title: String, vendorPage: String, help: String, concurrency: Int,
        configuration: [FieldDefinition], functions: [SupportedFunction]
    ) {
        self.provider = provider
        self.category = category
        self.title = title
        self.vendorPage = vendorPage
        self.help = help
        self.concurrency = concurrency
        self.configuration = configuration
        self.functions = functions
    }

    /// Whether it supports the function.
    package func supports(_ function: String) -> Bool {
        functions.contains { $0.name == function }
    }

    enum CodingKeys: String, CodingKey {
        case provider, category, title, help, concurrency, configuration, functions
        case vendorPage = "vendor_page"
    }
}

/// A function that a provider supports.
package struct SupportedFunction: Codable, Sendable, Equatable {
    package var name: String
    /// Whether the provider can tell if a run that may be a repeat already happened.
    package var isObservable: Bool
    /// What staff should know of it at this provider.
    package var note: String?
    /// Why it cannot tell, where the function is one that must not be done twice.
    package var unobservable: String?

    package init(name: String, isObservable: Bool, note: String? = nil, unobservable: String? = nil) {
        self.name = name
        self.isObservable = isObservable
        self.note = note
        self.unobservable = unobservable
    }

    enum CodingKeys: String, CodingKey {
        case name, note, unobservable
        case isObservable = "observable"
    }
}
