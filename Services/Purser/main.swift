import Foundation
import ServiceLifecycle
import ServiceRuntime

struct Idle: Service { func run() async throws { try await gracefulShutdown() } }
var configuration = try RuntimeConfiguration.read()
let token = try AdminToken(configuration)
configuration.adminToken = Redacted(token.text)
try await Everything(configuration).run(Idle())
