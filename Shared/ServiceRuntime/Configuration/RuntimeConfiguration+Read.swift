import Foundation
import Logging

extension RuntimeConfiguration {
    /// The shortest admin token that is taken.
    package static let adminTokenMinimumLength = 32

    /// Reads the configuration from the environment and the file that it may name.
    ///
    /// - Parameter needsBroker: whether the service runs alone in its process, so that the embedded bus would lead
    ///   nowhere.
    /// - Throws: `ConfigurationError` with every problem there is.
    package static func read(
        environment: [String: String] = ProcessInfo.processInfo.environment, needsBroker: Bool = false
    ) throws(ConfigurationError) -> RuntimeConfiguration {
        var reader = ConfigurationReader(environment: environment)
        var configuration = RuntimeConfiguration()
        configuration.bus = busLocation(&reader, needsBroker: needsBroker)
        configuration.dataFolder = reader.text(.data) ?? configuration.dataFolder
        configuration.httpHost = reader.text(.httpHost) ?? configuration.httpHost
        configuration.httpPort = reader.port(.httpPort) ?? configuration.httpPort
        (configuration.masterKey, configuration.masterKeyFile) = reader.key(
            .masterKey, file: .masterKeyFile
        ) { _ = try MasterKeyRing(text: $0) }
        (configuration.sealingKey, configuration.sealingKeyFile) = reader.key(
            .sealingKey, file: .sealingKeyFile
        ) { _ = try KeyRing(text: $0) }
        configuration.adminToken = adminToken(&reader)
        configuration.logLevel = logLevel(&reader)
        configuration.healthPort = reader.port(.healthPort)
        configuration.wantsDemo = reader.truth(.demo) ?? configuration.wantsDemo
        configuration.expectedCategories = expectedCategories(reader)
        configuration.callLimit = callLimit(&reader) ?? configuration.callLimit
        configuration.backlogLimit = count(.backlogLimit, &reader) ?? configuration.backlogLimit
        configuration.clientBacklogLimit =
            count(.clientBacklogLimit, &reader) ?? configuration.clientBacklogLimit
        configuration.allowsWebhookHTTP = reader.truth(.webhookHTTP) ?? configuration.allowsWebhookHTTP
        configuration.publicURL = publicURL(&reader)
        configuration.trustedProxies = ranges(.trustedProxies, &reader)
        configuration.rateLimit = rateLimit(&reader) ?? configuration.rateLimit
        configuration.adminEmail = reader.text(.adminEmail) ?? configuration.adminEmail
        configuration.outbound = OutboundPolicy(allowing: ranges(.outboundAllow, &reader))
        configuration.acceptsUnsigned = reader.truth(.acceptUnsigned) ?? configuration.acceptsUnsigned
        configuration.givenInstance = instance(&reader)
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
        return configuration
    }

    /// The name of this process's instance of a service.
    package func instance(of service: String) -> String {
        givenInstance ?? "\(service)-\(Self.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
    }

    private static let hostName: String = {
        let name = ProcessInfo.processInfo.hostName.prefix { $0 != "." }
        return name.isEmpty ? "localhost" : String(name)
    }()

    private static func busLocation(
        _ reader: inout ConfigurationReader, needsBroker: Bool
    ) -> BusLocation {
        guard let text = reader.text(.bus), text != "embedded" else {
            if needsBroker {
                reader.reject(
                    .bus,
                    "must be a broker's address, such as amqp://user:password@host:5672/vhost. The embedded bus "
                        + "connects services of one process, which `purser up` runs.")
            }
            return .embedded
        }
        let address = URLComponents(string: text)
        guard let scheme = address?.scheme?.lowercased(), ["amqp", "amqps"].contains(scheme),
            address?.host?.isEmpty == false
        else {
            // The value itself may hold a password.
            reader.reject(
                .bus, "must be `embedded`, or an address such as amqp://user:password@host:5672/vhost.")
            return .embedded
        }
        return .broker(Redacted(text))
    }

    private static func adminToken(_ reader: inout ConfigurationReader) -> Redacted<String>? {
        guard let token = reader.text(.adminToken) else { return nil }
        guard token.count >= adminTokenMinimumLength else {
            reader.reject(
                .adminToken,
                "has \(token.count) characters, but must have at least \(adminTokenMinimumLength).")
            return nil
        }
        guard !TokenText.isMistyped(token) else {
            reader.reject(
                .adminToken, "has the form of a token of Purser, but not its checksum: it is mistyped.")
            return nil
        }
        return Redacted(token)
    }

    private static func publicURL(_ reader: inout ConfigurationReader) -> String? {
        guard let text = reader.text(.publicURL) else { return nil }
        let address = URLComponents(string: text)
        guard let scheme = address?.scheme?.lowercased(), ["http", "https"].contains(scheme),
            address?.host?.isEmpty == false, address?.query == nil, address?.user == nil
        else {
            reader.reject(.publicURL, "must be an address such as https://purser.example.com.")
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func ranges(_ key: ConfigurationKey, _ reader: inout ConfigurationReader) -> [AddressRange]
    {
        let texts = (reader.text(key) ?? "").split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        for text in texts where AddressRange(text) == nil {
            reader.reject(
                key,
                "has \(text.prefix(60)), but must be addresses or ranges such as 10.0.0.0/8 or fd00::/8, by commas."
            )
        }
        return texts.compactMap(AddressRange.init)
    }

    private static func rateLimit(_ reader: inout ConfigurationReader) -> Int? {
        guard let text = reader.text(.rateLimit) else { return nil }
        guard let count = Int(text), (0...1_000_000).contains(count) else {
            reader.reject(
                .rateLimit, "is \(text.prefix(40)), but must be a number of requests a second up to 1000000.")
            return nil
        }
        return count
    }

    private static func expectedCategories(_ reader: ConfigurationReader) -> [String] {
        let text = reader.text(.expectedCategories) ?? ""
        return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
            !$0.isEmpty
        }
    }

    private static func callLimit(_ reader: inout ConfigurationReader) -> Duration? {
        guard let text = reader.text(.callLimitSeconds) else { return nil }
        guard let seconds = Int(text), (1...600).contains(seconds) else {
            reader.reject(
                .callLimitSeconds, "is \(text.prefix(40)), but must be a number of seconds from 1 to 600.")
            return nil
        }
        return .seconds(seconds)
    }

    private static func count(_ key: ConfigurationKey, _ reader: inout ConfigurationReader) -> Int? {
        guard let text = reader.text(key) else { return nil }
        guard let count = Int(text), (1...10_000_000).contains(count) else {
            reader.reject(key, "is \(text.prefix(40)), but must be a number from 1 to 10000000.")
            return nil
        }
        return count
    }

    private static func logLevel(_ reader: inout ConfigurationReader) -> Logger.Level {
        guard let text = reader.text(.logLevel) else { return .info }
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            reader.reject(.logLevel, "is \(text.prefix(40)), but must be one of \(levels).")
            return .info
        }
        return level
    }

    /// Instance names become file names, so only letters, digits, dots, dashes and underscores are taken.
    private static func instance(_ reader: inout ConfigurationReader) -> String? {
        guard let text = reader.text(.instance) else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                    || "-_.".unicodeScalars.contains($0))
        }
        guard isPlain, text.count <= 100, !text.hasPrefix(".") else {
            reader.reject(
                .instance,
                "must be at most 100 letters, digits, dots, dashes and underscores, and not begin with a dot."
            )
            return nil
        }
        return text
    }
}
