import AdapterKit
import Foundation
import Models
import Testing

@testable import Purser

@Suite("The catalogue of blueprints and providers")
struct CatalogueTests {
    static let registered = Adapters.providers
    static let providers: [ProviderDescriptor] = registered.map { $0.descriptor }

    @Test("The page says what the contracts say")
    func page() throws {
        let page = CataloguePage(blueprints: Blueprints.all, providers: Self.providers).text
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Services/Adapters/CATALOGUE.md")
        if ProcessInfo.processInfo.environment["PURSER_WRITE_CATALOGUE"] == "1" {
            try Data(page.utf8).write(to: file)
        }
        let isCurrent = try String(contentsOf: file, encoding: .utf8) == page
        #expect(
            isCurrent,
            "CATALOGUE.md is behind; run PURSER_WRITE_CATALOGUE=1 swift test --filter CatalogueTests and commit it"
        )
    }

    @Test("A provider has a name of its own, and functions of its blueprint only", arguments: providers)
    func known(provider: ProviderDescriptor) throws {
        #expect(
            Self.providers.count { $0.category == provider.category && $0.provider == provider.provider } == 1
        )
        let blueprint = try #require(Blueprints.named(provider.category))
        for function in provider.functions {
            #expect(blueprint.function(function.name) != nil, "\(function.name)")
        }
    }

    @Test("A contract speaks of functions that the provider has")
    func told() {
        for provider in Self.registered {
            let supported = Set(provider.descriptor.functions.map { $0.name })
            let untold = provider.contract.functions.filter { !supported.contains($0.name) }
            #expect(untold.isEmpty, "\(provider.descriptor.provider)")
        }
    }

    @Test("What must not be done twice can be looked for, or says why not", arguments: providers)
    func observable(provider: ProviderDescriptor) throws {
        let blueprint = try #require(Blueprints.named(provider.category))
        for support in provider.functions {
            guard let function = blueprint.function(support.name), function.mustObserveRepeats else {
                continue
            }
            let reason = function.unobservable ?? support.unobservable
            #expect(support.isObservable || reason != nil, "\(function.name)")
        }
    }
}

extension ProviderDescriptor: CustomTestStringConvertible {
    package var testDescription: String { "\(category)/\(provider)" }
}
