import Models
import SystemSupport
import TestSupport

/// A function that must not be done twice, and a product that it can be run on.
struct OnceOnly: Sendable, CustomStringConvertible {
    let category: String
    let function: FunctionDefinition
    let product: TestProduct
    let parameters: JSONValue

    var description: String { "\(category) \(function.name)" }

    /// Every such function of every demo provider, each with a product of its own that is set up for it.
    static func prepareAll(on system: PurserSystem) async throws -> [OnceOnly] {
        let client = try await system.makeClient()
        return try await withThrowingTaskGroup(of: [OnceOnly].self) { group in
            for blueprint in Blueprints.all {
                group.addTask {
                    let configuration = try await system.makeConfiguration(category: blueprint.category)
                    var all: [OnceOnly] = []
                    for (number, function) in blueprint.functions.enumerated() where function.isOnceOnly {
                        let product = try await system.makeProduct(
                            client: client, configuration: configuration, category: blueprint.category)
                        let one = OnceOnly(
                            category: blueprint.category, function: function, product: product,
                            parameters: .object(
                                Wanted.parameters(of: function, in: blueprint.category, number: number)))
                        if !function.setsUp { try await one.setUp(blueprint, number: number, on: system) }
                        all.append(one)
                    }
                    return all
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Sets the product up, as its category does.
    private func setUp(
        _ blueprint: BlueprintDefinition, number: Int, on system: PurserSystem
    ) async throws {
        guard let function = blueprint.functions.first(where: \.setsUp) else { return }
        let parameters = Wanted.parameters(of: function, in: category, number: number)
        let action = try await system.run(function.name, .object(parameters), on: product)
        guard action.state == "succeeded" else {
            throw WaitingError(description: "\(category) \(function.name) came to \(action)")
        }
    }
}

extension FunctionDefinition {
    /// Whether twice would be two things, or cannot be taken back.
    var isOnceOnly: Bool { effect == .verifyFirst || effect == .irreversible }

    /// Whether it makes a product active that was not.
    var setsUp: Bool { effect == .verifyFirst && statusAfter == ProductStatus.active.rawValue }
}
