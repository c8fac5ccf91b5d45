import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

@Suite("A disk that takes nothing")
struct DiskTests {
    /// Longer than the 20 times that a message is delivered, a second apart: what cannot be stored must outlast it.
    private static let full: Duration = .seconds(25)

    @Test("full: nothing is accepted that is not kept, and all goes on by itself when there is room")
    func fullDisk() async throws {
        try await withSystem(.embedded, isStarted: false) { system in
            guard let disk = try await SmallDisk.mount(for: system) else { return }
            do {
                try system.start()
                try await system.ready()
                let process = try system.process(.everything).id
                try await Self.fill(disk, system)
                #expect(try system.process(.everything).id == process, "it went on without help")
            } catch {
                try await disk.unmount()
                throw error
            }
            _ = try await system.terminate(.everything, within: .seconds(60))
            let leaks = try system.leaks()
            #expect(leaks.isEmpty, "\(leaks)")
            try await disk.unmount()
        }
    }

    private static func fill(_ disk: SmallDisk, _ system: PurserSystem) async throws {
        let quick = try await system.makeProduct()
        let slow = try await system.makeProduct(["latency_ms": 3_000])
        let waiting = try await system.makeProduct(["fault": "transient"])
        #expect(try await system.run("create", PurserSystem.account, on: quick).state == "succeeded")
        var accepted = [
            try await system.submit("create", PurserSystem.account, on: slow),
            try await system.submit("create", PurserSystem.account, on: waiting),
        ]
        try disk.fill()
        let until = ContinuousClock.now + full
        var refused = 0
        repeat {
            let answer = try await system.http.call(
                .post, "/v1/contract-products/\(quick.id)/actions", ["function": "getInfo"])
            if answer.status == 202, let id = answer["id"]?.stringValue {
                // There was room left in what the database has already. Then it is kept.
                accepted.append(id)
            } else {
                #expect(answer.status == 503 && answer.isProblem, "\(answer)")
                refused += 1
            }
            #expect(try await system.action(accepted[0])["id"]?.stringValue == accepted[0], "it can be read")
        } while ContinuousClock.now < until
        #expect(refused > 0)
        print("While the disk was full \(refused) actions were refused, and \(accepted.count - 2) accepted.")

        try await system.change(waiting.configuration, after: { try disk.empty() })
        accepted.append(try await system.submitUntilAccepted("getInfo", on: quick))
        for id in accepted {
            let action = try await system.ended(id, within: .seconds(90))
            #expect(action.state == "succeeded", "\(action)")
        }
        for id in accepted.prefix(2) { #expect(try system.ledger.effects(of: id).count == 1) }
        let letters = try await system.http.call(.get, "/v1/dead-letters")
        #expect(letters["items"]?.arrayValue?.isEmpty == true, "\(letters)")
    }

    @Test("read-only: it does not start and says why, and starts when it can be written")
    func readOnlyDisk() async throws {
        try await withSystem(.embedded, isStarted: false) { system in
            guard let disk = try await SmallDisk.mount(for: system) else { return }
            do {
                try system.start()
                try await system.ready()
                let product = try await system.makeProduct()
                let id = try await system.submit("create", PurserSystem.account, on: product)
                _ = try await system.terminate(.everything, within: .seconds(60))

                try await disk.remount("ro")
                try system.start()
                let process = try system.process(.everything)
                try await eventually(within: .seconds(60), "its end") { process.end != nil }
                #expect(process.end != .exited(0))
                #expect(process.tail().contains("SQLite error"), "\(process.tail())")

                try await disk.remount("rw")
                try system.start()
                try await system.ready()
                #expect(try await system.ended(id).state == "succeeded")
                #expect(try system.ledger.effects(of: id).count == 1)
            } catch {
                try await disk.unmount()
                throw error
            }
            _ = try await system.terminate(.everything, within: .seconds(60))
            let leaks = try system.leaks()
            #expect(leaks.isEmpty, "\(leaks)")
            try await disk.unmount()
        }
    }
}

extension PurserSystem {
    /// Makes room, and then takes a configuration's fault away.
    fileprivate func change(_ configuration: String, after makeRoom: () throws -> Void) async throws {
        try makeRoom()
        try await eventually(within: .seconds(30), every: .milliseconds(200), "a change that is taken") {
            let answer = try await self.http.call(
                .patch, "/v1/configurations/\(configuration)", ["settings": ["fault": "none"]])
            return answer.status == 200
        }
    }
}

/// A small file system in the place of the orchestrator's folder.
private struct SmallDisk: Sendable {
    private static let bytes = 32 << 20

    private let folder: URL
    private var ballast: URL { folder.appending(path: "ballast") }

    /// Nil, and told, where this process may not mount one.
    static func mount(for system: PurserSystem) async throws -> SmallDisk? {
        let disk = SmallDisk(folder: system.dataFolder.appending(path: "orchestrator"))
        try FileManager.default.createDirectory(at: disk.folder, withIntermediateDirectories: true)
        let outcome = try await run("mount", "-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", disk.folder.path)
        guard outcome.status == 0 else {
            print("Passed over: a small disk cannot be mounted here (\(outcome.text)).")
            return nil
        }
        return disk
    }

    func unmount() async throws {
        // Lazily: what still has files open there is about to be ended.
        let outcome = try await Self.run("umount", "-l", folder.path)
        if outcome.status != 0 { throw WaitingError(description: "umount: \(outcome)") }
    }

    /// - Parameter mode: ro or rw.
    func remount(_ mode: String) async throws {
        let outcome = try await Self.run("mount", "-o", "remount,\(mode)", folder.path)
        if outcome.status != 0 { throw WaitingError(description: "mount: \(outcome)") }
    }

    /// Takes all the room that there is.
    func fill() throws {
        _ = FileManager.default.createFile(atPath: ballast.path, contents: nil)
        let handle = try FileHandle(forWritingTo: ballast)
        for size in [1 << 20, 1 << 12, 1] {
            let piece = Data(count: size)
            do {
                while true { try handle.write(contentsOf: piece) }
            } catch {
                continue  // There is no room for another piece of this size.
            }
        }
        try handle.close()
    }

    func empty() throws { try FileManager.default.removeItem(at: ballast) }

    private static func run(_ arguments: String...) async throws -> CommandOutcome {
        let folder = try TestRun.folder().appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // Only this command's output.
        let process = try ServiceProcess(
            "command", URL(filePath: "/usr/bin/env"), arguments,
            environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"], in: folder)
        switch try await process.ended(within: .seconds(30)) {
        case .exited(let status): return CommandOutcome(status: status, text: process.text())
        case .signalled(let signal): return CommandOutcome(status: -signal, text: process.text())
        }
    }
}
