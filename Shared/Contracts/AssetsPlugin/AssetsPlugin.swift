import Foundation
import PackagePlugin

/// Puts the files under a target's `Web/Assets` into it as texts, so that its executable needs no files beside it.
@main
struct AssetsPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Web/Assets")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        let files = paths.sorted().map { folder.appending(path: $0) }
            .filter { !$0.hasDirectoryPath && $0.pathExtension != "" && !$0.lastPathComponent.hasPrefix(".") }
        let output = context.pluginWorkDirectoryURL.appending(path: "WebAsset+All.swift")
        return [
            .buildCommand(
                displayName: "Web assets of \(target.name)",
                executable: try context.tool(named: "ContractsGenerator").url,
                arguments: ["--assets", output.path, folder.path] + files.map(\.path), inputFiles: files,
                outputFiles: [output])
        ]
    }
}
