import Foundation
import Testing

/// The versions that are built are the ones that were tested.
@Suite("The pinned dependencies")
struct PinTests {
    /// What `compose/Package.resolved` says, as far as it is looked at here.
    private struct Resolved: Decodable {
        struct Pin: Decodable {
            struct State: Decodable {
                let revision: String
                /// Absent where a branch is followed.
                let version: String?
            }
            let identity: String
            let location: String
            let state: State
        }
        let version: Int
        let pins: [Pin]
    }

    private static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardizedFileURL

    private static func pins() throws -> [Resolved.Pin] {
        let file = package.appending(path: "compose/Package.resolved")
        let resolved = try JSONDecoder().decode(Resolved.self, from: Data(contentsOf: file))
        #expect(resolved.version == 3)
        return resolved.pins
    }

    /// Addresses and versions of the dependencies that `Package.swift` names.
    private static func named() throws -> [(url: String, version: String?)] {
        let manifest = try String(contentsOf: package.appending(path: "Package.swift"), encoding: .utf8)
        return manifest.matches(of: /\.package\(\s*url:\s*"([^"]+)"(?:,\s*exact:\s*"([^"]+)")?/).map {
            (String($0.1), $0.2.map(String.init))
        }
    }

    @Test("What Package.swift names is exact, and the version that is pinned")
    func direct() throws {
        let pins = try Self.pins()
        let named = try Self.named()
        #expect(named.count >= 10, "they are found")
        for (url, version) in named {
            let version = try #require(version, "\(url) is not named exactly")
            let pin = try #require(pins.first { $0.location == url }, "\(url) is not pinned")
            #expect(pin.state.version == version, "\(url)")
        }
    }

    @Test("All that is pinned is a version, and one commit of it")
    func commits() throws {
        let pins = try Self.pins()
        #expect(Set(pins.map(\.identity)).count == pins.count)
        for pin in pins {
            #expect(pin.state.version != nil, "\(pin.identity) follows a branch")
            #expect(pin.state.revision.wholeMatch(of: /[0-9a-f]{40}/) != nil, "\(pin.identity)")
            #expect(pin.location.hasPrefix("https://"), "\(pin.identity)")
        }
    }
}
