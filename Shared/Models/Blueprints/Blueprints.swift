/// The blueprints of all categories.
package enum Blueprints {
    package static let all: [BlueprintDefinition] = [Hosting.blueprint]

    /// The blueprint of a category, or nil where there is no such category.
    package static func named(_ category: String) -> BlueprintDefinition? {
        all.first { $0.category == category }
    }
}
