import Models
import Testing

/// What clients may give to the functions that are open to them.
@Suite struct ClientParameterTests {
    /// Parameters that say which account, server, domain or licence something is about.
    private static let naming: Set<String> = [
        "username", "domain", "domain_name", "sld", "tld", "license_key", "account_reference", "extra",
        "software",
    ]

    private static let functions = Blueprints.all.flatMap(\.functions).filter { $0.audience == .client }

    @Test func `no client says which thing a function is about`() {
        #expect(Self.functions.count > 20)
        for function in Self.functions {
            for name in function.clientGives {
                let isNaming =
                    Self.naming.contains(name) || name.hasSuffix("_id") || name.hasSuffix("_identifier")
                #expect(!isNaming, "\(function.name): \(name)")
            }
        }
    }

    @Test func `what changes something takes from a client what it changes it to`() throws {
        let changes = [
            ("hosting", "changePassword", "password"), ("domains", "updateNameservers", "ns1"),
            ("servers", "changeRootPassword", "root_password"), ("domains", "setLock", "lock"),
        ]
        for (category, name, parameter) in changes {
            let function = try #require(Blueprints.named(category)?.function(name))
            #expect(function.clientGives.contains(parameter))
        }
    }
}
