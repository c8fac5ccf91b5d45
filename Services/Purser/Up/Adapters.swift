package import AdapterKit
import ArgumentParser
import AutoLoginAdapter
import BuildersAdapter
import DomainsAdapter
import HostingAdapter
import LicensesAdapter
import OfficeToolsAdapter
import SEOAdapter
import ServersAdapter

/// The adapters of all categories: the one place where they are listed.
package enum Adapters {
    /// In the order in which categories are shown.
    package static let all: [any CategoryAdapter.Type] = [
        HostingAdapter.self, DomainsAdapter.self, ServersAdapter.self, LicensesAdapter.self, SEOAdapter.self,
        BuildersAdapter.self, OfficeToolsAdapter.self, AutoLoginAdapter.self,
    ]

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
