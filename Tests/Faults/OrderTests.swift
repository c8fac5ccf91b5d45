import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

@Suite("Many callers on few products")
struct OrderTests {
    private static let products = 3
    private static let callers = 15
    private static let actionsEach = 12
    private static let functions = ["changePackage", "changePassword", "suspend", "unsuspend", "getInfo"]

    @Test("Each product is changed by one action at a time, in order", arguments: PurserSystem.Form.allCases)
    func inOrder(_ form: PurserSystem.Form) async throws {
        try await withSystem(form) { system in
            let configuration = try await system.makeConfiguration(["latency_ms": 15])
            let client = try await system.makeClient()
            let accepted = Recorder<String>()
            var products: [TestProduct] = []
            for _ in 0..<Self.products {
                let product = try await system.makeProduct(client: client, configuration: configuration)
                // Set up first: what only reads does not wait in the product's line.
                let created = try await system.run("create", ["package_name": "gold"], on: product)
                accepted.record(try #require(created["id"]?.stringValue))
                products.append(product)
            }
            let seed = UInt64.random(in: 0..<1_000_000)
            print("Many callers on few products (\(form)): seed \(seed).")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<Self.callers {
                    let products = products
                    group.addTask {
                        var generator = SeededGenerator(seed: seed &+ UInt64(caller))
                        for _ in 0..<Self.actionsEach {
                            let function = Self.functions.randomElement(using: &generator) ?? "suspend"
                            let product = products[Int.random(in: 0..<products.count, using: &generator)]
                            let parameters: JSONValue =
                                function == "changePassword" ? ["password": "correct-Horse-7-battery"] : [:]
                            accepted.record(try await system.submit(function, parameters, on: product))
                        }
                    }
                }
                try await group.waitForAll()
            }
            for id in accepted.elements { #expect(try await system.ended(id).state == "succeeded") }
            let agreement = try Agreement(of: system, accepted: accepted.elements)
            #expect(agreement.violations == [], "seed \(seed)")
        }
    }
}
