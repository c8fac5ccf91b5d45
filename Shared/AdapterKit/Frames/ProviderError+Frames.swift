import Models
import NIOCore
import NIOPosix
import NIOSSL

extension ProviderError {
    /// What it means that no connection came about: nothing was sent.
    init(connecting host: String, _ error: any Error) {
        let (kind, problem): (Kind, String) =
            switch error {
            case let refusal as OutboundRefusal: (.internal, refusal.description)
            case is OutboundGuard.UnknownHost: (.providerUnavailable, "The host's name is not known.")
            case is CancellationError: (.timedOut, "The time for the call was up.")
            case ChannelError.connectTimeout: (.providerUnavailable, "No connection came about in time.")
            case is NIOConnectionError, is IOError: (.providerUnavailable, "No connection came about.")
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
                (
                    .providerUnavailable,
                    "No secure connection came about: the certificate or TLS does not fit."
                )
            default: (.providerUnavailable, "The connection was lost before anything was sent.")
            }
        self.init(kind, details: ["problem": .string(problem), "host": .string(host)])
    }

    /// What it means that a frame did not get through, or its answer did not.
    package init(_ failure: FrameFailure, host: String, isChanging: Bool) {
        self.init(
            failure.kind == .timedOut ? .timedOut : .providerUnavailable,
            details: ["problem": .string(failure.problem), "host": .string(host)],
            mayHaveTakenEffect: isChanging)
    }
}
