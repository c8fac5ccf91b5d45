import AsyncHTTPClient
import Foundation
import Models
package import NIOCore
import NIOHTTP1
package import NIOSSL
import Synchronization

/// Sends requests over the network.
///
/// Certificates are verified unless the request says otherwise. Redirects are followed to the same host only,
/// at most `redirectLimit` times (with a limit of 0 they are answers like others), and never so that a changing
/// request would become another one. Answers are read up to `bodyByteLimit`. No request is sent twice by itself. Every
/// connection to a third party begins in `exchange`, where its address is looked at (`OutboundGuard`).
package final class HTTPClientTransport: HTTPTransport {
    /// The longest answer that is read: 8 MiB.
    package static let bodyByteLimit = 8 << 20
    /// How long a connection may take to come about, with TLS: 10 s.
    package static let connectTimeout = TimeAmount.seconds(10)
    /// How long an unused connection is kept: 2 s.
    package static let idleTimeout = TimeAmount.seconds(2)
    package static let redirectLimit = 3

    /// Made at the first use: a client that was made must be shut down, and a transport may never be used.
    private struct Clients {
        var verifying: HTTPClient?
        var trusting: HTTPClient?
        var isShutDown = false
    }

    private let outbound: OutboundGuard
    private let tls: TLSConfiguration
    private let redirectLimit: Int
    private let bodyByteLimit: Int
    private let clients = Mutex(Clients())

    /// - Parameters:
    ///   - outbound: says which addresses may be connected to.
    ///   - tls: how servers are verified; tests bring their own roots.
    ///   - redirectLimit: how many redirects are followed.
    ///   - bodyByteLimit: the longest answer that is read.
    package init(
        _ outbound: OutboundGuard,
        tls: TLSConfiguration = .makeClientConfiguration(),
        redirectLimit: Int = HTTPClientTransport.redirectLimit,
        bodyByteLimit: Int = HTTPClientTransport.bodyByteLimit
    ) {
        self.outbound = outbound
        self.tls = tls
        self.redirectLimit = redirectLimit
        self.bodyByteLimit = bodyByteLimit
    }

    private func client(verifiesTLS: Bool) throws -> HTTPClient {
        try clients.withLock { clients in
            guard !clients.isShutDown else { throw HTTPClientError.alreadyShutdown }
            if let client = verifiesTLS ? clients.verifying : clients.trusting { return client }
            var tls = tls
            if !verifiesTLS { tls.certificateVerification = .none }
            let client = HTTPClient(configuration: configuration(tls))
            if verifiesTLS { clients.verifying = client } else { clients.trusting = client }
            return client
        }
    }

    /// What a request wants beside the client's own; nil where that is nothing.
    private func configuration(for wanted: HTTPRequest.TLS) throws -> TLSConfiguration? {
        guard wanted.trusted != nil || wanted.identity != nil else { return nil }
        var tls = tls
        if !wanted.isVerified { tls.certificateVerification = .none }
        if let trusted = wanted.trusted {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(trusted.utf8)))
        }
        if let identity = wanted.identity {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) }
            tls.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.privateKey.utf8), format: .pem))
        }
        return tls
    }

    private func configuration(_ tls: TLSConfiguration) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: Self.connectTimeout), decompression: .disabled)
        // A server that closes an idle connection while a changing request is on its way leaves everyone in
        // doubt, so connections are kept for the calls of one attempt only. Servers keep them 5 s and longer.
        configuration.connectionPool.idleTimeout = Self.idleTimeout
        // Trying again is the orchestrator's business, which knows whether it may.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Called once a connection is up, before it is used for a request.
        let check: @Sendable (any Channel) -> EventLoopFuture<Void> = { [outbound] channel in
            outbound.check(channel)
        }
        configuration.http1_1ConnectionDebugInitializer = check
        configuration.http2ConnectionDebugInitializer = check
        return configuration
    }

    /// Closes all connections. No request may be sent afterwards.
    package func shutdown() async throws {
        let made = clients.withLock { clients in
            clients.isShutDown = true
            return [clients.verifying, clients.trusting].compactMap { $0 }
        }
        for client in made { try await client.shutdown() }
    }

    package func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        var url = request.url
        for _ in 0...redirectLimit {
            let response = try await exchange(request, url: url)
            guard redirectLimit > 0, (301...308).contains(response.status),
                let location = response.header("location")
            else {
                return response
            }
            url = try Self.redirection(of: request, from: url, status: response.status, to: location)
        }
        throw ProviderError(
            .providerUnavailable,
            details: ["problem": "The address was redirected too often.", "host": .string(request.host)])
    }

    private func exchange(_ request: HTTPRequest, url: String) async throws(ProviderError) -> HTTPResponse {
        var outgoing = HTTPClientRequest(url: url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        if let contentType = request.contentType {
            outgoing.headers.replaceOrAdd(name: "Content-Type", value: contentType)
        }
        if let text = request.bodyText { outgoing.body = .bytes(ByteBuffer(string: text)) }
        do {
            try await outbound.check(host: request.host)
            let client = try client(verifiesTLS: request.tls.isVerified)
            outgoing.tlsConfiguration = try configuration(for: request.tls)
            let response = try await client.execute(outgoing, deadline: .distantFuture)
            let body = try await response.body.collect(upTo: bodyByteLimit)
            return HTTPResponse(
                status: Int(response.status.code),
                headers: response.headers.map { HTTPRequest.Field($0.name, $0.value) },
                body: Data(body.readableBytesView), answersChange: request.isChanging)
        } catch {
            throw ProviderError(sending: request, error)
        }
    }

    /// Where a redirect leads, if it may be followed.
    private static func redirection(
        of request: HTTPRequest, from url: String, status: Int, to location: String
    ) throws(ProviderError) -> String {
        func refusal(_ problem: String) -> ProviderError {
            ProviderError(
                .providerUnavailable,
                details: [
                    "problem": .string(problem), "host": .string(request.host), "status": .integer(status),
                ])
        }
        guard let base = URL(string: url), let target = URL(string: location, relativeTo: base)?.absoluteURL,
            let host = target.host(percentEncoded: false)
        else { throw refusal("The address was redirected to something that is no address.") }
        guard host.lowercased() == request.host.lowercased() else {
            throw refusal("The address was redirected to another host.").adding(
                "location_host", .string(host))
        }
        guard target.scheme == base.scheme, target.port == base.port else {
            throw refusal("The address was redirected to another scheme or port.")
        }
        guard !request.isChanging || status == 307 || status == 308 else {
            throw refusal("A changing request was redirected in a way that would drop its content.")
        }
        return target.absoluteString
    }
}
