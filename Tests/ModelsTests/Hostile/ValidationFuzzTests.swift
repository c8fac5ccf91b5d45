import Foundation
import Models
import TestSupport
import Testing

/// Fields of any kind, with values of any kind.
@Suite("Hostile values of fields")
struct ValidationFuzzTests {
    /// A field for each rule that judges a text, and for each type written by hand.
    private static let texts: [FieldDefinition] = {
        let rules: [Rule] = [
            .alphaDash, .alphaDashDot, .alphaNumeric, .certificatePEM, .countryCode, .date,
            .dateFormat("Y-m-d H:i:s"), .dateFormat("j/n/y G:i:s.u"), .dateFormat("Y-m-d\\TH:i:sP"),
            .domainName,
            .email, .filled, .in(["a", "b", ""]), .internationalPhone, .ip, .max(3), .min(3), .size(3),
            .startsWith("a"), .url,
        ]
        let all = rules + patterns.map { Rule.regex($0) }
        return all.map { FieldDefinition(name: "x", type: .string, rules: [$0]) }
            + ["Timestamp", "ActionID", "ClientID"].map {
                FieldDefinition(name: "x", type: .string, reference: $0)
            }
    }()

    /// Every pattern of the contracts.
    private static let patterns: [String] = {
        func patterns(_ fields: [FieldDefinition]) -> [String] {
            fields.flatMap { field -> [String] in
                let own = field.rules.compactMap { rule in
                    if case .regex(let pattern) = rule { pattern } else { nil as String? }
                }
                return own + patterns(field.fields ?? []) + patterns(field.items ?? [])
            }
        }
        var all: [FieldDefinition] = []
        for catalogue in GoldenTests.catalogues {
            all += catalogue.messages.flatMap(\.fields) + catalogue.types.flatMap(\.fields)
        }
        for function in Blueprints.all.flatMap(\.functions) { all += function.parameters + function.result }
        return Array(Set(patterns(all))).sorted()
    }()

    private static let samples = [
        "jane@example.com", "https://jane:pw@example.com:8443/a?b[]=c#d", "2026-02-03T10:11:12.345+01:00",
        "+44.2079460123",
        "xn--bcher-kva.example", "bücher.example", "192.0.2.7", "2001:db8::192.0.2.7",
        "3/2/26 9:11:12.345678", "GB", "a-b_c",
        "act_01hzy3v7q8r9s0t1v2w3x4y5z6", "ssh root@host.example", "99.5%",
        "-----BEGIN CERTIFICATE-----\nMAYwAgQAMAA=\n-----END CERTIFICATE-----",
    ].map { Array($0.utf8) }

    private static func text(using generator: inout SeededGenerator) -> String {
        let sample = samples.randomElement(using: &generator) ?? []
        return String(
            decoding: Mutator.text.mutate(sample, with: samples, using: &generator), as: UTF8.self)
    }

    @Test("Any text is judged by every rule, quickly, and without being shown")
    func rules() async throws {
        #expect(Self.patterns.count >= 5)
        try await Fuzz.run("texts by rules", count: 800) { generator in
            let text = Self.text(using: &generator)
            for field in Self.texts {
                let problems = try quickly("\(field.rules)") { [field].problems(in: ["x": .string(text)]) }
                guard problems.count <= 1, problems.first?.detail.isEmpty != true else {
                    throw FuzzFailure(description: "\(problems) for \(text)")
                }
                // What a rule says to every wrong text is no text shown, even where it is the very text that was tried.
                let other = String(text.reversed()) + "-"
                let fixed = [field].problems(in: ["x": .string(other)]).map(\.detail)
                let shown = problems.contains { $0.detail.contains(text) && !fixed.contains($0.detail) }
                guard text.utf8.count <= 24 || !shown else {
                    throw FuzzFailure(description: "\(text) is shown by \(field.rules)")
                }
            }
        }
    }

    @Test("A text as long as there may be one is judged quickly by every rule")
    func longTexts() throws {
        let units = [
            "a", "a-", "-", "a.", "xn--a", "é", "9", "+", "ssh ", "1.", ":", "%41", "@", "\u{301}", "A",
            "MIIB",
        ]
        for unit in units {
            let text = String(
                repeating: unit, count: ValidationLimit.stringLength / unit.unicodeScalars.count)
            for end in ["", "_", "!", "\u{0}"] {
                for field in Self.texts {
                    _ = try quickly("\(unit) by \(field.rules)") {
                        [field].problems(in: ["x": .string(text + end)])
                    }
                }
            }
        }
    }

    @Test("Names, numbers and times are read or not, and what is read is written as it is read again")
    func readings() async throws {
        try await Fuzz.run("names and times", count: 2_000) { generator in
            let text = Self.text(using: &generator)
            if let ascii = InternationalName.ascii(text) {
                guard ascii.utf8.allSatisfy({ $0 < 128 }), InternationalName.ascii(ascii) == ascii else {
                    throw FuzzFailure(description: "\(text) became \(ascii)")
                }
            }
            _ = InternationalName.unicode(text)
            if let phone = PhoneNumber(text), PhoneNumber(phone.plain) != phone {
                throw FuzzFailure(description: "\(text) is no phone number twice")
            }
            if let time = Timestamp(text), (0...253_402_300_799_999).contains(time.milliseconds),
                Timestamp(time.description) != time
            {
                throw FuzzFailure(description: "\(text) became \(time)")
            }
            _ = ULID.milliseconds(of: text.utf8)
        }
    }

    @Test("The parameters of every function are judged, whatever they are")
    func parameters() async throws {
        let functions = Blueprints.all.flatMap(\.functions)
        try await Fuzz.run("parameters of functions", count: 1_500) { generator in
            let function = functions[Int.random(in: 0..<functions.count, using: &generator)]
            let object = JSONValue.object(Self.example(function.parameters, using: &generator))
                .mutated(using: &generator)
            guard let members = object.objectValue else { return }
            let problems = function.parameters.problems(in: members, at: "/parameters")
            guard problems.count <= ValidationLimit.problems,
                problems.allSatisfy({ $0.pointer.hasPrefix("/parameters") && $0.detail.utf8.count < 4_096 })
            else { throw FuzzFailure(description: "\(function.name): \(problems)") }
            _ = function.parameters.applyingDefaults(to: members)
        }
    }

    /// Something for each field.
    private static func example(
        _ fields: [FieldDefinition], using generator: inout SeededGenerator
    ) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for field in fields {
            members[field.name] =
                switch field.type {
                case .string, .any: .string(text(using: &generator))
                case .integer: 1
                case .number: 1.5
                case .boolean: true
                case .object: .object(example(field.fields ?? [], using: &generator))
                case .array: .array([.object(example(field.items?.first?.fields ?? [], using: &generator))])
                }
        }
        return members
    }
}
