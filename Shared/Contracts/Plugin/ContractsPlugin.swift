import Foundation
import PackagePlugin

/// Runs the generator on a target's `*.yaml` files before the target is compiled.
@main
struct ContractsPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let target = target.sourceModule else { return [] }
        let contracts = target.sourceFiles
            .map(\.url)
            .filter { $0.pathExtension == "yaml" }
            .sorted { $0.path < $1.path }
        guard !contracts.isEmpty else { return [] }
        let folder = context.pluginWorkDirectoryURL
        return [
            .buildCommand(
                displayName: "Contracts of \(target.name)",
                executable: try context.tool(named: "ContractsGenerator").url,
                arguments: [folder.path] + contracts.map(\.path),
                inputFiles: contracts,
                outputFiles: contracts.map { folder.appending(path: outputName($0)) })
        ]
    }

    /// The same rule as the generator's.
    private func outputName(_ file: URL) -> String {
        let words = file.deletingPathExtension().lastPathComponent.split {
            $0 == "-" || $0 == "_" || $0 == "."
        }
        return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "+Contract.swift"
    }
}
