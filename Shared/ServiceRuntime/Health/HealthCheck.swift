package import Foundation

/// One thing that must work before a service can do its part.
package struct HealthCheck: Sendable {
    package let name: String
    let probe: @Sendable () async -> String?

    /// - Parameters:
    ///   - name: what is checked, as in `bus`; lower-case.
    ///   - probe: nil where it works, otherwise why not, in one sentence. An answer later than 2 s counts as none.
    package init(_ name: String, probe: @escaping @Sendable () async -> String?) {
        self.name = name
        self.probe = probe
    }
}

/// Whether a service can do its part. Its JSON is the answer of `/readyz`.
package struct Readiness: Codable, Sendable, Equatable {
    package struct Missing: Codable, Sendable, Equatable {
        package var name: String
        package var reason: String

        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    package var ready: Bool
    /// What is missing; absent where nothing is.
    package var missing: [Missing]?

    package init(missing: [Missing]) {
        ready = missing.isEmpty
        self.missing = missing.isEmpty ? nil : missing
    }
}

extension Readiness {
    /// The body of `/readyz`.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(self)
    }
}
