import AdapterKit

/// A command as a value, without the transaction's id.
///
/// - SeeAlso: RFC 5730, section 2.5.
struct EPPCommand: Sendable, Equatable {
    /// What it asks, for the log: `domain:info`.
    let name: String
    /// The element within `<command>`.
    let body: XMLValue
    var extensions: [XMLValue] = []
    /// Whether it can change something at the registry.
    let isChanging: Bool

    init(_ name: String, _ body: XMLValue, extensions: [XMLValue] = [], isChanging: Bool) {
        self.name = name
        self.body = body
        self.extensions = extensions
        self.isChanging = isChanging
    }

    /// A command whose verb is also the name of the object's element, as all but transfers and logins are.
    init(_ verb: String, of schema: EPPSchema, _ content: [XMLValue], extensions: [XMLValue] = []) {
        self.init(
            "\(schema.prefix):\(verb)", XMLValue(verb, [:], [schema.root(verb, content)]),
            extensions: extensions,
            isChanging: verb != "check" && verb != "info")
    }

    /// The command as a frame.
    ///
    /// - Parameter transactionID: 3 to 64 characters.
    func frame(transactionID: String) -> XMLValue {
        let extensions = extensions.isEmpty ? [] : [XMLValue("extension", [:], extensions)]
        return Self.frame(
            XMLValue("command", [:], [body] + extensions + [XMLValue("clTRID", text: transactionID)]))
    }

    /// Asks for the greeting; the answer is one. RFC 5730, section 2.3.
    static let hello = frame(XMLValue("hello"))

    private static func frame(_ content: XMLValue) -> XMLValue {
        XMLValue("epp", ["xmlns": EPPSchema.epp], [content])
    }
}

// MARK: Sessions and messages

extension EPPCommand {
    /// RFC 5730, section 2.9.1.1.
    static func login(_ user: String, password: String, _ services: EPPServices.Chosen) -> EPPCommand {
        let extensions = services.extensions.map { XMLValue("extURI", text: $0) }
        return EPPCommand(
            "login",
            XMLValue(
                "login", [:],
                [
                    XMLValue("clID", text: user), XMLValue("pw", text: password),
                    XMLValue(
                        "options", [:],
                        [
                            XMLValue("version", text: services.version),
                            XMLValue("lang", text: services.language),
                        ]),
                    XMLValue(
                        "svcs", [:],
                        services.objects.map { XMLValue("objURI", text: $0) }
                            + (extensions.isEmpty ? [] : [XMLValue("svcExtension", [:], extensions)])),
                ]), isChanging: false)
    }

    /// RFC 5730, section 2.9.1.2.
    static let logout = EPPCommand("logout", XMLValue("logout"), isChanging: false)

    /// Reads the oldest message. RFC 5730, section 2.9.2.3.
    static let nextMessage = EPPCommand("poll", XMLValue("poll", ["op": "req"]), isChanging: false)

    /// Takes a message off the queue.
    static func acknowledge(_ id: String) -> EPPCommand {
        EPPCommand("poll:ack", XMLValue("poll", ["op": "ack", "msgID": id]), isChanging: true)
    }
}
