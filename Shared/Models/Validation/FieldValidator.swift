/// Walks an object beside its fields and collects what is wrong. Makes no text unless there is a problem.
struct FieldValidator {
    private(set) var problems: [FieldProblem] = []
    private var place: JSONPointer

    init(base: String) {
        place = JSONPointer(base: base)
    }

    // MARK: Objects

    mutating func check(_ object: [String: JSONValue], against fields: [FieldDefinition]) {
        guard object.count <= ValidationLimit.members else {
            return add("has more than \(ValidationLimit.members) members")
        }
        var known = 0
        for field in fields {
            guard let value = object[field.name] else {
                if let detail = field.requirement(among: object) { add(detail, member: field.name) }
                continue
            }
            known += 1
            place.steps.append(.member(field.name))
            check(value, field, among: object)
            place.steps.removeLast()
        }
        if known < object.count { addUnknown(of: object, fields) }
    }

    private mutating func check(
        _ value: JSONValue, _ field: FieldDefinition, among object: [String: JSONValue]
    ) {
        guard value == .null else { return check(value, field) }
        if !field.isNullable {
            add(field.isRequired ? "must not be null" : "must not be null; leave it out instead")
        } else if !field.isRequired, !field.rules.contains(.present),
            let detail = field.requirement(among: object)
        {
            add(detail)
        }
    }

    private mutating func addUnknown(of object: [String: JSONValue], _ fields: [FieldDefinition]) {
        let names = fields.map(\.name)
        for name in object.keys.filter({ !names.contains($0) }).sorted() {
            guard problems.count < ValidationLimit.problems else { return }
            guard isShort(name) else { continue }
            let list = names.isEmpty ? "nothing is known here" : "known are \(names.joined(separator: ", "))"
            let hint = Spelling.closest(to: name, among: names).map { "did you mean \($0)? " } ?? ""
            add("is not known; \(hint)\(list)", member: name)
        }
    }

    // MARK: Values

    private mutating func check(_ value: JSONValue, _ field: FieldDefinition) {
        switch (field.type, value) {
        case (.string, .string(let text)): check(text, field)
        case (.integer, .integer(let number)), (.number, .integer(let number)):
            addFirst(field.rules) { $0.problem(in: number) }
        case (.number, .number(let number)): addFirst(field.rules) { $0.problem(in: number) }
        case (.boolean, .bool(_)): break
        case (.array, .array(let elements)): check(elements, field)
        case (.array, .object(let members)) where field.items == nil: check(members, free: field)
        case (.object, .object(let members)): check(members, field)
        case (.any, .string(let text)): check(text, field)
        case (.any, .array(let elements)): check(elements, field)
        case (.any, .object(let members)): check(members, field)
        case (.any, _): break
        default: add(field.type.expectation)
        }
    }

    private mutating func check(_ text: String, _ field: FieldDefinition) {
        guard isHarmless(text) else { return }
        if text.utf8.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }) {
            if field.mustNotBeEmpty { return add("must not be empty") }
            if text.isEmpty, field.rules.contains(.present) { return }
        }
        if let reference = field.reference, let detail = HandwrittenType.problem(in: text, of: reference) {
            return add(detail)
        }
        addFirst(field.rules) { $0.problem(in: text) }
    }

    private mutating func check(_ elements: [JSONValue], _ field: FieldDefinition) {
        guard isShallow(), isFew(elements.count) else { return }
        if elements.isEmpty, field.mustNotBeEmpty { return add("must not be empty") }
        addFirst(field.rules) { $0.problem(inCount: elements.count) }
        let item = field.items?.first
        for (index, element) in elements.enumerated() {
            place.steps.append(.index(index))
            if let item { check(element, item, among: [:]) } else { checkFree(element) }
            place.steps.removeLast()
        }
    }

    private mutating func check(_ members: [String: JSONValue], _ field: FieldDefinition) {
        guard let fields = field.fields else { return check(members, free: field) }
        guard isShallow() else { return }
        if members.isEmpty, !fields.isEmpty, field.mustNotBeEmpty { return add("must not be empty") }
        check(members, against: fields)
    }

    // MARK: Free data

    private mutating func check(_ members: [String: JSONValue], free field: FieldDefinition) {
        guard isShallow() else { return }
        let refusesEmpty = field.type == .array ? field.mustNotBeEmpty : field.rules.contains(.filled)
        if members.isEmpty, refusesEmpty { return add("must not be empty") }
        checkFree(members)
    }

    /// What has no fields keeps to the limits alone.
    private mutating func checkFree(_ value: JSONValue) {
        switch value {
        case .string(let text): _ = isHarmless(text)
        case .array(let elements):
            guard isShallow(), isFew(elements.count) else { return }
            for (index, element) in elements.enumerated() {
                place.steps.append(.index(index))
                checkFree(element)
                place.steps.removeLast()
            }
        case .object(let members):
            guard isShallow() else { return }
            checkFree(members)
        case .null, .bool, .integer, .number: break
        }
    }

    private mutating func checkFree(_ members: [String: JSONValue]) {
        guard isFew(members.count) else { return }
        for (name, value) in members where isShort(name) {
            place.steps.append(.member(name))
            checkFree(value)
            place.steps.removeLast()
        }
    }

    // MARK: Limits

    private mutating func isHarmless(_ text: String) -> Bool {
        var control = false
        for byte in text.utf8 where byte < 32 && byte != 9 && byte != 10 && byte != 13 { control = true }
        if control {
            add("has a control character; only tabs and line breaks are allowed")
        } else if text.utf8.count > ValidationLimit.stringLength,
            text.unicodeScalars.count > ValidationLimit.stringLength
        {
            add("has more than \(ValidationLimit.stringLength) characters")
        } else {
            return true
        }
        return false
    }

    private mutating func isShort(_ name: String) -> Bool {
        if name.utf8.count <= ValidationLimit.nameLength, name.utf8.allSatisfy({ $0 >= 32 }) { return true }
        add(
            "has a member whose name is longer than \(ValidationLimit.nameLength) characters or has control characters"
        )
        return false
    }

    private mutating func isFew(_ count: Int) -> Bool {
        if count <= ValidationLimit.members { return true }
        add("has more than \(ValidationLimit.members) elements")
        return false
    }

    /// Whether an object or a list may be here.
    private mutating func isShallow() -> Bool {
        if place.steps.count < ValidationLimit.nesting { return true }
        add("is nested more than \(ValidationLimit.nesting) deep")
        return false
    }

    // MARK: Problems

    private mutating func addFirst(_ rules: [Rule], _ problem: (Rule) -> String?) {
        for rule in rules {
            if let detail = problem(rule) { return add(detail) }
        }
    }

    private mutating func add(_ detail: String, member: String? = nil) {
        guard problems.count < ValidationLimit.problems else { return }
        problems.append(FieldProblem(pointer: place.text(member: member), detail: detail))
    }
}

extension FieldDefinition {
    /// Whether an empty text, list or object is refused.
    fileprivate var mustNotBeEmpty: Bool {
        (isRequired && !rules.contains(.present)) || rules.contains(.filled)
    }
}

extension FieldDefinition.FieldType {
    /// What a value of another type is told.
    fileprivate var expectation: String {
        switch self {
        case .string: "must be text"
        case .integer: "must be a whole number"
        case .number: "must be a number"
        case .boolean: "must be true or false"
        case .array: "must be a list"
        case .object: "must be an object"
        case .any: "must not be null"
        }
    }
}
