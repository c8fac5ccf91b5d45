import Foundation

/// A place at which a debug build can be made to crash, so that a test sees what a crash there leaves behind.
///
/// With `PURSER_CRASH_POINT=before-call` a process that comes to that place ends by SIGKILL, once for each action: a file
/// `$PURSER_DATA/crash-points/before-call/<action>` tells the processes after it. Release builds have no crash points.
package enum CrashPoint: String, Sendable, CaseIterable {
    /// Adapter: a delivery was taken, nothing was asked of the provider.
    case beforeCall = "before-call"
    /// Adapter: the provider has answered, which is written down nowhere.
    case afterCall = "after-call"
    /// Adapter: the outcome is in the log, and not published.
    case beforePublish = "before-publish"
    /// Adapter: the bus has taken the outcome, the delivery is not acknowledged.
    case beforeAcknowledgement = "before-acknowledgement"
    /// Orchestrator: the hand-over is durable, its message is not published.
    case beforeRelay = "before-relay"
    /// Orchestrator: the message is published, and still in the outbox.
    case afterRelay = "after-relay"
    /// Orchestrator: an outcome has arrived, nothing of it is durable.
    case beforeCommit = "before-commit"
    /// Orchestrator: an outcome is durable, its delivery is not acknowledged.
    case afterCommit = "after-commit"
    /// Gateway: an action is accepted, its caller does not know.
    case beforeAnswer = "before-answer"

    /// The variable that names the one point which is armed.
    package static let variable = "PURSER_CRASH_POINT"
    /// The folder in the data folder that tells which crashes have happened.
    package static let folder = "crash-points"

    /// Comes to this place.
    ///
    /// - Parameter subjects: the actions that are here. The process crashes where one of them has not crashed it before.
    @inline(__always)
    package func reach(_ subjects: @autoclosure () -> [String]) {
        #if DEBUG
            guard Self.armed?.point == self else { return }
            crash(for: subjects())
        #endif
    }
}

#if DEBUG
    extension CrashPoint {
        /// The point that is armed in this process, and where its crashes are noted.
        private static let armed: (point: CrashPoint, folder: String)? = {
            let environment = ProcessInfo.processInfo.environment
            guard let point = environment[variable].flatMap(CrashPoint.init(rawValue:)) else { return nil }
            let data = environment[ConfigurationKey.data.rawValue] ?? "./.purser"
            return (point, "\(data)/\(folder)/\(point.rawValue)")
        }()

        private func crash(for subjects: [String]) {
            guard let folder = Self.armed?.folder else { return }
            // It is there, or the crash does not happen, which the test sees.
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var isNew = false
            for subject in subjects {
                let file = open("\(folder)/\(subject)", O_CREAT | O_EXCL | O_WRONLY, 0o600)
                guard file >= 0 else { continue }
                close(file)
                isNew = true
            }
            if isNew { kill(getpid(), SIGKILL) }
        }
    }
#endif
