import AdapterKit

extension PercentEncoding {
    /// An id as one segment of a path, whatever is in it: it can neither begin another segment nor be one that
    /// means the folder above.
    static func segment(_ id: String) -> String {
        let text = component(id)
        return text.allSatisfy { $0 == "." } ? text.replacing(".", with: "%2E") : text
    }
}
