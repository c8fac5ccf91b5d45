import Dispatch
import Foundation
import Models
import ServiceRuntime
import Synchronization

/// Hashes and compares passwords on threads of its own: two at once at most, because each takes 16 MiB and a good part of a
/// second of a core.
final class PasswordChecks: Sendable {
    static let concurrency = 2
    /// How many wait for that at most. More: 429.
    static let waitingLimit = 64

    let cost: PasswordHash.Cost
    private let queue = DispatchQueue(label: "purser.passwords", attributes: .concurrent)
    private let slots = AsyncSlots(concurrency)
    private let waiting = Mutex(0)
    /// What the password of a user is compared with that there is not: it fits none, and takes as long.
    private let nobody: PasswordHash

    init(cost: PasswordHash.Cost) {
        self.cost = cost
        nobody = PasswordHash(fittingNoneAt: cost)
    }

    /// The password as it is stored.
    func hash(_ password: String) async throws -> String {
        let cost = cost
        return try await work { try PasswordHash(Self.normalized(password), cost: cost).text }
    }

    /// Whether this is the stored password, and whether that should be stored anew at today's cost.
    ///
    /// - Parameter stored: nil for a user that there is not; the answer is then no, after the same work.
    func matches(_ password: String, _ stored: String?) async throws -> (fits: Bool, isOutdated: Bool) {
        guard let hash = stored.map({ PasswordHash(text: $0) }) ?? nobody else {
            throw StoreError.damaged("users.password")
        }
        let fits = try await work { try hash.matches(Self.normalized(password)) }
        return (fits && stored != nil, hash.cost != cost)
    }

    /// The same text however it was typed: Unicode's normalization form C.
    private static func normalized(_ password: String) -> String {
        password.precomposedStringWithCanonicalMapping
    }

    private func work<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isTaken = waiting.withLock { waiting in
            guard waiting < Self.waitingLimit else { return false }
            waiting += 1
            return true
        }
        guard isTaken else {
            throw RequestFailure(.tooMany, "Too many passwords are being checked. Try again shortly.")
        }
        defer { waiting.withLock { $0 -= 1 } }
        await slots.take()
        defer { slots.give() }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
