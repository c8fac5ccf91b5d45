extension BlueprintDefinition {
    /// The blueprint of every category there is, in the order in which they are shown.
    package static let all: [BlueprintDefinition] = [Hosting.blueprint]

    /// The blueprint of a category, or nil.
    package static func of(category: String) -> BlueprintDefinition? { all.first { $0.category == category } }
}
