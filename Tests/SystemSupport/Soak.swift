import Foundation

/// What `Tests/Faults/soak` asks for: the long form of what `./Tests/run` runs shortly.
package enum Soak {
    /// How long the storm lasts; nil where tests run in their short form.
    package static let minutes = ProcessInfo.processInfo.environment["SOAK_MINUTES"].flatMap { Int($0) }
    package static let seed = ProcessInfo.processInfo.environment["SOAK_SEED"].flatMap { UInt64($0) }
}
