import AdapterKit

extension XMLValue {
    static func node(_ name: String, _ children: XMLValue...) -> XMLValue { XMLValue(name, [:], children) }

    static func node(_ name: String, _ children: [XMLValue]) -> XMLValue { XMLValue(name, [:], children) }

    static func node(_ name: String, text: String) -> XMLValue { XMLValue(name, text: text) }
}
