import ContractSchema
import Foundation

/// Turns contract files into Swift: `ContractsGenerator <output folder> <file.yaml> …`, in this order; a messages
/// file may refer to the types of those before it. Writes `<Name>+Contract.swift` for each.
///
/// `ContractsGenerator --adapters <output file> <module> …` writes the list of all adapters from their modules' names;
/// `ContractsGenerator --assets <output file> <folder> <file> …` writes the files of a folder as Swift texts.
@main
enum ContractsGenerator {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.count > 2, arguments[0] == "--adapters" {
            return list(adapters: arguments.dropFirst(2), in: URL(fileURLWithPath: arguments[1]))
        }
        if arguments.count > 2, arguments[0] == "--assets" {
            return embed(arguments.dropFirst(3), of: arguments[2], in: URL(fileURLWithPath: arguments[1]))
        }
        guard arguments.count >= 2 else {
            fail("usage: ContractsGenerator <output folder> <file.yaml> …")
        }
        let folder = URL(fileURLWithPath: arguments[0], isDirectory: true)
        var known = FieldParser(structures: [:], enumerations: [:])
        do {
            for path in arguments.dropFirst() {
                let file = URL(fileURLWithPath: path)
                let yaml = try String(contentsOf: file, encoding: .utf8)
                let contract = try ContractFile(file: path, yaml: yaml, known: &known)
                let output = folder.appendingPathComponent(outputName(file))
                try write(swift(of: contract, from: file.lastPathComponent), to: output)
            }
        } catch {
            fail("\(error)")
        }
    }

    private static func list(adapters: ArraySlice<String>, in file: URL) {
        var writer = SwiftWriter()
        writer.line("// Made from Package.swift at every build; change that file.")
        writer.line("package import AdapterKit")
        for adapter in adapters.sorted() { writer.line("import \(adapter)") }
        writer.line("")
        writer.line("extension Adapters {")
        writer.line("    /// In the order in which categories are shown.")
        writer.line("    package static let all: [any CategoryAdapter.Type] = [")
        for adapter in adapters { writer.line("        \(adapter).self,") }
        writer.line("    ]")
        writer.line("}")
        do {
            try write(writer.text, to: file)
        } catch {
            fail("\(error)")
        }
    }

    private static func embed(_ files: ArraySlice<String>, of folder: String, in file: URL) {
        do {
            try write(AssetWriter.text(of: files.sorted(), in: folder), to: file)
        } catch {
            fail("\(error)")
        }
    }

    /// Leaves a file alone that says the same already, so that nothing is compiled anew for it: the generator also runs
    /// when it was itself only built again.
    private static func write(_ text: String, to file: URL) throws {
        // Not to be read where it is new; what else is wrong with it, writing tells.
        if let bytes = try? Data(contentsOf: file), bytes == Data(text.utf8) { return }
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    private static func swift(of contract: ContractFile, from name: String) throws -> String {
        var writer = SwiftWriter()
        writer.line("// Made from \(name) at every build; change that file.")
        writer.line("package import ContractSchema")
        if case .provider = contract { writer.line("import Models") }
        writer.line("")
        switch contract {
        case .blueprint(let definition, let types, let parameterTypes, let resultTypes):
            try writer.blueprint(
                definition, types: types, parameterTypes: parameterTypes, resultTypes: resultTypes)
        case .provider(let descriptor): try writer.provider(descriptor)
        case .messages(let catalogue):
            try writer.messages(catalogue)
        }
        return writer.text
    }

    /// The same rule as the plugin's.
    private static func outputName(_ file: URL) -> String {
        let words = file.deletingPathExtension().lastPathComponent.split {
            $0 == "-" || $0 == "_" || $0 == "."
        }
        return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "+Contract.swift"
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }
}
