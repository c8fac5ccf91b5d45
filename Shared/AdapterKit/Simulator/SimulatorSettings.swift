/// The settings that all demo providers have. The configuration of each declares them in its contract.
package protocol SimulatorSettings {
    /// How long every call takes at least, in milliseconds; 0 where absent.
    var latencyMs: Int? { get }
    /// A `SimulatedFault`; `none` where absent.
    var fault: String? { get }
    /// How likely the fault is, 0 to 1; 1 where absent.
    var faultRate: Double? { get }
    /// The functions that have the fault; all where absent.
    var faultFunctions: [String]? { get }
    /// Makes the same calls meet the fault on every run; chance where absent.
    var seed: Int? { get }
}

/// How a simulated third party can misbehave.
package enum SimulatedFault: String, Sendable, CaseIterable {
    case none
    /// Answers that it is not available; nothing happens.
    case transient
    /// Refuses; nothing happens.
    case rejected
    /// Takes no connections; nothing is sent.
    case unreachable
    /// Wants to be asked again after 1 s; nothing happens.
    case rateLimited = "rate_limited"
    /// Takes the request and never answers; nothing happens.
    case hangBeforeEffect = "hang_before_effect"
    /// Carries it out and never answers.
    case hangAfterEffect = "hang_after_effect"
    /// Takes five times as long, or 2 s where the latency is 0.
    case slow
    /// Carries it out and never answers, and cannot be asked whether it did.
    case unobservable
}

extension SimulatorSettings {
    /// The fault that a call meets.
    ///
    /// - Parameter call: what is the same about the same call on another run.
    func fault(for function: String, call: String) -> SimulatedFault {
        guard let fault = fault.flatMap(SimulatedFault.init(rawValue:)), fault != .none,
            faultFunctions?.contains(function) ?? true
        else { return .none }
        return draw("\(function)/\(call)") < (faultRate ?? 1) ? fault : .none
    }

    /// A number from 0 up to but not including 1.
    private func draw(_ call: String) -> Double {
        guard let seed else { return Double.random(in: 0..<1) }
        // FNV-1a over the call, then the finisher of SplitMix64, so that similar calls draw dissimilar
        // numbers.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bitPattern: Int64(seed))
        for byte in call.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((hash ^ (hash >> 31)) >> 11) / Double(UInt64(1) << 53)
    }
}
