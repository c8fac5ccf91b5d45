import ArgumentParser
import Foundation
import Models
import ServiceRuntime

struct KeysRotate: KeyFileCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Change the master key, or one category's key, while Purser runs.",
        discussion: """
            1. A new key is put into the key files, where it opens and does not seal yet.
            2. Once every service has it, which they tell through the gateway, it seals.
            3. The orchestrator seals everything that is stored anew, beside its work.
            4. When `purser keys status` says that nothing needs the old key any more, remove it with `purser keys retire`.

            Where a service has its key elsewhere than in a file beside these, give it the output of `purser keys derive` \
            when you are told to, and run this again: it goes on where it was. Text in PURSER_SEALING_KEY needs a restart \
            of the service, a file does not.
            """)

    /// How long the services may take to tell that they have a new key, which an adapter does every 10 s at the latest.
    private static let waitLimit: Duration = .seconds(30)
    private static let interval: Duration = .milliseconds(500)

    @Option(help: "Change this category's key, and not the master key.") var category: String?
    @Flag(
        help:
            "Do not ask the services whether they have the new key: all of them are stopped, or take their keys from these files."
    )
    var offline = false
    @OptionGroup var options: KeyFileOptions

    func runWithKeys() async throws {
        var files = try options.files()
        let change = try category.map { try KeyChange.of(category: $0) } ?? .master
        let coming = try change.adding(to: files.ring)
        try files.write(coming)
        warn("The new key is in the files and opens.")
        if !offline { try await waitForServices(try change.comingIDs(in: coming)) }
        try files.write(try change.switching(coming))
        warn("The new key seals. What is stored is being sealed anew: see `purser keys status`.")
        let old = change.oldID(in: files.ring)
        warn("When nothing needs the old key any more: purser keys retire \(old)")
        print(change.newID(in: files.ring))
    }

    /// Waits until all that tell which keys they have, have a new one.
    ///
    /// - Parameter ids: the new keys' ids by recipient.
    private func waitForServices(_ ids: [String: String]) async throws {
        let client = PurserClient()
        let limit = ContinuousClock.now.advanced(by: Self.waitLimit)
        while true {
            let missing = Self.missing(ids, in: try await client.get("/v1/keys"))
            if missing.isEmpty { return }
            guard ContinuousClock.now < limit else {
                throw CommandFailure(
                    .refused,
                    "Some services have not got the new key yet. Give them theirs, and run this again:",
                    details: missing)
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    static func missing(_ ids: [String: String], in status: JSONValue) -> [String] {
        let holders = (status["holders"]?.arrayValue ?? []).compactMap { holder -> String? in
            guard let recipient = holder.text("recipient"), let wanted = ids[recipient] else { return nil }
            if holder["keys"]?.arrayValue?.contains(.string(wanted)) ?? false { return nil }
            let name = recipient.split(separator: "/").last.map(String.init) ?? recipient
            return "\(holder.text("instance") ?? recipient): purser keys derive \(name)"
        }
        let known = (status["keys"]?.arrayValue ?? []).compactMap { $0.text("id") }
        let isKnown = ids["orchestrator"].map(known.contains) ?? true
        return holders + (isKnown ? [] : ["orchestrator: the master key's file"])
    }
}

struct KeysRetire: KeyFileCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Remove an old key that nothing needs any more from the key files.",
        discussion: """
            Refused while anything still needs it: stored records, actions that are under way, a service that has not got \
            the new one. Backups that were made before need the old master key: keep it with them. Messages among the dead \
            letters that were sealed with it do not open any more; their actions have been handed over anew.
            """)

    @Argument(help: "The key's id, as purser keys status tells it.") var id: String
    @OptionGroup var options: KeyFileOptions

    func runWithKeys() async throws {
        var files = try options.files()
        guard let without = try KeyChange.removing(id, from: files.ring) else {
            throw CommandFailure(
                .refused, "There is no older key \(id) in the files. See `purser keys status`.")
        }
        let status = try await PurserClient().get("/v1/keys")
        let state = status["keys"]?.arrayValue?.first { $0.text("id") == id }
        guard let state, state["seals"] != true else {
            throw CommandFailure(.refused, "The orchestrator does not have \(id) among its older keys.")
        }
        let needs = (state["needed_by"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard needs.isEmpty else {
            throw CommandFailure(.refused, "The key \(id) is still needed:", details: needs)
        }
        try files.write(without, servicesFirst: false)
        print("The key \(id) was removed.")
    }
}
