import Models

/// Values that several tests use.
enum Fixtures {
    static let descriptor = ProviderDescriptor(
        provider: "demo", category: "hosting", title: "Demo", vendorPage: "https://example.com",
        help: "A simulator",
        concurrency: 4,
        configuration: [
            FieldDefinition(name: "hostname", type: .string, isRequired: true, rules: [.domainName]),
            FieldDefinition(name: "api_token", type: .string, isRequired: true, isSecret: true),
            FieldDefinition(name: "latency_ms", type: .integer, rules: [.min(0)], defaultValue: 0),
        ],
        functions: [SupportedFunction(name: "create", isObservable: true)])

    static func action(_ id: ActionID, _ function: String, on product: ContractProduct) -> Action {
        Action(
            id: id, contractProductID: product.id, clientID: product.clientID, category: product.category,
            provider: "demo", configurationID: product.configurationID, function: function, state: .queued,
            waitingBecause: "It is about to be handed over.", parameters: [:], attempts: [],
            requestedBy: "test",
            createdAt: .now)
    }

    static func product(of client: ClientID) -> ContractProduct {
        ContractProduct(
            id: .make(), clientID: client, category: "hosting", configurationID: .make(), name: "Web site",
            status: .active, provisionFields: ["username": "jane"], createdAt: .now, updatedAt: .now)
    }

    static func logEntry(_ id: Int, client: ClientID? = nil, debug: String? = nil) -> LogEntry {
        LogEntry(
            id: id, time: .now, level: .info, service: "orchestrator", instance: "orchestrator-1",
            message: "Accepted action", actionID: ActionID(rawValue: "act_01hzy3v7q8r9s0t1v2w3x4y5z6"),
            clientID: client, category: "hosting", metadata: ["attempt": 1], error: "It broke.", debug: debug)
    }
}
