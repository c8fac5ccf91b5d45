package import Logging

/// What every service is told from outside, read once at its start.
///
/// Each key is an environment variable of exactly this name. Where `PURSER_CONFIGURATION_FILE` names a file of lines
/// `KEY=value`, keys absent from the environment are taken from there. An empty value counts as absent.
///
/// - `PURSER_BUS`: `embedded` (the default), or `amqp://user:password@host:port/vhost`, or the same with `amqps://`.
/// - `PURSER_DATA`: the folder where everything is kept; `./.purser`.
/// - `PURSER_HTTP_HOST`: the address that the gateway listens at; `127.0.0.1`.
/// - `PURSER_HTTP_PORT`: and its port, 0 to 65535 where 0 takes any free one; `8080`.
/// - `PURSER_MASTER_KEY` or `PURSER_MASTER_KEY_FILE`: 32 bytes in base64, or the file that holds them; several keys while
///   they are changed, by commas or one a line (see `MasterKeyRing`). A file is followed, text needs a restart.
/// - `PURSER_SEALING_KEY` or `PURSER_SEALING_KEY_FILE`: the derived key of a gateway or an adapter, in the same form.
/// - `PURSER_ADMIN_TOKEN`: a first admin token, at least 32 characters.
/// - `PURSER_LOG_LEVEL`: `trace`, `debug`, `info` (the default), `notice`, `warning`, `error` or `critical`.
/// - `PURSER_HEALTH_PORT`: where services without an HTTP API serve `/healthz`, `/readyz` and `/metrics`; off when absent.
/// - `PURSER_DEMO`: whether the first start sets up demo data; `1`.
/// - `PURSER_EXPECTED_CATEGORIES`: categories, separated by commas, without whose adapters a gateway is not ready; none.
/// - `PURSER_CALL_LIMIT_SECONDS`: how long a provider call may take at most, 1 to 600, where its function allows more; 600.
/// - `PURSER_BACKLOG_LIMIT`: how many actions may wait or be under way before new ones are refused; 100,000.
/// - `PURSER_CLIENT_BACKLOG_LIMIT`: and how many of one client; 20,000.
/// - `PURSER_WEBHOOK_HTTP`: whether webhooks may have addresses of `http` on other hosts than this one; `0`.
/// - `PURSER_PUBLIC_URL`: where people reach the gateway, as through a proxy that ends TLS; where it listens if absent.
/// - `PURSER_TRUSTED_PROXIES`: addresses and ranges, by commas, of proxies whose `X-Forwarded-For` is believed; none.
/// - `PURSER_RATE_LIMIT`: how many requests a second one token or session may make, at bursts of twice as many; 2,000, and
///   0 for any number.
/// - `PURSER_ADMIN_EMAIL`: what the first admin signs in with; `admin@localhost`.
/// - `PURSER_ACCEPT_UNSIGNED`: whether messages without a signature are taken, for the upgrade from a version that signed
///   none; `0`.
/// - `PURSER_OUTBOUND_ALLOW`: ranges of addresses, as in `10.0.0.0/8,fd00::/8`, that third parties and webhooks may have
///   besides public ones; none.
/// - `PURSER_INSTANCE`: the name of this instance; `<service>-<host>-<process id>`.
package struct RuntimeConfiguration: Sendable, Equatable {
    package var bus: BusLocation
    package var dataFolder: String
    package var httpHost: String
    package var httpPort: Int
    /// As given, or what the file holds.
    package var masterKey: Redacted<String>?
    /// The file, where that was named.
    package var masterKeyFile: String?
    /// As given, or what the file holds.
    package var sealingKey: Redacted<String>?
    /// The file, where that was named.
    package var sealingKeyFile: String?
    package var adminToken: Redacted<String>?
    package var logLevel: Logger.Level
    package var healthPort: Int?
    package var wantsDemo: Bool
    /// Categories without whose adapters a gateway is not ready.
    package var expectedCategories: [String]
    /// How long a provider call may take at most, whatever its function allows.
    package var callLimit: Duration
    /// How many actions may wait or be under way before new ones are refused.
    package var backlogLimit: Int
    /// How many of one client.
    package var clientBacklogLimit: Int
    /// Whether webhooks may be told over `http` on other hosts.
    package var allowsWebhookHTTP: Bool
    /// Where people reach the gateway, without a slash at its end.
    package var publicURL: String?
    /// Proxies whose word counts on where a request came from.
    package var trustedProxies: [AddressRange]
    /// How many requests a second one token or session may make; 0 for any number.
    package var rateLimit: Int
    /// What the first admin signs in with.
    package var adminEmail: String
    /// Which addresses third parties and webhooks may have.
    package var outbound: OutboundPolicy
    /// Whether messages without a signature are taken.
    package var acceptsUnsigned: Bool
    /// What `PURSER_INSTANCE` says; nil where it is absent.
    package var givenInstance: String?

    package init(
        bus: BusLocation = .embedded, dataFolder: String = "./.purser", httpHost: String = "127.0.0.1",
        httpPort: Int = 8080, masterKey: Redacted<String>? = nil, sealingKey: Redacted<String>? = nil,
        adminToken: Redacted<String>? = nil, logLevel: Logger.Level = .info, healthPort: Int? = nil,
        wantsDemo: Bool = true, expectedCategories: [String] = [], callLimit: Duration = .seconds(600),
        backlogLimit: Int = 100_000, clientBacklogLimit: Int = 20_000, allowsWebhookHTTP: Bool = false,
        publicURL: String? = nil, trustedProxies: [AddressRange] = [], rateLimit: Int = 2000,
        adminEmail: String = "admin@localhost", outbound: OutboundPolicy = .publicOnly,
        acceptsUnsigned: Bool = false, givenInstance: String? = nil
    ) {
        self.bus = bus
        self.dataFolder = dataFolder
        self.httpHost = httpHost
        self.httpPort = httpPort
        self.masterKey = masterKey
        self.sealingKey = sealingKey
        self.adminToken = adminToken
        self.logLevel = logLevel
        self.healthPort = healthPort
        self.wantsDemo = wantsDemo
        self.expectedCategories = expectedCategories
        self.callLimit = callLimit
        self.backlogLimit = backlogLimit
        self.clientBacklogLimit = clientBacklogLimit
        self.allowsWebhookHTTP = allowsWebhookHTTP
        self.publicURL = publicURL
        self.trustedProxies = trustedProxies
        self.rateLimit = rateLimit
        self.adminEmail = adminEmail
        self.outbound = outbound
        self.acceptsUnsigned = acceptsUnsigned
        self.givenInstance = givenInstance
    }
}

/// Which form of the bus to use.
package enum BusLocation: Sendable, Equatable {
    /// In this process.
    case embedded
    /// A RabbitMQ broker, by its `amqp://` or `amqps://` address, which may hold a password.
    case broker(Redacted<String>)
}
