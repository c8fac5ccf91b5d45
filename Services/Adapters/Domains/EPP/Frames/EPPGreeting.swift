import AdapterKit
import Models

/// What a registry offers when a connection is made.
///
/// - SeeAlso: RFC 5730, section 2.4.
struct EPPGreeting: Sendable, Equatable {
    var serverID: String
    var versions: [String]
    var languages: [String]
    var objects: [String]
    var extensions: [String]

    /// - Parameter element: `<greeting>`.
    init(_ element: XMLValue) {
        let menu = element["svcMenu"]
        serverID = element["svID"]?.content ?? ""
        versions = menu?.all("version").compactMap(\.content) ?? []
        languages = menu?.all("lang").compactMap(\.content) ?? []
        objects = menu?.all("objURI").compactMap(\.content) ?? []
        extensions = menu?["svcExtension"]?.all("extURI").compactMap(\.content) ?? []
    }
}

/// What a provider wants to use of what a registry offers.
struct EPPServices: Sendable, Hashable {
    /// Namespaces of the objects.
    var objects: [String]
    /// Namespaces of extensions without which the provider cannot do. They are asked for in any case: a registry that
    /// does not take them refuses the login, and not all registries announce all that they take.
    var extensions: [String] = []
    /// Namespaces of extensions that are asked for where they are announced.
    var optionalExtensions: [String] = []

    /// What is asked for in a login.
    struct Chosen: Sendable, Equatable {
        var version: String
        var language: String
        var objects: [String]
        var extensions: [String]
    }

    static let version = "1.0"
    static let language = "en"

    /// - Throws: `providerUnavailable` where the registry speaks another version, or has no domains.
    func chosen(from greeting: EPPGreeting) throws(ProviderError) -> Chosen {
        guard greeting.versions.contains(Self.version) else {
            throw ProviderError(
                .providerUnavailable,
                details: [
                    "problem": "The registry does not speak version 1.0 of EPP.",
                    "versions": .array(greeting.versions.map { .string($0) }),
                ])
        }
        let offered = objects.filter(greeting.objects.contains)
        guard offered.contains(EPPSchema.domain.uri) else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The registry does not offer domains."])
        }
        let isEnglish = greeting.languages.contains(Self.language) || greeting.languages.isEmpty
        return Chosen(
            version: Self.version,
            language: isEnglish ? Self.language : greeting.languages.first ?? Self.language,
            objects: offered,
            extensions: extensions + optionalExtensions.filter(greeting.extensions.contains))
    }
}
