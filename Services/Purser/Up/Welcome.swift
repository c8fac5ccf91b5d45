import ArgumentParser
import Foundation
import Models
import ServiceRuntime

/// Says where Purser is and how to sign in.
struct Welcome {
    let url: String
    /// The file that holds the admin token; nil where the operator gave it.
    let tokenFile: String?
    let dataFolder: String
    /// What the first admin signs in with.
    let adminEmail: String
    /// The admin's password, where it was made just now; it is printed this once.
    let newPassword: String?

    func show() {
        let password = newPassword.map { "\($0), also" } ?? "as given, or"
        let token = tokenFile.map { "in \($0)" } ?? "as given in PURSER_ADMIN_TOKEN"
        say(
            """

            Purser is running at \(url)

              HTTP API      \(url)/v1, described at \(url)/openapi.json
              admin         sign in as \(adminEmail) with the password
                            \(password) in \(dataFolder)/\(FirstUsers.adminFile)
              client        sign in as \(FirstUsers.clientEmail) with the password in \(dataFolder)/\(FirstUsers.clientFile)
              programs      send Authorization: Bearer <token>, with the admin token, \(token),
                            or a client's: the demo client's is in \(dataFolder)/\(Demo.tokenFile)
              command line  export PURSER_URL=\(url) PURSER_DATA=\(dataFolder)
                            purser action list; purser logs -f

            """)
    }
}

/// Waits until the gateway is ready, and says where things are; for `compose/up`.
struct WelcomeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "welcome", abstract: "Wait until Purser is ready, and say where it is.",
        shouldDisplay: false)

    func run() async throws {
        let folder = ProcessInfo.processInfo.environment["PURSER_DATA"] ?? "./.purser"
        let file = folder + "/admin-token"
        let client = PurserClient()
        do {
            try await client.waitUntilReady()
            let email = try RuntimeConfiguration.read().adminEmail
            let admin = try await FirstUsers(client: client, dataFolder: folder).makeAdmin(email: email)
            let isMade = FileManager.default.fileExists(atPath: file)
            Welcome(
                url: client.url, tokenFile: isMade ? file : nil, dataFolder: folder, adminEmail: email,
                newPassword: admin?.password
            ).show()
        } catch let failure as CommandFailure {
            warn("purser: \(failure)")
            throw ExitCode(failure.status.rawValue)
        }
    }
}

extension PurserClient {
    /// How long everything may take to become ready: 120 s.
    private static let readyLimit: Duration = .seconds(120)
    private static let readyInterval: Duration = .milliseconds(50)

    /// Returns once `/readyz` says so.
    ///
    /// - Throws: `CommandFailure` (`unavailable`) with what is missing, where that takes too long.
    func waitUntilReady() async throws {
        let end = ContinuousClock.now + Self.readyLimit
        while true {
            let missing: String
            do {
                let (status, body) = try await answer("/readyz")
                if status == 200 { return }
                missing = (body["missing"]?.arrayValue ?? []).compactMap { $0.text("reason") }.joined(
                    separator: " ")
            } catch let failure as CommandFailure {
                missing = failure.message
            }
            guard ContinuousClock.now < end else {
                throw CommandFailure(
                    .unavailable, "Purser did not become ready within \(Self.readyLimit). \(missing)")
            }
            try await Task.sleep(for: Self.readyInterval)
        }
    }
}
