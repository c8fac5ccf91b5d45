import ArgumentParser
import Foundation
import Models
import ServiceRuntime

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Master and sealing keys: derive, change and retire them.",
        subcommands: [KeysDerive.self, KeysStatus.self, KeysRotate.self, KeysRetire.self])
}

/// A command that reads or writes key files on this machine.
protocol KeyFileCommand: AsyncParsableCommand {
    func runWithKeys() async throws
}

extension KeyFileCommand {
    func run() async throws {
        do {
            try await runWithKeys()
        } catch let error as ConfigurationError {
            warn("purser: \(error)")
            throw ExitCode(ServiceMain.configurationExitStatus)
        } catch let failure as CommandFailure {
            warn("purser: \(failure)")
            throw ExitCode(failure.status.rawValue)
        }
    }
}

/// Where the key files are.
struct KeyFileOptions: ParsableArguments {
    @Option(
        help: "The file with the master key; PURSER_MASTER_KEY_FILE, or else master.key in the data folder.")
    var keyFile: String?

    @Option(
        help:
            "The folder with the services' keys, named as in hosting.key and gateway.key; run in the data folder."
    )
    var keyFolder: String?

    /// - Throws: where there is no such file, or the master key was given as text.
    func files() throws -> KeyFiles {
        let configuration = try RuntimeConfiguration.read()
        let path = keyFile ?? configuration.masterKeyFile ?? configuration.ownMasterKeyFile
        guard keyFile != nil || configuration.masterKeyFile != nil || configuration.masterKey == nil else {
            throw ConfigurationError(problems: [
                "The master key is given as text in PURSER_MASTER_KEY, so there is no file to change. Put the keys there by "
                    + "hand, separated by commas, and start the services anew: first the new one as 'next <key>', then "
                    + "before the old one, then alone."
            ])
        }
        return try KeyFiles(
            master: path, folder: keyFolder ?? configuration.dataFolder + "/run")
    }
}

struct KeysDerive: KeyFileCommand {
    static let configuration = CommandConfiguration(
        commandName: "derive",
        abstract:
            "Print the keys that a gateway, a log collector or an adapter gets as PURSER_SEALING_KEY, one a line.",
        discussion: """
            They are derived from PURSER_MASTER_KEY, or the file that PURSER_MASTER_KEY_FILE names, or the data folder's \
            master.key. Only the orchestrator is given the master key itself. There is more than one line only while keys \
            are changed.
            """)

    @Argument(help: "gateway, log-collector, or the adapter's category, as in hosting.") var recipient: String

    func runWithKeys() async throws {
        let configuration = try RuntimeConfiguration.read()
        let isKept = FileManager.default.fileExists(atPath: configuration.ownMasterKeyFile)
        guard configuration.masterKey != nil || isKept else {
            throw ConfigurationError(problems: [
                "There is no master key. Set PURSER_MASTER_KEY or PURSER_MASTER_KEY_FILE."
            ])
        }
        let text =
            try configuration.masterKey?.revealed
            ?? String(contentsOfFile: configuration.ownMasterKeyFile, encoding: .utf8)
        let ring = try KeyFiles.ring(of: text, named: "The master key")
        print(try ring.derived(for: KeyFiles.recipient(recipient)).text, terminator: "")
    }
}

struct KeysStatus: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Which keys are in use, by their ids, who has them, and what older ones are needed for.")

    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/keys")) { Self.text($0) }
    }

    private static func text(_ status: JSONValue) -> String {
        let keys = Table(
            ["key", "of", "generation", "", "needed for"], empty: "There are no keys.",
            (status["keys"]?.arrayValue ?? []).map { key in
                let needs = (key["needed_by"]?.arrayValue ?? []).compactMap(\.stringValue)
                let seals = key["seals"] == true
                return [
                    Cell(key.text("id")), Cell(key.text("recipient")), Cell(key.text("generation")),
                    Cell(seals ? "seals" : "opens", seals ? .green : .yellow),
                    seals
                        ? Cell("")
                        : Cell(needs.isEmpty ? "nothing: it can be retired" : needs.joined(separator: " ")),
                ]
            })
        let holders = Table(
            ["service", "keys", "of"], empty: "",
            (status["holders"]?.arrayValue ?? []).map { holder in
                let ids = (holder["keys"]?.arrayValue ?? []).compactMap(\.stringValue)
                return [
                    Cell(holder.text("instance")), Cell(ids.joined(separator: " ")),
                    Cell(holder.text("recipient")),
                ]
            })
        let rewrapped =
            "Records sealed anew since the orchestrator's start: \(status.text("rewrapped") ?? "0")."
        return [keys.text, holders.text, rewrapped].joined(separator: "\n\n")
    }
}
