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
        configuration.masterKey = reader.key(.masterKey, file: .masterKeyFile)
        configuration.sealingKey = reader.key(.sealingKey, file: .sealingKeyFile)
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
        return Redacted(token)
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
