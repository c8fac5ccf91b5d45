import ArgumentParser
import Foundation
import Models
import Orchestrator
import ServiceRuntime

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the databases of a running system to a folder.",
        discussion: """
            Run it on the machine that has the data folder (PURSER_DATA), as the user that the services run as. They may \
            run meanwhile, or be stopped. The folder must not exist, or be empty; its files are readable for their owner \
            alone.

            The master key is NOT in it: keep it elsewhere. Without it the secrets in the backup do not open, and whoever \
            has both has everything. Nor are log entries that have not reached the collector yet.

            To restore: stop the services, move the old data folder away, copy this folder to its place, put the master \
            key where it was, and start. What was open in the backup is then looked at before it is done again, or waits \
            for a person (purser action list --state unsure); every product is compared with its provider (purser product \
            list --differing, and --doubtful for what could not be compared). Tokens revoked since the backup are good \
            again: revoke them anew.
            """)

    @Argument(help: "Where the copy goes.") var folder: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
        do {
            let made = try Backup(of: try RuntimeConfiguration.read().dataFolder).make(in: folder)
            print(common.json ? made.pretty : Self.text(made))
        } catch let error as ConfigurationError {
            warn("purser: \(error)")
            throw ExitCode(ServiceMain.configurationExitStatus)
        } catch let failure as CommandFailure {
            warn("purser: \(failure)")
            throw ExitCode(failure.status.rawValue)
        }
    }

    private static func text(_ backup: JSONValue) -> String {
        let files = Table(
            ["file", "bytes"], empty: "",
            (backup["files"]?.arrayValue ?? []).map { [Cell($0.text("path")), Cell($0.text("bytes"))] })
        return "\(files.text)\n\nBacked up to \(backup.text("folder") ?? ""). "
            + "The master key is not in it: keep it elsewhere."
    }
}
