/// One channel of the bus, for the AsyncAPI document.
package struct ChannelDescription: Sendable, Equatable {
    /// The channel's name, as in `purser.actions`.
    package var name: String
    /// The exchange that is published to.
    package var exchange: String
    /// The exchange's kind: `direct`, `topic` or `fanout`.
    package var kind: String
    /// One line about it.
    package var help: String
    /// The types of the messages on it, as in `action.execute.v1`.
    package var messageTypes: [String]

    package init(name: String, exchange: String, kind: String, help: String = "", messageTypes: [String]) {
        self.name = name
        self.exchange = exchange
        self.kind = kind
        self.help = help
        self.messageTypes = messageTypes
    }
}

extension [MessageCatalogue] {
    /// The AsyncAPI 3.0 document of the bus. Requests have an operation with a reply each; every other channel has one
    /// operation.
    ///
    /// - Parameters:
    ///   - version: of the software.
    ///   - channels: what is on the bus; message types that no catalogue knows are left out.
    /// - SeeAlso: AsyncAPI 3.0.0, with its AMQP bindings 0.3.0.
    package func asyncAPIDocument(version: String, channels: [ChannelDescription]) -> JSONValue {
        let messages = flatMap(\.messages)
        let replies = Set(messages.compactMap(\.reply)).sorted()
        var channelObjects: [String: JSONValue] = [:]
        var operations: [String: JSONValue] = [:]
        for channel in channels {
            let carried = messages.filter { channel.messageTypes.contains($0.type) }
            channelObjects[channel.name] = Self.channel(channel, carried)
            let events = carried.filter { $0.reply == nil }
            if !events.isEmpty { operations[channel.name] = Self.operation(on: channel, events) }
            for request in carried {
                if let reply = request.reply {
                    operations[request.name] = Self.operation(on: channel, [request], reply: reply)
                }
            }
        }
        channelObjects["replies"] = [
            "address": .null,
            "description":
                "Where the answer to a request goes: to the exchange purser.replies, with its reply_to as routing key.",
            "messages": Self.references(replies.map { $0 + "Reply" }),
        ]
        var definitions: [String: JSONValue] = [:]
        for message in messages { definitions[message.name] = Self.message(message) }
        for reply in replies { definitions[reply + "Reply"] = Self.reply(reply) }
        var schemas = componentSchemas
        schemas["CloudEvent"] = Self.cloudEvent
        return [
            "asyncapi": "3.0.0",
            "info": [
                "title": "Purser's bus", "version": .string(version),
                "description":
                    "CloudEvents 1.0 in structured mode over AMQP 0-9-1. Members not known are ignored.",
            ],
            "defaultContentType": "application/cloudevents+json", "channels": .object(channelObjects),
            "operations": .object(operations),
            "components": ["messages": .object(definitions), "schemas": .object(schemas)],
        ]
    }

    // MARK: Channels and operations

    private static func channel(_ channel: ChannelDescription, _ messages: [MessageDefinition]) -> JSONValue {
        [
            "address": .string(channel.name), "description": .string(channel.help),
            "messages": references(messages.map(\.name)),
            "bindings": [
                "amqp": [
                    "is": "routingKey", "bindingVersion": "0.3.0",
                    "exchange": [
                        "name": .string(channel.exchange), "type": .string(channel.kind), "durable": true,
                        "autoDelete": false,
                    ],
                ]
            ],
        ]
    }

    private static func operation(
        on channel: ChannelDescription, _ messages: [MessageDefinition], reply: String? = nil
    ) -> JSONValue {
        func reference(_ name: String, in channel: String) -> JSONValue {
            ["$ref": .string("#/channels/\(channel)/messages/\(name)")]
        }
        var operation: [String: JSONValue] = [
            "action": "send", "channel": ["$ref": .string("#/channels/\(channel.name)")],
            "messages": .array(messages.map { reference($0.name, in: channel.name) }),
        ]
        if let reply {
            operation["reply"] = [
                "address": ["location": "$message.header#/reply_to"],
                "channel": ["$ref": "#/channels/replies"],
                "messages": [reference(reply + "Reply", in: "replies")],
            ]
        }
        return .object(operation)
    }

    private static func references(_ names: [String]) -> JSONValue {
        .object(
            Dictionary(names.map { ($0, ["$ref": .string("#/components/messages/\($0)")]) }) { _, last in last
            })
    }

    // MARK: Messages

    private static func message(_ message: MessageDefinition) -> JSONValue {
        [
            "name": .string(message.type), "title": .string(message.name), "summary": .string(message.help),
            "payload": payload(
                type: message.type, data: ["$ref": .string(SchemaWriter.componentPath + message.name)]),
        ]
    }

    private static func reply(_ name: String) -> JSONValue {
        let success: JSONValue = [
            "type": "object", "required": ["value"],
            "properties": ["value": ["$ref": .string(SchemaWriter.componentPath + name)]],
        ]
        let failure: JSONValue = [
            "type": "object", "required": ["failure"],
            "properties": ["failure": ["$ref": .string(SchemaWriter.componentPath + "RequestFailure")]],
        ]
        return [
            "name": "reply.v1", "title": .string(name), "summary": "An answer, or why there is none.",
            "payload": payload(type: "reply.v1", data: ["oneOf": [success, failure]]),
        ]
    }

    private static func payload(type: String, data: JSONValue) -> JSONValue {
        [
            "allOf": [
                ["$ref": .string(SchemaWriter.componentPath + "CloudEvent")],
                ["type": "object", "properties": ["type": ["const": .string(type)], "data": data]],
            ]
        ]
    }

    private static let signatureHelp =
        "Of actions, outcomes, requests and adapter.announced.v1: v1, the key's id and HMAC-SHA256 in hexadecimal, by dots. "
        + "It is the first member of the message, without white space before or in it. What is signed is a head and the "
        + "bytes of the message behind the comma that follows it. The head is the texts purser/v1/signature, exchange, "
        + "routing key, type and message id, each as its length in bytes, a colon, and itself. The key is HKDF-SHA256 of the "
        + "sealing key that sender and recipient share, with purser/v1/signature as info and no salt."

    private static let cloudEvent: JSONValue = [
        "type": "object", "description": "The envelope of every message.",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": [
            "specversion": ["const": "1.0"],
            "id": ["type": "string", "minLength": 1, "description": "The same on every redelivery"],
            "source": ["type": "string", "description": "The service that made it, as in /orchestrator"],
            "type": ["type": "string"],
            "time": ["$ref": "#/components/schemas/Timestamp"],
            "subject": ["type": "string", "description": "What it is about, mostly an identifier"],
            "traceparent": ["type": "string", "description": "W3C trace context"],
            "signature": [
                "type": "string", "pattern": "^v1\\.[^.]{1,64}\\.[0-9a-f]{64}$",
                "description": .string(signatureHelp),
            ],
            "datacontenttype": ["const": "application/json"],
            "data": true,
        ],
    ]
}
