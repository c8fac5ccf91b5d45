import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    static func configurations(_ parts: GatewayParts) -> [HTTPRoute] {
        let settings = ConfigurationSettings(providers: parts.providers, sealer: parts.sealer)
        return [
            HTTPRoute(
                method: .post, path: "/v1/configurations", tag: "Configurations", name: "createConfiguration",
                summary: "Makes a configuration: one account at a provider", access: .staff(.configure),
                body: RouteBody(
                    name: "NewConfiguration", fields: .of(request: CreateConfiguration.messageType)),
                answers: [.created("Configuration")]
            ) { call in
                var request = try call.decodeBody(CreateConfiguration.self)
                request.settings = try await settings.sealedForNew(request, trace: call.trace)
                return .created(
                    try await parts.upstream.ask(request, trace: call.trace).maskingSealed(),
                    at: "/v1/configurations")
            },
            HTTPRoute(
                method: .get, path: "/v1/configurations", tag: "Configurations", name: "listConfigurations",
                summary: "Configurations, newest first", access: .staff(.view),
                query: [Query.category] + Query.page,
                answers: [.ok("ConfigurationList")]
            ) { call in
                let request = ListConfigurations(
                    category: call.query["category"]?.stringValue, page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .get, path: "/v1/configurations/{id}", tag: "Configurations",
                name: "showConfiguration",
                summary: "One configuration, without its secrets", access: .staff(.view),
                answers: [.ok("Configuration")]
            ) { call in
                let request = ShowConfiguration(id: try call.id())
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .patch, path: "/v1/configurations/{id}", tag: "Configurations",
                name: "updateConfiguration",
                summary: "Changes a configuration; settings not given stay, null removes one",
                access: .staff(.configure),
                body: RouteBody(
                    name: "ConfigurationChange",
                    fields: .of(request: UpdateConfiguration.messageType, without: ["id"])),
                answers: [.ok("Configuration", "The configuration as it is now")]
            ) { call in
                let id: ConfigurationID = try call.id()
                var request = UpdateConfiguration(
                    id: id, name: call.body["name"]?.stringValue,
                    maxConcurrent: call.body["max_concurrent"]?.integerValue)
                if let given = call.body["settings"]?.objectValue {
                    let known = try await parts.upstream.fetch(ShowConfiguration(id: id), trace: call.trace)
                    request.settings = try await settings.sealed(
                        given, category: known.category, provider: known.provider, trace: call.trace)
                }
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .post, path: "/v1/configurations/{id}/test", tag: "Configurations",
                name: "testConfiguration", summary: "Asks the provider whether a configuration works",
                access: .staff(.configure), body: .none(named: "NoContent"), answers: [.ok("ConnectionTest")]
            ) { call in
                .json(
                    try await parts.upstream.ask(
                        TestConfiguration(id: try call.id()), trace: call.trace,
                        timeout: Limits.connectionTestTimeout))
            },
        ]
    }
}

/// Checks settings by the contract of their provider and seals the secrets among them.
struct ConfigurationSettings: Sendable {
    static let context = "configuration/settings"

    let providers: ProviderDirectory
    let sealer: Sealer

    func sealedForNew(_ request: CreateConfiguration, trace: TraceContext) async throws -> [String: JSONValue]
    {
        let descriptor = try await providers.descriptor(
            category: request.category, provider: request.provider, trace: trace)
        let complete = descriptor.configuration.applyingDefaults(to: request.settings)
        let problems = descriptor.configuration.problems(in: complete, at: "/settings")
        if !problems.isEmpty { throw Problem.invalid(problems) }
        return try sealed(request.settings, descriptor)
    }

    /// Settings that change some of what is there; the whole is judged by the orchestrator.
    func sealed(
        _ settings: [String: JSONValue], category: String, provider: String, trace: TraceContext
    ) async throws -> [String: JSONValue] {
        let descriptor = try await providers.descriptor(category: category, provider: provider, trace: trace)
        let given = settings.filter { $0.value != .null }
        let problems = descriptor.configuration.judgedAsGiven.problems(in: given, at: "/settings")
        if !problems.isEmpty { throw Problem.invalid(problems) }
        return try sealed(settings, descriptor)
    }

    private func sealed(
        _ settings: [String: JSONValue], _ descriptor: ProviderDescriptor
    ) throws -> [String: JSONValue] {
        try descriptor.configuration.mapSecrets(in: settings) { value, path in
            .string(try sealer.seal(value, context: "\(Self.context)/\(path)"))
        }
    }
}
