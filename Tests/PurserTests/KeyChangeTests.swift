import Foundation
import Models
import ServiceRuntime
import TestSupport
import Testing

@testable import Purser

@Suite struct KeyChangeTests {
    private let folder: TemporaryFolder
    private let old = MasterKey()

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/run", withIntermediateDirectories: true)
        for name in ["master", "run/hosting", "run/gateway"] {
            #expect(
                FileManager.default.createFile(
                    atPath: "\(folder.path)/\(name).key", contents: Data((old.text + "\n").utf8),
                    attributes: [.posixPermissions: 0o600]))
        }
    }

    private func files() throws -> KeyFiles {
        try KeyFiles(master: folder.path + "/master.key", folder: folder.path + "/run")
    }

    private func keys(_ name: String) throws -> [String] {
        try KeyRing(text: String(contentsOfFile: "\(folder.path)/run/\(name).key", encoding: .utf8)).ids
    }

    @Test func `A new master key opens first, then seals, and the old one can be removed`() throws {
        var files = try files()
        let coming = try KeyChange.master.adding(to: files.ring)
        try files.write(coming)
        let next = try #require(try self.files().ring.next)
        let hosting = SealingRecipient.category("hosting")
        #expect(try keys("hosting") == [old, next].map { $0.derived(for: hosting).id })
        #expect(try keys("gateway") == [old, next].map { $0.derived(for: .gateway).id })
        let ids = try KeyChange.master.comingIDs(in: coming)
        #expect(ids["category/hosting"] == next.derived(for: hosting).id && ids["orchestrator"] == next.id)

        // Begun again after an interruption, it is the same one that goes on.
        #expect(try KeyChange.master.adding(to: try self.files().ring).next == next)
        try files.write(try KeyChange.master.switching(coming))
        #expect(try self.files().ring.keys == [next, old])
        #expect(try keys("hosting") == [next, old].map { $0.derived(for: hosting).id })
        #expect(try KeyChange.removing(next.id, from: files.ring) == nil)
        try files.write(try #require(try KeyChange.removing(old.id, from: files.ring)))
        #expect(try self.files().ring.text == "\(next.text)\n")
        #expect(try keys("gateway") == [next.derived(for: .gateway).id])
        #expect(try folder.files() == ["master.key", "run", "run/gateway.key", "run/hosting.key"])
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/run/hosting.key")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `A category's key gets a new generation, and no other key changes`() throws {
        var files = try files()
        let change = try KeyChange.of(category: "hosting")
        let gateway = try String(contentsOfFile: folder.path + "/run/gateway.key", encoding: .utf8)
        let hosting = SealingRecipient.category("hosting")
        let (first, second) = (old.derived(for: hosting), old.derived(for: hosting, generation: 2))
        let coming = try change.adding(to: files.ring)
        #expect(coming.generations == ["hosting": [1, 2]])
        #expect(try change.adding(to: coming).generations == coming.generations)
        #expect(
            try change.comingIDs(in: coming) == ["orchestrator": second.id, "category/hosting": second.id])
        try files.write(try change.switching(coming))
        #expect(try keys("hosting") == [second.id, first.id])
        #expect(change.newID(in: files.ring) == second.id && change.oldID(in: files.ring) == first.id)
        try files.write(try #require(try KeyChange.removing(first.id, from: files.ring)))
        #expect(try self.files().ring.generations == ["hosting": [2]])
        #expect(try change.adding(to: files.ring).generations == ["hosting": [2, 3]])
        let after = try KeyRing(
            text: String(contentsOfFile: folder.path + "/run/gateway.key", encoding: .utf8))
        #expect(after.ids == [old.derived(for: .gateway).id] || after.text == gateway)
    }

    @Test func `A service without the new key is named, with how to give it`() {
        let ids = ["orchestrator": "m2", "gateway": "g2", "category/hosting": "h2"]
        let status: JSONValue = [
            "keys": [["id": "m1"]],
            "holders": [
                ["instance": "gateway", "recipient": "gateway", "keys": ["g1", "g2"]],
                ["instance": "hosting-adapter", "recipient": "category/hosting", "keys": ["h1"]],
                ["instance": "seo-adapter", "recipient": "category/seo", "keys": ["s1"]],
            ],
        ]
        #expect(
            KeysRotate.missing(ids, in: status) == [
                "hosting-adapter: purser keys derive hosting", "orchestrator: the master key's file",
            ])
    }

    @Test func `What is no key file is refused without showing it`() throws {
        try "hunter2".write(toFile: folder.path + "/master.key", atomically: true, encoding: .utf8)
        let error = #expect(throws: ConfigurationError.self) { try files() }
        #expect(error?.description.contains("hunter2") == false)
        #expect(throws: CommandFailure.self) { try KeyChange.of(category: "nope") }
    }
}
