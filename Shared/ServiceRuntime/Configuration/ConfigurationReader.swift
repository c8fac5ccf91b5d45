import Configuration
import Foundation

/// Reads single keys and gathers what is wrong with them, so that all problems are told at once.
struct ConfigurationReader {
    private let reader: ConfigReader
    private(set) var problems: [String] = []

    /// - Parameter environment: the process's environment; the file that it names is read too, where it can be.
    init(environment: [String: String]) {
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(environmentVariables: environment)
        ]
        if let path = environment[ConfigurationKey.file.rawValue], !path.isEmpty {
            do {
                let lines = try String(contentsOfFile: path, encoding: .utf8)
                providers.append(EnvironmentVariablesProvider(environmentVariables: Self.pairs(in: lines)))
            } catch {
                problems.append("\(ConfigurationKey.file.rawValue) names \(path), which cannot be read.")
            }
        }
        reader = ConfigReader(providers: providers)
    }

    mutating func reject(_ key: ConfigurationKey, _ what: String) {
        problems.append("\(key.rawValue) \(what)")
    }

    /// The value without white space around it; nil where it is absent or empty.
    func text(_ key: ConfigurationKey) -> String? {
        let value = reader.string(forKey: ConfigKey(key.path), isSecret: key.isSecret)
        let trimmed = value?.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed?.isEmpty == false ? trimmed : nil
    }

    mutating func port(_ key: ConfigurationKey) -> Int? {
        guard let text = text(key) else { return nil }
        guard let port = Int(text), (0...65_535).contains(port) else {
            reject(key, "is \(text.prefix(40)), but must be a port number from 0 to 65535.")
            return nil
        }
        return port
    }

    mutating func truth(_ key: ConfigurationKey) -> Bool? {
        guard let text = text(key) else { return nil }
        switch text.lowercased() {
        case "1", "true", "yes": return true
        case "0", "false", "no": return false
        default:
            reject(key, "is \(text.prefix(40)), but must be 1 or 0.")
            return nil
        }
    }

    /// Keys in base64, given as they are or in a file.
    ///
    /// - Parameter check: throws where a text holds no keys.
    /// - Returns: the text, and the file where it is one's.
    mutating func key(
        _ key: ConfigurationKey, file fileKey: ConfigurationKey, check: (String) throws -> Void
    ) -> (text: Redacted<String>?, file: String?) {
        let given = text(key)
        guard let path = text(fileKey) else { return (given.flatMap { checked($0, key, check) }, nil) }
        if given != nil {
            reject(key, "and \(fileKey.rawValue) are both set; remove one of them.")
            return (nil, nil)
        }
        do {
            let content = try String(contentsOfFile: path, encoding: .utf8)
            return (
                checked(content.trimmingCharacters(in: .whitespacesAndNewlines), fileKey, check), path
            )
        } catch {
            reject(fileKey, "names \(path), which cannot be read.")
            return (nil, nil)
        }
    }

    private mutating func checked(
        _ text: String, _ key: ConfigurationKey, _ check: (String) throws -> Void
    ) -> Redacted<String>? {
        do {
            try check(text)
            return Redacted(text)
        } catch {
            let reason = (error as? SealingError).map { ": \($0.message)" } ?? ""
            reject(key, "must hold 32 bytes in base64, as `openssl rand -base64 32` makes them\(reason).")
            return nil
        }
    }

    private static func pairs(in lines: String) -> [String: String] {
        var pairs: [String: String] = [:]
        for line in lines.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let mark = line.firstIndex(of: "=") else { continue }
            let name = line[..<mark].trimmingCharacters(in: .whitespaces)
            pairs[name] = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
        }
        return pairs
    }
}
