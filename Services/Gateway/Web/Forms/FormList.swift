import Models

/// Lists in forms: a group of inputs for each item, with a button that takes it away, and one below them that adds another.
///
/// The buttons send the form to its own page, which shows it again with what was typed and does nothing else; so they work
/// without scripts. Inputs are named by the JSON pointers of their values, as in `parameters/records/0/type`.
enum FormList {
    /// The most items that a list has in a form; more go over the interface alone.
    static let limit = 50
    /// The name of the buttons.
    static let button = "edit_list"

    /// What an item of a list is made of.
    enum Item {
        /// An object with these members.
        case object([FieldDefinition])
        /// Anything: the list is a free one, which may be an object too.
        case free
    }

    /// What of a list its value does not tell.
    struct Draft: Sendable, Equatable {
        /// Whether it had items when the form was first shown; taking them all away then empties it.
        var wasFilled: Bool
        /// The items of a free list, as they were typed.
        var entries: [FormEntry] = []
    }
}

extension FieldDefinition {
    /// What the items of this field are, where a form shows it as groups of inputs; nil for all else. A list of texts is
    /// taken one a line, and of secret data nothing is shown.
    var listItem: FormList.Item? {
        guard type == .array, !isSecret else { return nil }
        guard let item = items?.first else { return .free }
        return item.fields.map(FormList.Item.object)
    }
}

extension FieldDefinition {
    /// Whether its members or items are described nowhere.
    var isFree: Bool { fields == nil && items == nil && [.array, .object].contains(type) }

    /// Whether a form has buttons for it, or for what is within it.
    var hasLists: Bool { listItem != nil || fields?.contains(where: \.hasLists) ?? false }
}

/// A press of one of the buttons of a list.
struct FormListEdit: Sendable, Equatable {
    /// The name of the list's inputs, as in `parameters/records`.
    let list: String
    /// Which item is taken away; nil where one is added.
    let removed: Int?

    /// Nil where the form was sent by another button.
    init?(_ form: SentForm) {
        guard let text = form[FormList.button] else { return nil }
        let words = text.split(separator: " ", maxSplits: 1)
        switch (words.first, words.count) {
        case ("add", 2): (list, removed) = (String(words[1]), nil)
        case ("remove", 2):
            guard let slash = words[1].lastIndex(of: "/"),
                let index = Int(words[1][words[1].index(after: slash)...])
            else { return nil }
            (list, removed) = (String(words[1][..<slash]), index)
        default: return nil
        }
    }

    /// What the button sends that adds an item.
    static func adding(to list: String) -> String { "add \(list)" }

    /// What the button sends that takes one away.
    static func removing(_ index: Int, of list: String) -> String { "remove \(list)/\(index)" }
}

extension SentForm {
    /// The numbers of the items of which inputs came, in order, and one more than a form may have at most.
    func indexes(of list: String) -> [Int] {
        let prefix = list + "/"
        let found = names.compactMap { name -> Int? in
            guard name.hasPrefix(prefix) else { return nil }
            return Int(name.dropFirst(prefix.count).prefix { $0 != "/" })
        }
        return Array(Set(found).filter { $0 >= 0 }.sorted().prefix(FormList.limit + 1))
    }
}
