import AdapterKit
import ArgumentParser
import Foundation
import Models

/// Sets up a demo client with one product in each category that an adapter serves, and provisions them.
struct Demo {
    /// The file in the data folder that holds the demo client's token.
    static let tokenFile = "demo-client-token"
    /// How long a product's provisioning is waited for, in seconds.
    private static let wait = 30

    let client: PurserClient
    let dataFolder: String

    /// Does nothing where there are clients already.
    func run() async throws {
        guard try await client.get("/v1/clients", [("limit", "1")]).items.isEmpty else { return }
        say("Setting up a demo client with one product in each category.\n")
        let made = try await client.post(
            "/v1/clients", ["name": "Demo client", "email": "demo@example.com", "phone": "+14155550100"])
        guard let id = made.text("id") else { return }
        try await makeToken(for: id)
        try await FirstUsers(client: client, dataFolder: dataFolder).makeClient(id)
        for adapter in Adapters.all {
            try await provision(adapter.demoProduct, of: adapter.category, for: id)
        }
        say("")
    }

    private func makeToken(for id: String) async throws {
        let token = try await client.post(
            "/v1/tokens", ["name": "demo client", "role": "client", "client_id": .string(id)])
        let isMade = FileManager.default.createFile(
            atPath: "\(dataFolder)/\(Self.tokenFile)", contents: Data("\(token.text("token") ?? "")\n".utf8),
            attributes: [.posixPermissions: 0o600])
        if !isMade { warn("purser: \(dataFolder)/\(Self.tokenFile) cannot be written.") }
    }

    private func provision(
        _ product: DemoProduct, of category: String, for id: String
    ) async throws {
        let configuration = try await client.post(
            "/v1/configurations",
            [
                "category": .string(category), "provider": "demo", "name": "Demo provider",
                "settings": ["latency_ms": 200],
            ])
        let made = try await client.post(
            "/v1/contract-products",
            [
                "client_id": .string(id), "category": .string(category),
                "configuration_id": configuration["id"] ?? .null, "name": .string(product.name),
            ])
        let action = try await client.post(
            "/v1/contract-products/\(made.text("id") ?? "")/actions?wait=\(Self.wait)",
            ["function": .string(product.function), "parameters": .object(product.parameters)])
        let cells = [
            Cell(category), Cell(product.function), Cell.state(action.text("state")),
            Cell(action.text("id"), .dim),
        ]
        say("  " + cells.map { $0.style.apply(to: $0.text) }.joined(separator: "  "))
        if let error = action["error"] { say("    " + (error.text("message") ?? "")) }
    }
}

/// The demo data of a first start; for `compose/up`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Set up the demo client and its products, where there is no client yet.",
        shouldDisplay: false)

    func run() async throws {
        let folder = ProcessInfo.processInfo.environment["PURSER_DATA"] ?? "./.purser"
        do {
            try await Demo(client: PurserClient(), dataFolder: folder).run()
        } catch let failure as CommandFailure {
            warn("purser: \(failure)")
            throw ExitCode(failure.status.rawValue)
        }
    }
}
