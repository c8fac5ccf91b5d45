/// The names of all keys, as they stand in the environment.
enum ConfigurationKey: String, CaseIterable {
    case bus = "PURSER_BUS"
    case data = "PURSER_DATA"
    case httpHost = "PURSER_HTTP_HOST"
    case httpPort = "PURSER_HTTP_PORT"
    case masterKey = "PURSER_MASTER_KEY"
    case masterKeyFile = "PURSER_MASTER_KEY_FILE"
    case sealingKey = "PURSER_SEALING_KEY"
    case sealingKeyFile = "PURSER_SEALING_KEY_FILE"
    case adminToken = "PURSER_ADMIN_TOKEN"
    case logLevel = "PURSER_LOG_LEVEL"
    case healthPort = "PURSER_HEALTH_PORT"
    case demo = "PURSER_DEMO"
    case instance = "PURSER_INSTANCE"
    case expectedCategories = "PURSER_EXPECTED_CATEGORIES"
    case callLimitSeconds = "PURSER_CALL_LIMIT_SECONDS"
    case backlogLimit = "PURSER_BACKLOG_LIMIT"
    case clientBacklogLimit = "PURSER_CLIENT_BACKLOG_LIMIT"
    case acceptUnsigned = "PURSER_ACCEPT_UNSIGNED"
    case outboundAllow = "PURSER_OUTBOUND_ALLOW"
    case webhookHTTP = "PURSER_WEBHOOK_HTTP"
    case publicURL = "PURSER_PUBLIC_URL"
    case trustedProxies = "PURSER_TRUSTED_PROXIES"
    case rateLimit = "PURSER_RATE_LIMIT"
    case adminEmail = "PURSER_ADMIN_EMAIL"
    case file = "PURSER_CONFIGURATION_FILE"

    /// The key as swift-configuration spells it: its environment provider turns `purser.http.port` into `PURSER_HTTP_PORT`.
    var path: String { rawValue.lowercased().replacing("_", with: ".") }

    var isSecret: Bool {
        switch self {
        case .bus, .masterKey, .sealingKey, .adminToken: true
        default: false
        }
    }
}
