/// The blueprints of all categories: the one place where they are listed.
package enum Blueprints {
    /// In the order in which they are shown.
    package static let all: [BlueprintDefinition] = [
        Hosting.blueprint, Domains.blueprint, Servers.blueprint, Licenses.blueprint, SEO.blueprint,
        Builders.blueprint,
        OfficeTools.blueprint, AutoLogin.blueprint,
    ]

    /// The blueprint of a category, or nil where there is no such category.
    package static func named(_ category: String) -> BlueprintDefinition? {
        all.first { $0.category == category }
    }
}
