/// A program that Purser can be made of, by the name of its executable.
package enum Part: String, CaseIterable, Sendable, CustomStringConvertible {
    case orchestrator
    case logCollector = "log-collector"
    case gateway
    case hostingAdapter = "hosting-adapter"
    case domainsAdapter = "domains-adapter"
    case serversAdapter = "servers-adapter"
    case licensesAdapter = "licenses-adapter"
    case seoAdapter = "seo-adapter"
    case buildersAdapter = "builders-adapter"
    case officeToolsAdapter = "office-tools-adapter"
    case autoLoginAdapter = "auto-login-adapter"
    /// All services in one process.
    case everything = "purser"

    /// What most tests need over RabbitMQ: processes of their own, one adapter among them.
    package static let services: [Part] = [.orchestrator, .logCollector, .hostingAdapter, .gateway]

    /// The adapters of all categories.
    package static let adapters = allCases.filter { $0.category != nil }

    /// Every service.
    package static let allServices: [Part] = [.orchestrator, .logCollector] + adapters + [.gateway]

    /// The category of an adapter; nil for what is none.
    package var category: String? {
        rawValue.hasSuffix("-adapter") ? String(rawValue.dropLast("-adapter".count)) : nil
    }

    package var description: String { rawValue }
}
