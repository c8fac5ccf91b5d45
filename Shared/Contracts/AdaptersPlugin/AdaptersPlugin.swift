import Foundation
import PackagePlugin

/// Lists the adapters that a target depends on, in their order in `Package.swift`, so that nobody lists them twice.
@main
struct AdaptersPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let adapters = target.dependencies.compactMap { dependency in
            if case .target(let module) = dependency, module.name.hasSuffix("Adapter") {
                module.name
            } else {
                nil
            }
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "Adapters+All.swift")
        return [
            .buildCommand(
                displayName: "Adapters of \(target.name)",
                executable: try context.tool(named: "ContractsGenerator").url,
                arguments: ["--adapters", output.path] + adapters, outputFiles: [output])
        ]
    }
}
