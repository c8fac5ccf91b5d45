import AdapterKit
import Models

extension Hosting.UnitsConsumed {
    /// So much used of so much; the share in percent, to one decimal.
    ///
    /// - Parameter limit: nil or 0 where there is none.
    static func share(used: Double?, of limit: Double?) -> Hosting.UnitsConsumed {
        let limit = limit.flatMap { $0 > 0 ? $0 : nil }
        var units = Hosting.UnitsConsumed(
            used: used.map { rounded($0, to: 100) }, limit: limit.map { rounded($0, to: 100) })
        if let used, let limit, (used / limit).isFinite {
            units.usedPc = JSONValue.number(rounded(used / limit * 100, to: 10)).text + "%"
        }
        return units
    }

    private static func rounded(_ value: Double, to parts: Double) -> Double {
        (value * parts).rounded() / parts
    }
}
