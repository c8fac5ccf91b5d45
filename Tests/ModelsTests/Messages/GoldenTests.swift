import Foundation
import Models
import Testing

@Suite("Golden files")
struct GoldenTests {
    static let catalogues = [
        EntitiesContract.catalogue, MessagesContract.catalogue, RequestsContract.catalogue,
    ]

    @Test("Every message type has a golden file, and every golden file a message type")
    func complete() throws {
        let types = Set(Self.catalogues.flatMap(\.messages).map(\.type))
        let replies = Set(Self.catalogues.flatMap(\.messages).compactMap(\.reply))
        #expect(try Resource.names(in: "Golden") == types)
        #expect(try Resource.names(in: "Golden/replies") == replies.union(["failure"]))
        #expect(
            Set(GoldenFile.all.map(\.path)) == types.union(replies.union(["failure"]).map { "replies/" + $0 })
        )
    }

    @Test("A golden file is read and written again as it is", arguments: GoldenFile.all)
    func bothWays(file: GoldenFile) throws {
        let body = try Resource.data("Golden/\(file.path).json")
        let golden = try JSONDecoder().decode(JSONValue.self, from: body)
        #expect(golden["type"] == .string(file.type))
        let written = try JSONDecoder().decode(JSONValue.self, from: try file.roundTrip(body))
        #expect(written == golden)
    }

    /// `released` has what each version of a message consisted of at the least when it was released, without
    /// what came later. These files are written once, with the message type, and never changed: services of two
    /// versions talk to each other, and messages outlive an update in queues and in the database.
    @Test("A message as it was first released is still read, with all it says", arguments: GoldenFile.all)
    func released(file: GoldenFile) throws {
        let body = try Resource.data("Golden/released/\(file.path).json")
        let released = try JSONDecoder().decode(JSONValue.self, from: body)
        #expect(released["type"] == .string(file.type))
        let written = try JSONDecoder().decode(JSONValue.self, from: try file.roundTrip(body))
        #expect(written == released)
    }

    @Test("There is a released file for every message and reply, and none of what there is not")
    func releasedComplete() throws {
        let files = try Resource.names(in: "Golden/released")
        let replies = try Resource.names(in: "Golden/released/replies")
        #expect(files.union(replies.map { "replies/" + $0 }) == Set(GoldenFile.all.map(\.path)))
    }

    @Test("A golden file names every field of its message", arguments: Self.catalogues.flatMap(\.messages))
    func everyField(message: MessageDefinition) throws {
        let data = try #require(try Resource.json("Golden/\(message.type).json")["data"]?.objectValue)
        #expect(Self.unnamed(message.fields, in: data).isEmpty)
        guard let reply = message.reply else { return }
        let fields = try #require(Self.catalogues.flatMap(\.types).first { $0.name == reply }?.fields)
        let value = try #require(
            try Resource.json("Golden/replies/\(reply).json")["data"]?["value"]?.objectValue)
        #expect(Self.unnamed(fields, in: value).isEmpty)
    }

    @Test("Members that are not known are ignored at every depth", arguments: GoldenFile.all)
    func unknownMembers(file: GoldenFile) throws {
        let golden = try Resource.json("Golden/\(file.path).json")
        let grown = try JSONEncoder().encode(Self.growing(golden))
        let written = try JSONDecoder().decode(JSONValue.self, from: try file.roundTrip(grown))
        // Free objects keep what they are given; take it away again to compare.
        #expect(Self.pruned(written) == golden)
    }

    @Test(
        "A message without one of its required members is refused by name",
        arguments: catalogues.flatMap(\.messages))
    func missingMembers(message: MessageDefinition) throws {
        let file = try #require(GoldenFile.all.first { $0.path == message.type })
        let golden = try #require(try Resource.json("Golden/\(message.type).json").objectValue)
        for field in message.fields where field.isRequired {
            var data = try #require(golden["data"]?.objectValue)
            data[field.name] = nil
            var envelope = golden
            envelope["data"] = .object(data)
            let body = try JSONEncoder().encode(envelope)
            let error = #expect(throws: EnvelopeError.self) { _ = try file.roundTrip(body) }
            #expect(error?.message == "/data has no member \(field.name)")
        }
    }

    // MARK: Walking documents

    /// The paths of fields that an object lacks, at every depth.
    private static func unnamed(
        _ fields: [FieldDefinition], in object: [String: JSONValue], at path: String = ""
    ) -> [String] {
        fields.flatMap { field -> [String] in
            let here = path + "/" + field.name
            guard let value = object[field.name] else { return [here] }
            let members = field.fields ?? field.items?.first?.fields
            guard let members else { return [] }
            let inner = value.objectValue ?? value.arrayValue?.first?.objectValue ?? [:]
            return unnamed(members, in: inner, at: here)
        }
    }

    private static let stranger = "x_not_known"

    private static func growing(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            var grown = members.mapValues(growing)
            grown[stranger] = ["a": [1, .null, "b"]]
            return .object(grown)
        case .array(let elements): return .array(elements.map(growing))
        default: return value
        }
    }

    private static func pruned(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(members.filter { $0.key != stranger }.mapValues(pruned))
        case .array(let elements): .array(elements.map(pruned))
        default: value
        }
    }
}

extension MessageDefinition: CustomTestStringConvertible {
    package var testDescription: String { type }
}
