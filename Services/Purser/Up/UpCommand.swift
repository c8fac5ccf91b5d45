import ArgumentParser
import ServiceLifecycle
import ServiceRuntime

/// Runs everything in one process.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Run all services in one process, until Ctrl-C.",
        discussion:
            "Takes the environment that the README lists. On the first start it provisions demo products.")

    func run() async throws {
        do {
            var configuration = try RuntimeConfiguration.read()
            let token = try AdminToken(configuration)
            configuration.adminToken = Redacted(token.text)
            let client = PurserClient(
                url: "http://\(configuration.httpHost):\(configuration.httpPort)", token: token.text)
            try await Everything(configuration).run(
                FirstStart(client: client, configuration: configuration, tokenFile: token.file))
        } catch let error as ConfigurationError {
            warn("purser cannot start, because its configuration is wrong:")
            for problem in error.problems { warn("  - \(problem)") }
            throw ExitCode(ServiceMain.configurationExitStatus)
        }
    }
}

/// What `purser up` does once it is ready: says where things are, and provisions the demo products.
struct FirstStart: Service {
    let client: PurserClient
    let configuration: RuntimeConfiguration
    let tokenFile: String?

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await client.waitUntilReady()
                let admin = try await FirstUsers(client: client, dataFolder: configuration.dataFolder)
                    .makeAdmin(email: configuration.adminEmail)
                Welcome(
                    url: client.url, tokenFile: tokenFile, dataFolder: configuration.dataFolder,
                    adminEmail: configuration.adminEmail, newPassword: admin?.password
                ).show()
                if configuration.wantsDemo {
                    try await Demo(client: client, dataFolder: configuration.dataFolder).run()
                }
            }
        } catch is CancellationError {
            return
        } catch {
            warn("purser: \(error)")
        }
        try await gracefulShutdown()
    }
}
