import Models
import ServiceRuntime

/// Shows actions to those who asked: secrets of a result opened for them alone, facts for staff left out for clients.
struct ActionView: Sendable {
    let sealer: Sealer

    /// One action, for someone who may see it.
    func shown(_ action: RawJSON, to audience: Audience) throws -> RawJSON {
        guard audience == .client || action.mayHaveSealed else { return action }
        guard case .object(var members) = try action.decoded() else { return action }
        if case .object(let result) = members["result"] {
            members["result"] = .object(opened(result, of: members))
        }
        return RawJSON(shown(.object(members), to: audience))
    }

    /// Actions in a listing or an event: secrets stay hidden, whoever looks.
    func listed(_ list: RawJSON, to audience: Audience) throws -> RawJSON {
        guard audience == .client || list.mayHaveSealed else { return list }
        return RawJSON(shown(try list.decoded(), to: audience))
    }

    private func shown(_ value: JSONValue, to audience: Audience) -> JSONValue {
        let masked = value.maskingSealed
        return audience == .client ? masked.withoutStaffDetails : masked
    }

    /// The result with its secrets opened; one that does not open, as after a change of keys, stays hidden.
    private func opened(_ result: [String: JSONValue], of action: [String: JSONValue]) -> [String: JSONValue]
    {
        guard let category = action["category"]?.stringValue, let name = action["function"]?.stringValue,
            let id = action["id"]?.stringValue, let function = Blueprints.named(category)?.function(name)
        else { return result }
        return function.result.mapSecrets(in: result) { value, path in
            guard case .string(let text) = value, Sealer.isSealed(text) else { return value }
            do {
                return try sealer.open(text, context: "\(id)/result/\(path)")
            } catch {
                return .string(Secret.mask)
            }
        }
    }
}

extension RawJSON {
    /// A value as JSON text.
    init(_ value: JSONValue) {
        self.init(.init(value.text))
    }
}

extension JSONValue {
    /// The value with `Secret.mask` in the place of everything that is sealed.
    var maskingSealed: JSONValue {
        switch self {
        case .string(let text): Sealer.isSealed(text) ? .string(Secret.mask) : self
        case .array(let elements): .array(elements.map(\.maskingSealed))
        case .object(let members): .object(members.mapValues(\.maskingSealed))
        case .null, .bool, .integer, .number: self
        }
    }

    /// An action, or what has actions within, without the details of errors.
    var withoutStaffDetails: JSONValue {
        switch self {
        case .array(let elements): return .array(elements.map(\.withoutStaffDetails))
        case .object(var members):
            if case .object(var error) = members["error"] {
                error["details"] = nil
                members["error"] = .object(error)
            }
            for name in ["attempts", "items", "action"] {
                if let inner = members[name] { members[name] = inner.withoutStaffDetails }
            }
            return .object(members)
        default: return self
        }
    }
}
