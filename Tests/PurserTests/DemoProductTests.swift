import AdapterKit
import Foundation
import Models
import Testing

@testable import Purser

/// What the first start buys.
@Suite struct DemoProductTests {
    @Test func `the containers are those of the adapters`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "compose/compose.yaml")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let services = lines.filter { $0.hasPrefix("  ") && $0.hasSuffix("-adapter:") }
            .map { $0.trimmingCharacters(in: .whitespaces).dropLast() }
        #expect(services.map(String.init) == Adapters.all.map { $0.name })
    }

    @Test func `each is set up with what its category wants`() throws {
        for adapter in Adapters.all {
            let (blueprint, product) = (adapter.blueprint, adapter.demoProduct)
            let function = try #require(blueprint.function(product.function))
            // The first start gives these in the client's profile.
            let filled = product.parameters.merging(["email": "demo@example.com"]) { given, _ in given }
                .filter { name, _ in function.parameters.contains { $0.name == name } }
            #expect(function.parameters.problems(in: filled, at: "") == [], "\(adapter.category)")
            #expect(function.statusAfter == "active", "\(adapter.category)")
        }
    }
}
