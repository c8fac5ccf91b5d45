import AsyncHTTPClient
import Foundation
import Models
import NIOCore
import NIOPosix
import NIOSSL

extension ProviderError {
    /// What an error of the network means. The one place where this is decided.
    ///
    /// Where no connection came about, nothing was sent. Of everything later the third party may have seen a
    /// part, and a changing request may have taken effect.
    init(sending request: HTTPRequest, _ error: any Error) {
        let cause = Cause(error)
        self.init(
            cause.kind, details: ["problem": .string(cause.problem), "host": .string(request.host)],
            mayHaveTakenEffect: request.isChanging && !cause.isBeforeSending)
    }

    private struct Cause {
        var kind: Kind
        var problem: String
        var isBeforeSending: Bool

        init(_ kind: Kind, _ problem: String, beforeSending: Bool) {
            self.kind = kind
            self.problem = problem
            self.isBeforeSending = beforeSending
        }

        init(_ error: any Error) {
            switch error {
            case is CancellationError:
                self.init(.timedOut, "The time for the call was up.", beforeSending: false)
            case let error as HTTPClientError: self.init(error)
            case let refusal as OutboundRefusal:
                self.init(.internal, refusal.description, beforeSending: true)
            case is OutboundGuard.UnknownHost:
                self.init(.providerUnavailable, "The host's name is not known.", beforeSending: true)
            case is NIOConnectionError:
                self.init(.providerUnavailable, "No connection came about.", beforeSending: true)
            case let error as IOError where error.isOfConnecting:
                self.init(.providerUnavailable, "No connection came about.", beforeSending: true)
            case ChannelError.connectTimeout:
                self.init(.providerUnavailable, "No connection came about in time.", beforeSending: true)
            case NIOSSLError.uncleanShutdown:
                self.init(.providerUnavailable, "The connection was lost.", beforeSending: false)
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
                self.init(
                    .providerUnavailable,
                    "No secure connection came about: the certificate or TLS does not fit.",
                    beforeSending: true)
            case is NIOTooManyBytesError:
                self.init(
                    .providerUnavailable,
                    "The answer is larger than \(HTTPClientTransport.bodyByteLimit) bytes.",
                    beforeSending: false)
            default:
                self.init(
                    .providerUnavailable, "The connection was lost (\(type(of: error))).",
                    beforeSending: false)
            }
        }

        private init(_ error: HTTPClientError) {
            switch error {
            case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
                .proxyAuthenticationRequired,
                .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
                self.init(.providerUnavailable, "No connection came about in time.", beforeSending: true)
            case .alreadyShutdown:
                self.init(.providerUnavailable, "The adapter is stopping.", beforeSending: true)
            case .invalidURL, .emptyHost, .missingSocketPath, .emptyScheme:
                self.init(.invalidInput, "The address is not valid.", beforeSending: true)
            case .cancelled, .readTimeout, .writeTimeout, .deadlineExceeded, .requestStreamCancelled:
                self.init(.timedOut, "The time for the call was up.", beforeSending: false)
            default:
                if error.isRefusedRequest {
                    self.init(
                        .invalidInput, "The request has a header that is not valid.", beforeSending: true)
                } else {
                    self.init(.providerUnavailable, "The connection was lost.", beforeSending: false)
                }
            }
        }
    }
}

extension IOError {
    /// Whether the system call that failed was the one that connects.
    fileprivate var isOfConnecting: Bool { errnoCode == ECONNREFUSED || description.hasPrefix("connect") }
}

extension HTTPClientError {
    /// Whether the request was refused by the client itself, before a connection was sought.
    fileprivate var isRefusedRequest: Bool {
        let text = description
        return text.contains("invalidHeaderField") || text.contains("unsupportedScheme")
    }
}
