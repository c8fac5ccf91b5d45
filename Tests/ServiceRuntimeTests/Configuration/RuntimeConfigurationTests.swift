import Foundation
import Logging
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct RuntimeConfigurationTests {
    private static let key = Data(repeating: 7, count: 32).base64EncodedString()
    private static let token = String(repeating: "t", count: 32)

    @Test func `Nothing has to be set`() throws {
        #expect(try RuntimeConfiguration.read(environment: [:]) == RuntimeConfiguration())
        #expect(
            try RuntimeConfiguration.read(environment: ["PURSER_BUS": "", "PURSER_HTTP_PORT": " "])
                == RuntimeConfiguration())
    }

    @Test func `Every key is read under its exact name`() throws {
        let configuration = try RuntimeConfiguration.read(environment: [
            "PURSER_BUS": "amqps://user:pw@mq.example.com:5671/purser", "PURSER_DATA": "/var/lib/purser",
            "PURSER_HTTP_HOST": "0.0.0.0", "PURSER_HTTP_PORT": "8443", "PURSER_MASTER_KEY": Self.key,
            "PURSER_SEALING_KEY": Self.key, "PURSER_ADMIN_TOKEN": Self.token, "PURSER_LOG_LEVEL": "debug",
            "PURSER_HEALTH_PORT": "9100", "PURSER_DEMO": "0", "PURSER_INSTANCE": "gateway-7",
            "PURSER_WEBHOOK_HTTP": "1", "PURSER_BACKLOG_LIMIT": "5000", "PURSER_CLIENT_BACKLOG_LIMIT": "50",
        ])
        let expected = RuntimeConfiguration(
            bus: .broker(Redacted("amqps://user:pw@mq.example.com:5671/purser")),
            dataFolder: "/var/lib/purser",
            httpHost: "0.0.0.0", httpPort: 8443, masterKey: Redacted(Self.key),
            sealingKey: Redacted(Self.key),
            adminToken: Redacted(Self.token), logLevel: .debug, healthPort: 9100, wantsDemo: false,
            backlogLimit: 5000, clientBacklogLimit: 50, allowsWebhookHTTP: true, givenInstance: "gateway-7")
        #expect(configuration == expected)
        #expect(configuration.instance(of: "gateway") == "gateway-7")
    }

    @Test func `An instance is named by its service, host and process`() throws {
        let instance = try RuntimeConfiguration.read(environment: [:]).instance(of: "orchestrator")
        #expect(instance.hasPrefix("orchestrator-"))
        #expect(instance.hasSuffix("-\(ProcessInfo.processInfo.processIdentifier)"))
    }

    @Test func `All problems are told at once`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ConfigurationError.self) {
            try RuntimeConfiguration.read(environment: [
                "PURSER_BUS": "redis://user:hunter2@localhost", "PURSER_HTTP_PORT": "eighty",
                "PURSER_MASTER_KEY": "c2hvcnQ=",
                "PURSER_SEALING_KEY_FILE": folder.path + "/none", "PURSER_ADMIN_TOKEN": "tooshort",
                "PURSER_LOG_LEVEL": "loud", "PURSER_HEALTH_PORT": "70000", "PURSER_DEMO": "maybe",
                "PURSER_BACKLOG_LIMIT": "0", "PURSER_CLIENT_BACKLOG_LIMIT": "many",
                "PURSER_INSTANCE": "../../etc", "PURSER_CONFIGURATION_FILE": folder.path + "/missing",
            ])
        }
        let problems = try #require(error).problems
        let names = [
            "PURSER_CONFIGURATION_FILE", "PURSER_BUS", "PURSER_HTTP_PORT", "PURSER_MASTER_KEY",
            "PURSER_SEALING_KEY_FILE",
            "PURSER_ADMIN_TOKEN", "PURSER_LOG_LEVEL", "PURSER_HEALTH_PORT", "PURSER_DEMO",
            "PURSER_BACKLOG_LIMIT", "PURSER_CLIENT_BACKLOG_LIMIT", "PURSER_INSTANCE",
        ]
        #expect(problems.map { String($0.prefix { $0 != " " }) } == names)
        #expect(problems.allSatisfy { $0.hasSuffix(".") })
        #expect(
            !problems.contains { $0.contains("hunter2") || $0.contains("tooshort") || $0.contains("c2hvcnQ") }
        )
    }

    @Test func `A service that runs alone needs a broker`() throws {
        for environment in [[:], ["PURSER_BUS": "embedded"]] {
            let error = #expect(throws: ConfigurationError.self) {
                try RuntimeConfiguration.read(environment: environment, needsBroker: true)
            }
            #expect(error?.problems.count == 1)
        }
        let environment = ["PURSER_BUS": "amqp://localhost"]
        #expect(throws: Never.self) {
            try RuntimeConfiguration.read(environment: environment, needsBroker: true)
        }
    }

    @Test func `A key is read from its file, but not from two places`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/key"
        try "\(Self.key)\n".write(toFile: path, atomically: true, encoding: .utf8)
        let configuration = try RuntimeConfiguration.read(environment: ["PURSER_MASTER_KEY_FILE": path])
        #expect(configuration.masterKey?.revealed == Self.key)
        let error = #expect(throws: ConfigurationError.self) {
            try RuntimeConfiguration.read(
                environment: ["PURSER_MASTER_KEY_FILE": path, "PURSER_MASTER_KEY": Self.key])
        }
        #expect(
            error?.problems == [
                "PURSER_MASTER_KEY and PURSER_MASTER_KEY_FILE are both set; remove one of them."
            ])
    }

    @Test func `The environment goes before the file`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/purser.env"
        try "# comment\nPURSER_HTTP_PORT = 9000\nPURSER_LOG_LEVEL=error\n\nPURSER_DATA=/a=b\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        let configuration = try RuntimeConfiguration.read(environment: [
            "PURSER_CONFIGURATION_FILE": path, "PURSER_HTTP_PORT": "9001",
        ])
        #expect(configuration.httpPort == 9001)
        #expect(configuration.logLevel == .error)
        #expect(configuration.dataFolder == "/a=b")
    }

    @Test func `Secrets show as dots, however they are printed`() throws {
        let configuration = try RuntimeConfiguration.read(environment: [
            "PURSER_BUS": "amqp://user:hunter2@localhost", "PURSER_MASTER_KEY": Self.key,
            "PURSER_ADMIN_TOKEN": Self.token,
        ])
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(text.contains("••••"))
            #expect(!text.contains("hunter2") && !text.contains(Self.key) && !text.contains(Self.token))
        }
    }
}
