package import Foundation

/// Whatever is published in a virtual host, also what is answered past the exchanges and what nobody hears: the broker traces
/// it into a queue that nobody reads, and so writes it into its folder, where tests look for secrets. (A stream would do, but
/// RabbitMQ 3.10 drops what itself puts into one.)
///
/// - SeeAlso: https://www.rabbitmq.com/docs/firehose
extension TestBroker {
    /// Virtual hosts that a broker can have: those that it traces are named before they are made, because each call of
    /// `rabbitmqctl` takes a second.
    static let hostLimit = 500
    /// Messages of a virtual host that are kept, the newest: several times what a test sends, so that all of them are looked
    /// through. Of a soak, whose broker would have to read all of it at each of its starts, it is the last minutes.
    private static let messageLimit = 50_000

    static func virtualHost(_ number: Int) -> String { "test-\(number)" }

    /// What has the broker trace all its virtual hosts from its start on.
    static func tracing() -> Data {
        configuration(tracing: ["/"] + (1...hostLimit).map(virtualHost))
    }

    /// Captures, by files in the folder, what goes through the default virtual host of a broker that `compose/up` will start.
    package static func capture(ofBrokerIn folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var definitions: [String: [[String: Any]]] = [:]
        capture("/", in: &definitions)
        let file = folder.appending(path: "capture.json")
        try JSONSerialization.data(withJSONObject: definitions).write(to: file)
        // They are read after the definitions that `rabbitmq.conf` names.
        let source = "{definitions, [{import_backend, local_filesystem}, {local_path, \"\(file.path)\"}]}"
        try configuration(tracing: ["/"], and: [source]).write(to: folder.appending(path: "advanced.config"))
    }

    private static func configuration(tracing hosts: [String], and settings: [String] = []) -> Data {
        let list = hosts.map { "<<\"\($0)\">>" }.joined(separator: ",")
        let all = ["{trace_vhosts, [\(list)]}"] + settings
        return Data("[{rabbit, [\(all.joined(separator: ", "))]}].\n".utf8)
    }

    /// Adds the queue to what defines a virtual host.
    static func capture(_ host: String, in definitions: inout [String: [[String: Any]]]) {
        let arguments: [String: Any] = ["x-queue-type": "quorum", "x-max-length": messageLimit]
        definitions["queues", default: []].append([
            "name": "capture", "vhost": host, "durable": true, "auto_delete": false, "arguments": arguments,
        ])
        definitions["bindings", default: []].append([
            "source": "amq.rabbitmq.trace", "vhost": host, "destination": "capture",
            "destination_type": "queue", "routing_key": "publish.#", "arguments": [String: Any](),
        ])
    }
}
