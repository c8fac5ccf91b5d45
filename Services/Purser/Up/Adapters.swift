package import AdapterKit
import ArgumentParser

/// The adapters of all categories; `all` is made from `Package.swift` at every build.
package enum Adapters {
    /// All providers of all categories.
    package static var providers: [RegisteredProvider] { all.flatMap { $0.providers } }
}

/// The categories that have an adapter, one a line; for `compose/up`.
struct AdaptersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapters", abstract: "List the categories that have an adapter.", shouldDisplay: false)

    func run() {
        for adapter in Adapters.all { print(adapter.category) }
    }
}
