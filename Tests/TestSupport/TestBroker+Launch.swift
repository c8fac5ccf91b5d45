import Foundation

extension TestBroker {
    static func environment(
        _ folder: URL, port: Int, distributionPort: Int, epmdPort: Int
    ) -> [String: String] {
        let path = { (name: String) in folder.appending(path: name).path }
        return [
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            // The Erlang cookie is made there.
            "HOME": folder.path,
            "RABBITMQ_NODENAME": "purser\(port)@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": "\(port)",
            "RABBITMQ_DIST_PORT": "\(distributionPort)",
            "RABBITMQ_MNESIA_BASE": path("mnesia"),
            "RABBITMQ_LOG_BASE": path("log"),
            "RABBITMQ_PID_FILE": path("pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": path("enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": path("rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": path("advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": "\(epmdPort)",
            // Makes the start script become the broker, so that signals reach it.
            "RUNNING_UNDER_SYSTEMD": "1",
            // Without busy waiting: the machine is shared with the tests.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        ]
    }

    static func configuration(authority: TestAuthority?, folder: URL, tlsPort: Int) throws -> String {
        var lines = [
            "log.file.level = warning", "disk_free_limit.absolute = 50MB",
            "vm_memory_high_watermark.relative = 0.4",
            // Small files: what was looked through for secrets once is passed over the next time.
            "raft.wal_max_size_bytes = 16000000",
            "load_definitions = \(folder.appending(path: definitionsFile).path)",
        ]
        if let authority {
            let certificate = try authority.certificate(for: "localhost", in: folder)
            lines += [
                "listeners.ssl.default = 127.0.0.1:\(tlsPort)",
                "ssl_options.cacertfile = \(authority.certificateFile.path)",
                "ssl_options.certfile = \(certificate.certificate.path)",
                "ssl_options.keyfile = \(certificate.key.path)",
                "ssl_options.verify = verify_none",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the broker has logged: warnings and worse.
    package func log() throws -> String {
        let folder = folder.appending(path: "log")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "log" }
            .map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }.joined()
    }

    /// Whether a broker answers the protocol's first bytes there.
    static func greets(port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in(loopbackPort: port)
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return false }
        let greeting: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
        var answer: UInt8 = 0
        return send(descriptor, greeting, greeting.count, Int32(MSG_NOSIGNAL)) == greeting.count
            && recv(descriptor, &answer, 1, 0) == 1 && answer == 1
    }
}

/// Runs a program and waits for its end.
///
/// - Returns: what it wrote to standard output and standard error.
/// - Throws: `WaitingError` with that, if it failed.
@discardableResult
func run(
    _ path: String, _ arguments: [String], environment: [String: String]? = nil, in folder: URL? = nil
) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = environment ?? process.environment
    process.currentDirectoryURL = folder ?? process.currentDirectoryURL
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    let status = try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do {
            try process.runTakingSignals()
        } catch {
            process.terminationHandler = nil
            continuation.resume(throwing: error)
        }
    }
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard status == 0 else { throw WaitingError(description: "\(path) failed: \(output)") }
    return output
}
