import AMQP
package import Logging

/// Makes the bus that a configuration names.
package enum BusFactory {
    /// - Parameters:
    ///   - url: `embedded`, or `amqp://user:password@host:port/vhost`, or `amqps://…`, optionally with
    ///     `?cacertfile=` and the path of the authorities that may sign the broker's certificate.
    ///   - declares: whether exchanges and queues are made at a broker.
    ///   - connectionName: shown by the broker beside the connections.
    /// - Returns: for `embedded` a bus of its own: all services of a process must be given the same one.
    /// - Throws: `refused` for any other URL. The error does not repeat it.
    package static func make(
        url: String, topology: Topology, declares: Bool = true, connectionName: String, logger: Logger
    ) throws(BusError) -> any MessageBus {
        if url == "embedded" { return EmbeddedBus(topology: topology, logger: logger) }
        do throws(AMQPError) {
            return AMQPBus(
                endpoint: try AMQPEndpoint(url: url), topology: topology, declares: declares,
                connectionName: connectionName, logger: logger)
        } catch {
            throw BusError(.refused, "The bus must be \"embedded\" or a broker's URL. \(error.message)")
        }
    }
}
