package import Foundation

/// A certificate authority made for one test, by openssl.
package struct TestAuthority: Sendable {
    package let certificateFile: URL
    private let keyFile: URL

    /// - Parameter folder: where its files are put.
    package init(in folder: URL) throws {
        certificateFile = folder.appending(path: "authority.pem")
        keyFile = folder.appending(path: "authority-key.pem")
        try Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=Test authority", "-keyout", keyFile.path, "-out", certificateFile.path,
        ])
    }

    /// Signs a certificate for a DNS name.
    package func certificate(for name: String, in folder: URL) throws -> (certificate: URL, key: URL) {
        let certificate = folder.appending(path: "\(name).pem")
        let key = folder.appending(path: "\(name)-key.pem")
        let request = folder.appending(path: "\(name).csr")
        let extensions = folder.appending(path: "\(name).ext")
        try Data("subjectAltName=DNS:\(name)\n".utf8).write(to: extensions)
        try Self.openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=\(name)", "-keyout", key.path, "-out", request.path,
        ])
        try Self.openssl([
            "x509", "-req", "-in", request.path, "-CA", certificateFile.path, "-CAkey", keyFile.path,
            "-CAcreateserial", "-days", "2", "-extfile", extensions.path, "-out", certificate.path,
        ])
        return (certificate, key)
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw WaitingError(description: "openssl failed.") }
    }
}
