import Foundation
import Models

extension JSONValue {
    /// What a value encodes to.
    init(encoding value: some Encodable) throws {
        self = try RawJSON(JSONEncoder().encode(value)).decoded()
    }

    /// The same by generated code, which costs an eighth of that.
    init(encoding value: some Encodable & JSONConvertible) throws {
        self = try JSONText.parse(Data(JSONText.bytes(value)))
    }
}
