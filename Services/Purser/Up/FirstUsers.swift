import Foundation
import Models
import ServiceRuntime

/// The users of a first start: an admin, and one of the demo client. Their passwords are made, and kept in the data folder,
/// for its owner alone; nowhere else.
struct FirstUsers {
    static let adminFile = "admin-password"
    static let clientFile = "demo-client-password"
    static let clientEmail = "client@localhost"

    let client: PurserClient
    let dataFolder: String

    /// Makes the admin where there is none yet.
    ///
    /// - Returns: what they sign in with, where they were made now.
    func makeAdmin(email: String) async throws -> (email: String, password: String)? {
        let admins = try await client.get("/v1/users", [("role", "admin"), ("limit", "1")])
        guard admins.items.isEmpty else { return nil }
        let password = try password(in: Self.adminFile)
        let body: JSONValue = [
            "email": .string(email), "name": "Administrator", "role": "admin", "password": .string(password),
        ]
        _ = try await client.post("/v1/users", body)
        return (email, password)
    }

    /// Makes a user of the demo client.
    func makeClient(_ id: String) async throws {
        let password = try password(in: Self.clientFile)
        let body: JSONValue = [
            "email": .string(Self.clientEmail), "name": "Demo client", "role": "client",
            "client_id": .string(id), "password": .string(password),
        ]
        _ = try await client.post("/v1/users", body)
    }

    /// The password of the file, which is made where there is none. It is there before the user is, so that a start that
    /// breaks off between the two leaves no user whose password nobody knows.
    private func password(in name: String) throws -> String {
        let file = "\(dataFolder)/\(name)"
        if let stored = FileManager.default.contents(atPath: file) {
            return String(decoding: stored, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let password = TokenText.random()
        let isMade = FileManager.default.createFile(
            atPath: file, contents: Data("\(password)\n".utf8), attributes: [.posixPermissions: 0o600])
        guard isMade else { throw CommandFailure(.refused, "\(file) cannot be written.") }
        return password
    }
}
