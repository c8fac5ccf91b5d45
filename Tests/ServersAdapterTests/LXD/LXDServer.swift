import Foundation
import Models
import TestSupport

/// An LXD daemon of our own, with its data in a temporary folder, a storage pool, an image of busybox, and one client
/// that it trusts. It ends with the operation that it is made for.
struct LXDServer: Sendable {
    /// What the configuration of a provider is set to.
    let settings: [String: JSONValue]
    /// Goes with the last who holds it.
    private let folder: TemporaryFolder

    /// Why there can be none on this machine; nil where there can.
    static var obstacle: String? {
        if getuid() != 0 { return "an LXD daemon needs root" }
        for program in ["/usr/bin/lxd", "/usr/bin/lxc", "/bin/busybox"]
        where !FileManager.default.isExecutableFile(atPath: program) {
            return "\(program) is not there (apt-get install lxd busybox-static)"
        }
        if !FileManager.default.fileExists(atPath: "/sys/fs/cgroup") { return "there are no control groups" }
        return nil
    }

    /// How long the daemon may take to start: 2 s alone, more beside builds.
    private static let startLimit = Duration.seconds(60)

    static func with(_ operation: @Sendable (LXDServer) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let data = folder.path + "/var"
        let environment = ["LXD_DIR": data, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path]
        let authority = try TestAuthority(in: folder.url)
        try giveCertificate(of: authority, to: data, in: folder.url)
        let daemon = Process()
        daemon.executableURL = URL(filePath: "/usr/bin/lxd")
        daemon.arguments = ["--group", "root"]
        daemon.environment = environment
        daemon.standardOutput = FileHandle.nullDevice
        daemon.standardError = FileHandle.nullDevice
        try daemon.run()
        do {
            let server = try await prepare(in: folder, authority, environment)
            try await operation(server)
        } catch {
            await end(daemon, environment)
            throw error
        }
        await end(daemon, environment)
        withExtendedLifetime(folder) {}
    }

    private static func prepare(
        in home: TemporaryFolder, _ authority: TestAuthority, _ environment: [String: String]
    ) async throws -> LXDServer {
        let folder = home.path
        try await eventually(within: startLimit, "the daemon's start") {
            (try? run("/usr/bin/lxc", ["query", "/1.0"], environment)) != nil  // Not there yet.
        }
        let port = try FreePorts.take()
        try image(in: folder, environment)
        try run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=purser", "-keyout", folder + "/key.pem", "-out", folder + "/client.pem",
            ], environment)
        for arguments in [
            ["config", "set", "core.https_address", "127.0.0.1:\(port)"],
            ["config", "trust", "add", folder + "/client.pem"],
            ["storage", "create", "default", "dir"],
            ["profile", "device", "add", "default", "root", "disk", "path=/", "pool=default"],
            // Without ranges of user ids, which a machine for tests has none of.
            ["profile", "set", "default", "security.privileged", "true"],
            ["image", "import", folder + "/image.tar.gz", "--alias", "busybox"],
        ] { try run("/usr/bin/lxc", arguments, environment) }
        func text(_ file: String) throws -> JSONValue {
            .string(String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self))
        }
        return LXDServer(
            settings: [
                "hostname": "localhost", "port": .integer(port),
                "certificate": try text(folder + "/client.pem"),
                "private_key": try text(folder + "/key.pem"),
                "authority_certificate": try text(authority.certificateFile.path),
            ], folder: home)
    }

    /// Without one, the daemon makes one for itself, which no client can check.
    private static func giveCertificate(of authority: TestAuthority, to data: String, in folder: URL) throws {
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        let made = try authority.certificate(for: "localhost", in: folder)
        try FileManager.default.copyItem(atPath: made.certificate.path, toPath: data + "/server.crt")
        try FileManager.default.copyItem(atPath: made.key.path, toPath: data + "/server.key")
    }

    /// An image that holds busybox alone.
    private static func image(in folder: String, _ environment: [String: String]) throws {
        let root = folder + "/image/rootfs"
        for name in ["bin", "sbin", "etc", "proc", "sys", "dev", "root", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: root + "/" + name, withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: root + "/bin/busybox")
        try FileManager.default.createSymbolicLink(
            atPath: root + "/sbin/init", withDestinationPath: "../bin/busybox")
        let description = """
            architecture: x86_64
            creation_date: 1770113472
            properties: {description: busybox, os: busybox}

            """
        try Data(description.utf8).write(to: URL(filePath: folder + "/image/metadata.yaml"))
        try run(
            "/usr/bin/tar",
            ["-C", folder + "/image", "-czf", folder + "/image.tar.gz", "metadata.yaml", "rootfs"],
            environment)
    }

    private static func end(_ daemon: Process, _ environment: [String: String]) async {
        // A daemon that is gone already has nothing to shut down.
        _ = try? run("/usr/bin/lxd", ["shutdown", "--timeout", "20"], environment)
        if daemon.isRunning { daemon.terminate() }
        daemon.waitUntilExit()
        // What it mounted within its folder; not all of it is there on every machine.
        for name in ["devlxd", "shmounts", "guestapi"] {
            _ = try? run("/usr/bin/umount", ["-l", (environment["LXD_DIR"] ?? "") + "/" + name], environment)
        }
    }

    private static func run(
        _ program: String, _ arguments: [String], _ environment: [String: String]
    ) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw WaitingError(description: "\(program) \(arguments.joined(separator: " ")) failed.")
        }
    }
}
