import AdapterKit
import Models

/// A licence as Manage2 tells of it.
///
/// - SeeAlso: https://docs.cpanel.net/manage2/api/manage2-api-list-license-information/
struct CPanelLicense: Sendable {
    enum Status: Sendable, Equatable {
        case active, expired, suspended
        /// One that is not in the documentation.
        case other
    }

    var status: Status
    var ip: String?
    var packageID: String?
    /// When it was added; nil where that is not told to the second.
    var addedAt: Timestamp?
    /// The whole answer that it was in.
    var answer: JSONValue

    /// The licence of that number in an answer; nil where it is not there.
    init?(id: String, in answer: JSONValue) {
        let licenses = answer["licenses"]?.objectValue ?? [:]
        guard
            let license = licenses["L\(id)"]
                ?? licenses.values.first(where: { $0["licenseid"]?.lenientText == id })
        else { return nil }
        switch license["status"]?.lenientNumber {
        case 1: status = .active
        case 2: status = .expired
        case 4: status = .suspended
        default: status = .other
        }
        ip = license["ip"]?.lenientText
        packageID = license["packageid"]?.lenientText
        addedAt = license["adddate"]?.lenientNumber.flatMap { $0 > 0 ? Timestamp(seconds: $0) : nil }
        self.answer = answer
    }
}
