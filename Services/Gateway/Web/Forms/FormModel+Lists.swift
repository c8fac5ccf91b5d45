import Models

extension FormModel {
    /// Makes the model of a list's input: a group with a group for each item, and the buttons' values.
    func fill(
        _ model: inout [String: JSONValue], list field: FieldDefinition, _ label: String, _ name: String,
        _ value: JSONValue?
    ) {
        guard let item = field.listItem else { return }
        let draft = lists[name]
        let items: [JSONValue]
        var isFree = false
        switch item {
        case .object(let fields):
            items = (value?.arrayValue ?? []).enumerated().map { index, element in
                within(element).inputs(fields, at: "\(name)/\(index)")
            }
        case .free:
            let entries = draft?.entries ?? FormEntry.all(of: value)
            items = entries.enumerated().map { index, entry in inputs(of: entry, at: "\(name)/\(index)") }
            isFree = true
            model["help"] = .string(
                (field.help.isEmpty ? "" : "\(field.help). ")
                    + "Give each entry a name; or none of them, for a plain list.")
        }
        model["is_fieldset"] = true
        guard items.count <= FormList.limit else {
            // Without inputs nothing is sent of it, and what is not sent stays.
            let sentence = "It has \(items.count) items, more than a form shows, and stays as it is."
            model["help"] = .string(field.help.isEmpty ? sentence : "\(field.help). \(sentence)")
            return
        }
        let wasFilled = draft?.wasFilled ?? !items.isEmpty
        model["is_list"] = true
        model["filled"] = wasFilled ? "filled" : "empty"
        model["add"] = items.count < FormList.limit ? .string(FormListEdit.adding(to: name)) : .null
        model["item_title"] = .string(label.lowercased())
        model["fields"] = .array(
            items.enumerated().map { index, inputs in
                let title = "\(label) \(index + 1)"
                let own = "\(name)/\(index)"
                var group = [FieldDefinition(name: own, type: .object, fields: [])].group
                group["label"] = .string(title)
                group["error"] = error(at: own).map(JSONValue.string) ?? .null
                group["fields"] = inputs
                group["is_entry"] = .bool(isFree)
                group["remove"] = .string(FormListEdit.removing(index, of: name))
                group["item_title"] = .string(title)
                group["list_id"] = model["id"] ?? .null
                return .object(group)
            })
    }

    /// The inputs of an item of a free list. Only what is deeper than that is written as JSON.
    private func inputs(of entry: FormEntry, at place: String) -> JSONValue {
        let kinds = FormEntry.Kind.allCases.map { (value: $0.rawValue, title: $0.title) }
        let name = FieldDefinition(name: "name", type: .string)
        let value = FieldDefinition(name: "value", type: entry.kind == .json ? .object : .string)
        var form = self
        form.values = ["name": .string(entry.name), "value": .string(entry.value)]
        let kind = form.choice(
            "\(place)/kind", "Kind", isRequired: false, empty: "Text", Array(kinds.dropFirst()),
            chosen: entry.kind == .text ? nil : entry.kind.rawValue)
        return form.inputs([name], at: place) + [kind] + form.inputs([value], at: place)
    }
}

extension [FieldDefinition] {
    /// The model of a group that has none of its own.
    fileprivate var group: [String: JSONValue] {
        FormModel().inputs(self).arrayValue?.first?.objectValue ?? [:]
    }
}
