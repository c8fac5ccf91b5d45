package import Foundation
import Models
import ServiceRuntime
import TestSupport

extension PurserSystem {
    /// What this harness gave to the system as secrets: the token of the first admin, what its configurations have where a
    /// test names nothing else, the passwords of the broker's users, the master key of its start and of now, and all that
    /// is derived from them.
    package func givenSecrets() throws -> Set<String> {
        let ring = try MasterKeyRing(text: String(contentsOf: masterKeyFile, encoding: .utf8))
        let masters = [master] + ring.keys + (ring.next.map { [$0] } ?? [])
        let derived = masters.flatMap { key in
            [SealingRecipient.storage, .gateway, .logCollector].map { key.derived(for: $0).text }
                + Blueprints.all.map(\.category).flatMap { category in
                    Set([1] + (ring.generations[category] ?? [])).map {
                        key.derived(for: .category(category), generation: $0).text
                    }
                }
        }
        return Set([canary.core, Self.adminToken, TestBroker.passwordStem] + masters.map(\.text) + derived)
    }

    /// Where one of them is, outside of the files that are meant for it: in the data folder, in what the processes wrote, and
    /// in what its broker keeps of all that went through it, and logs.
    ///
    /// - Parameter start: what the broker has written since is looked through; since the system was made where nil.
    package func leaks(since start: Date? = nil) throws -> [CanaryScan.Finding] {
        let secrets = try givenSecrets()
        let own = try CanaryScan.leaks(in: folder, of: secrets)
        guard let broker else { return own }
        return own
            + (try CanaryScan(secrets).findings(
                in: broker.folder, writtenSince: start ?? madeAt, except: TestBroker.keepsSecrets))
    }
}
