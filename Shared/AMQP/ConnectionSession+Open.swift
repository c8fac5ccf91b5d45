import CRabbitMQ
import Foundation

extension ConnectionSession {
    /// How long the socket's opening, and then the login, may take.
    private static let openLimit = timeval(tv_sec: 5, tv_usec: 0)
    /// How long the broker may take for an operation: a quorum queue takes its time on a busy machine.
    private static let operationLimit = timeval(tv_sec: 15, tv_usec: 0)
    /// How long the broker may take to say goodbye.
    private static let closeLimit = timeval(tv_sec: 2, tv_usec: 0)
    /// Where systems keep the authorities that they trust.
    private static let systemAuthorities = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    ]

    /// Connects and logs in.
    static func open(
        _ endpoint: AMQPEndpoint, name: String, _ shared: AMQPConnection.Shared
    ) throws(AMQPError) -> ConnectionSession {
        guard let library = amqp_new_connection() else {
            throw AMQPError(.unreachable, "No memory was left for the broker's connection.")
        }
        do throws(AMQPError) {
            try connect(library, endpoint)
            try login(library, endpoint, name: name)
        } catch {
            _ = amqp_destroy_connection(library)
            throw error
        }
        return ConnectionSession(library, endpoint, shared)
    }

    private static func connect(
        _ library: amqp_connection_state_t, _ endpoint: AMQPEndpoint
    ) throws(AMQPError) {
        let socket = endpoint.usesTLS ? amqp_ssl_socket_new(library) : amqp_tcp_socket_new(library)
        guard let socket else {
            throw AMQPError(.unreachable, "No socket was to be had for the broker's connection.")
        }
        if endpoint.usesTLS { try secure(socket, endpoint) }
        var limit = openLimit
        let status = amqp_socket_open_noblock(socket, endpoint.host, Int32(endpoint.port), &limit)
        guard status == AMQP_STATUS_OK.rawValue else {
            throw AMQPError(
                status <= AMQP_STATUS_SSL_ERROR.rawValue ? .tls : .unreachable,
                "No connection to \(endpoint): \(text(of: status)).")
        }
        var operationLimit = operationLimit
        let isLimited =
            amqp_set_handshake_timeout(library, &limit) == AMQP_STATUS_OK.rawValue
            && amqp_set_rpc_timeout(library, &operationLimit) == AMQP_STATUS_OK.rawValue
        guard isLimited else { throw AMQPError(.unreachable, "The connection could not be given limits.") }
    }

    /// Demands a certificate that a known authority signed for this very host.
    private static func secure(_ socket: OpaquePointer, _ endpoint: AMQPEndpoint) throws(AMQPError) {
        amqp_ssl_socket_set_verify_peer(socket, 1)
        amqp_ssl_socket_set_verify_hostname(socket, 1)
        let versions = amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        let authorities =
            endpoint.authoritiesFile ?? ProcessInfo.processInfo.environment["SSL_CERT_FILE"]
            ?? systemAuthorities.first { FileManager.default.isReadableFile(atPath: $0) }
        guard versions == AMQP_STATUS_OK.rawValue, let authorities,
            amqp_ssl_socket_set_cacert(socket, authorities) == AMQP_STATUS_OK.rawValue
        else { throw AMQPError(.tls, "The file of trusted authorities could not be used.") }
    }

    private static func login(
        _ library: amqp_connection_state_t, _ endpoint: AMQPEndpoint, name: String
    ) throws(AMQPError) {
        let memory = CMemory()
        var properties = memory.table([
            "product": .string("Purser"),
            "connection_name": .string(name),
            "capabilities": .table([
                "connection.blocked": .bool(true), "consumer_cancel_notify": .bool(true),
                "publisher_confirms": .bool(true), "basic.nack": .bool(true),
            ]),
        ])
        let reply = purser_login(
            library, endpoint.vhost, heartbeatSeconds, &properties, endpoint.user, endpoint.password)
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION where reply.reply.id == connectionCloseID:
            let close = reply.reply.decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            throw AMQPError(
                .loginRefused,
                "\(endpoint) refused the login: \(endpoint.withoutCredentials(String(close.reply_text)))")
        default:
            // A broker that refuses a login may just close the socket.
            throw AMQPError(
                .unreachable, "No connection to \(endpoint): \(text(of: reply.library_error)).")
        }
    }

    /// Says goodbye to the broker, if the connection is still good.
    func close() {
        guard failure == nil else { return }
        var limit = Self.closeLimit
        _ = amqp_set_rpc_timeout(library, &limit)
        // Whether the broker answered makes no difference: the connection ends here.
        _ = amqp_connection_close(library, AMQP_REPLY_SUCCESS)
        failure = AMQPError(.closed, "The connection to the broker has been closed.")
    }

    static func text(of status: Int32) -> String {
        amqp_error_string2(status).map { String(cString: $0) } ?? "status \(status)"
    }
}
