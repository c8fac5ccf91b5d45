import Models

/// Things of the interface as listings show them.
enum Rows {
    /// An action, in the admin area or to the client whose it is.
    static func action(_ action: JSONValue, in area: Area, names: [String: String] = [:]) -> JSONValue {
        let category = action["category"]?.stringValue ?? ""
        let function = action["function"]?.stringValue ?? ""
        let state = action["state"]?.stringValue.flatMap { ActionState(rawValue: $0) } ?? .queued
        let product = action["contract_product_id"]?.stringValue ?? ""
        let shown = StateWords(state, for: area)
        let error = action["error"]?["message"]?.stringValue
        let waiting = area == .client ? nil : action["waiting_because"]?.stringValue
        let id = action["id"]?.stringValue ?? ""
        let root = area == .client ? "/client" : "/admin"
        return [
            "id": .string(id), "href": .string("\(root)/actions/\(id)"),
            "title": .string(Words.function(function, of: category)), "function": .string(function),
            "category_title": area == .client ? .null : .string(Words.category(category)),
            "is_check": .bool(action["check"] != nil), "state": .string(state.rawValue),
            "state_title": .string(shown.title), "tone": .string(shown.tone),
            "reason": (waiting ?? (state.isEnd ? error : nil)).map { .string(PageTime.readable($0)) }
                ?? .null,
            "product_href": .string("\(root)/products/\(product)"),
            "product_name": .string(names[product] ?? product),
            "requested_by": action["requested_by"] ?? .null, "created_at": action["created_at"] ?? .null,
            "finished_at": action["finished_at"] ?? .null,
            "span": PageTime.span(action["created_at"]?.stringValue, action["finished_at"]?.stringValue)
                .map(JSONValue.string) ?? .null,
        ]
    }

    /// A contract product.
    static func product(_ product: JSONValue, in area: Area, names: [String: String] = [:]) -> JSONValue {
        let id = product["id"]?.stringValue ?? ""
        let client = product["client_id"]?.stringValue ?? ""
        let status = product["status"]?.stringValue ?? ""
        let fields = product["provision_fields"]?.objectValue ?? [:]
        let subtitle = Words.subtitle(fields)
        let name = product["name"]?.stringValue
        return [
            "id": .string(id), "name": .string(name ?? id),
            "href": .string("\(area == .client ? "/client" : "/admin")/products/\(id)"),
            "subtitle": subtitle == name ? .null : subtitle.map(JSONValue.string) ?? .null,
            "category_title": .string(Words.category(product["category"]?.stringValue ?? "")),
            "client_href": .string("/admin/clients/\(client)"),
            "client_name": .string(names[client] ?? client),
            "package": product["package"] ?? .null, "status": .string(status),
            "status_title": .string(Words.status(status)), "tone": .string(Words.tone(ofStatus: status)),
            "differs": .bool(area != .client && product["differences"] != nil),
            "doubtful": .bool(area != .client && product["doubtful"] == true),
            "created_at": product["created_at"] ?? .null,
        ]
    }

    /// A log entry, for staff.
    static func entry(_ entry: JSONValue, revealing: Bool) -> JSONValue {
        let level = entry["level"]?.stringValue ?? ""
        let category = entry["category"]?.stringValue ?? ""
        let function = entry["function"]?.stringValue
        let action = entry["action_id"]?.stringValue
        let metadata = entry["metadata"]?.objectValue ?? [:]
        let id = entry["id"]?.integerValue ?? 0
        var facts = ShownValue.rows(metadata)
        for name in ["service", "instance", "category", "provider", "trace_id"] {
            if let value = entry[name]?.stringValue, !value.isEmpty {
                facts.append(["name": .string(name), "value": .string(value), "is_link": false])
            }
        }
        return [
            "level": .string(level), "tone": .string(Words.tone(ofLevel: level)),
            "time_at": entry["time"] ?? .null, "message": entry["message"] ?? .null,
            "service": entry["service"] ?? .null,
            "function": function.map { .string(Words.function($0, of: category)) } ?? .null,
            "duration": metadata["duration_ms"].map { .string("\(ShownValue.text($0)) ms") } ?? .null,
            "facts": .array(facts), "action_id": action.map(JSONValue.string) ?? .null,
            "action_href": action.map { .string("/admin/actions/\($0)") } ?? .null,
            "entry_error": entry["error"] ?? .null,
            "debug_href": revealing && entry["debug"] != nil ? .string("/admin/log/\(id)/debug") : .null,
        ]
    }
}

/// A listing in pages.
struct Paging {
    /// What the template `paging` needs: a way back to the newest, and one to older ones.
    static func model(_ path: String, _ query: [String: JSONValue], next: JSONValue?) -> [String: JSONValue] {
        let filters = query.filter {
            $0.key != "cursor" && $0.key != "before" && $0.key != "done" && $0.key != "limit"
        }
        let isFirst = query["cursor"] == nil && query["before"] == nil
        let key = next?.integerValue == nil ? "cursor" : "before"
        var following = filters
        following[key] = next
        return [
            "has_paging": .bool(!isFirst || (next ?? .null) != .null),
            "first_href": isFirst ? .null : .string(Address.path(path, filters)),
            "next_href": (next ?? .null) == .null ? .null : .string(Address.path(path, following)),
        ]
    }
}
