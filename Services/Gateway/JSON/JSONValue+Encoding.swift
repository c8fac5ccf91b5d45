import Foundation
import Models

extension JSONValue {
    /// What a value encodes to.
    init(encoding value: some Encodable) throws {
        self = try RawJSON(JSONEncoder().encode(value)).decoded()
    }
}
