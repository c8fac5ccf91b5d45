import AdapterTestSupport
import Models
import Testing

/// A way in which a third party answers badly, and what that has to be to whoever asked.
enum BadAnswer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case htmlPage, cutOffJSON, cutOffXML, serverError, tooManyRequests, redirect, tooLarge, silence,
        notTrusted, notUTF8

    var testDescription: String { rawValue }

    /// How long the third party of `tooManyRequests` wants to be left alone, in seconds.
    static let retryAfterSeconds = 7

    var kind: ErrorKind {
        switch self {
        case .htmlPage, .cutOffJSON, .cutOffXML, .serverError, .redirect, .tooLarge, .notTrusted, .notUTF8:
            .providerUnavailable
        case .tooManyRequests: .rateLimited
        case .silence: .timedOut
        }
    }

    var answer: LoopbackServer.Answer {
        switch self {
        case .htmlPage:
            .http(
                "200 OK", ["Content-Type: text/html"], "<!DOCTYPE html><html><body><br>Sign in</body></html>")
        case .cutOffJSON:
            .http("200 OK", ["Content-Type: application/json"], #"{"status":"success","data":{"id":1,"#)
        case .cutOffXML:
            .http(
                "200 OK", ["Content-Type: text/xml"], #"<?xml version="1.0"?><packet><status>ok</status><acc"#
            )
        case .serverError: .http("503 Unavailable", [], "Down for maintenance")
        case .tooManyRequests: .http("429 Slow down", ["Retry-After: \(Self.retryAfterSeconds)"], "Slow down")
        case .redirect: .http("302 Found", ["Location: https://elsewhere.example/"], "")
        case .tooLarge: .large(50 << 20)
        case .silence, .notTrusted: .silence
        case .notUTF8:
            .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n".utf8) + [0x22, 0xC3, 0x28, 0x22])
        }
    }
}
