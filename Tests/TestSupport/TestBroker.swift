package import Foundation
import Synchronization

/// A RabbitMQ of our own: on free loopback ports, with its data in a temporary folder.
///
/// It ends with the test process, also when that is killed: a small shell process watches over it. Tests that only need
/// a broker share one (`shared()`) and keep apart by the names of their queues; tests that stop, kill or block a broker
/// start their own.
package final class TestBroker: Sendable {
    /// How long a start may take: 5 to 9 s alone, more beside builds and other brokers.
    private static let startLimit: Duration = .seconds(90)

    package let port: Int
    /// For TLS; 0 without.
    package let tlsPort: Int
    package let folder: URL
    let environment: [String: String]
    private let epmdPort: Int
    /// How many virtual hosts were made.
    private let hosts = Atomic(0)
    private static let sharedStart = Mutex<Task<TestBroker, any Error>?>(nil)

    /// The broker that all tests of this process share, started when it is first asked for.
    package static func shared() async throws -> TestBroker {
        let start = sharedStart.withLock { start in
            let started = start ?? Task { try await TestBroker.launch() }
            start = started
            return started
        }
        return try await start.value
    }

    /// Starts a broker and waits until it takes connections.
    ///
    /// - Parameter authority: signs the broker's certificate for `localhost`; nil for no TLS.
    package static func launch(authority: TestAuthority? = nil) async throws -> TestBroker {
        let broker = try TestBroker(authority: authority)
        try broker.watch()
        try await broker.start()
        return broker
    }

    /// A broker that is still to be started. Ended and removed like every other.
    package static func prepare() throws -> TestBroker {
        let broker = try TestBroker(authority: nil)
        try broker.watch()
        return broker
    }

    /// Makes a virtual host of its own for a test, with what `compose/rabbitmq/definitions.json` defines.
    ///
    /// - Returns: its address, as guest; `address(_:as:)` for that as a service's user.
    package func makeVirtualHost() async throws -> String {
        let number = hosts.add(1, ordering: .relaxed).newValue
        guard number <= Self.hostLimit else {
            throw WaitingError(description: "More than \(Self.hostLimit) virtual hosts: raise `hostLimit`.")
        }
        let name = Self.virtualHost(number)
        let file = folder.appending(path: "\(name).json")
        try Self.definitions(for: name).write(to: file)
        // One call for all of it: each starts an Erlang machine of its own.
        try await control("import_definitions", file.path)
        return "\(url)/\(name)"
    }

    /// As guest, on the default virtual host.
    package var url: String { "amqp://guest:guest@127.0.0.1:\(port)" }

    private init(authority: TestAuthority?) throws {
        let ports = try FreePorts.take(4)
        port = ports[0]
        tlsPort = authority == nil ? 0 : ports[1]
        epmdPort = ports[2]
        folder = FileManager.default.temporaryDirectory.appending(path: "purser-broker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        environment = Self.environment(folder, port: port, distributionPort: ports[3], epmdPort: epmdPort)
        try Self.definitions(for: "/").write(to: folder.appending(path: Self.definitionsFile))
        try Data("[].\n".utf8).write(to: folder.appending(path: "enabled_plugins"))
        try Self.tracing().write(to: folder.appending(path: "advanced.config"))
        let configuration = try Self.configuration(authority: authority, folder: folder, tlsPort: tlsPort)
        try Data(configuration.utf8).write(to: folder.appending(path: "rabbitmq.conf"))
    }

    // MARK: Faults

    /// Starts the broker, the first time or after `stop` or `kill`, with the data that it had.
    package func start() async throws {
        try? FileManager.default.removeItem(at: processFile)  // Absent at the first start.
        let launcher = Process()
        launcher.executableURL = URL(filePath: "/usr/bin/setsid")
        launcher.arguments = ["sh", "-c", "echo $$ > process && exec /usr/lib/rabbitmq/bin/rabbitmq-server"]
        launcher.environment = environment
        launcher.currentDirectoryURL = folder
        launcher.standardOutput = try output()
        launcher.standardError = launcher.standardOutput
        try launcher.runTakingSignals()
        try await eventually(within: Self.startLimit, "the broker's start") {
            Self.greets(port: self.port)
        }
    }

    /// Stops the broker in order and waits for its end.
    package func stop() async throws {
        // Not by SIGTERM: children of a test inherit a signal mask that keeps it from them.
        try await control("shutdown")
        try await ended()
    }

    /// Has the broker put on disk which queues it has. By itself it does so half a second after the last was declared; after a
    /// crash before that it does not serve the newest any more (rabbitmq/ra#443). For tests that kill it that soon.
    package func settle() async throws {
        try await control("eval", "[ok = dets:sync(Table) || Table <- dets:all()], ok.")
    }

    /// Has the broker not serve its streams any more after its next start, though they are there: it forgets what looks after
    /// them, as it does when it is killed too early (see `settle`).
    package func forgetStreams() async throws {
        try await control(
            "eval",
            """
            Id = ra_directory:uid_of(coordination, rabbit_stream_coordinator),
            ra_directory:unregister_name(coordination, Id).
            """)
        try await settle()
    }

    /// Ends the broker at once, as a crash would.
    package func kill() async throws {
        try signal(SIGKILL)
        try await ended()
    }

    /// Stops the broker in its tracks: connections stay open, and nothing answers.
    package func pause() throws {
        try signal(SIGSTOP)
    }

    package func resume() throws {
        try signal(SIGCONT)
    }

    /// Runs `rabbitmqctl` with these arguments.
    ///
    /// - Returns: its output.
    @discardableResult
    package func control(_ arguments: String...) async throws -> String {
        try await run("/usr/lib/rabbitmq/bin/rabbitmqctl", ["--quiet"] + arguments, environment: environment)
    }

    /// Ends the broker and removes its data.
    package func remove() async throws {
        try signal(SIGCONT)
        try await kill()
        try FileManager.default.removeItem(at: folder)  // The watcher sees that, and does the rest.
    }

    // MARK: Processes

    private var processFile: URL { folder.appending(path: "process") }

    private func processID() throws -> pid_t {
        let text = try String(contentsOf: processFile, encoding: .utf8)
        guard let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), id > 1 else {
            throw WaitingError(description: "The broker has no process.")
        }
        return id
    }

    /// Signals the broker and its helpers: they are a process group of their own.
    private func signal(_ signal: Int32) throws {
        _ = Foundation.kill(-(try processID()), signal)
    }

    private func ended() async throws {
        let id = try processID()
        try await eventually(within: .seconds(60), "the broker's end") { !Self.isAlive(id) }
    }

    /// Whether a process runs: one that has ended may stay listed (`Z`) until its parent looks.
    private static func isAlive(_ id: pid_t) -> Bool {
        // Unreadable when the process is gone.
        guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else {
            return false
        }
        return status.split(separator: ")").last.map { !$0.hasPrefix(" Z") } ?? false
    }

    private func output() throws -> FileHandle {
        let file = folder.appending(path: "output")
        if !FileManager.default.fileExists(atPath: file.path) {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
    }

    /// Starts the shell process that ends the broker when this process is gone.
    private func watch() throws {
        let watcher = Process()
        watcher.executableURL = URL(filePath: "/usr/bin/setsid")
        watcher.arguments = [
            "sh", "-c",
            """
            while kill -0 \(getpid()) && [ -d '\(folder.path)' ]; do sleep 0.5; done
            [ -f process ] && kill -9 -$(cat process)
            # The name server refuses while it still knows the broker.
            for try in 1 2 3 4 5 6 7 8 9 10; do epmd -port \(epmdPort) -kill && break; sleep 0.3; done
            cd / && rm -rf '\(folder.path)'
            """,
        ]
        watcher.currentDirectoryURL = folder
        watcher.standardInput = FileHandle.nullDevice
        watcher.standardOutput = FileHandle.nullDevice
        watcher.standardError = FileHandle.nullDevice
        try watcher.runTakingSignals()
    }
}
