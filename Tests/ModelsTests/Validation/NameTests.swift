import Models
import Testing

@Suite("International names and phone numbers")
struct NameTests {
    @Test("A name has one ASCII form, in small letters")
    func ascii() {
        let rows: [(String, String?)] = [
            ("bücher.de", "xn--bcher-kva.de"), ("Bücher.DE", "xn--bcher-kva.de"), ("bücher", "xn--bcher-kva"),
            ("bu\u{308}cher.de", "xn--bcher-kva.de"), ("faß.de", "xn--fa-hia.de"),
            ("XN--BCHER-KVA.de", "xn--bcher-kva.de"), ("Example.com", "example.com"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"), ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
            ("xn--a.de", nil), ("💩.la", nil), ("bü cher.de", nil), ("bü%20.de", nil), ("bü/x.de", nil),
            ("bü@x.de", nil), ("a\u{200D}b.de", nil), ("aא.de", nil),
        ]
        for (name, ascii) in rows { #expect(InternationalName.ascii(name) == ascii, "\(name)") }
    }

    @Test("An ASCII form is read back where it is one")
    func unicode() {
        let rows: [(String, String?)] = [
            ("xn--bcher-kva.de", "bücher.de"), ("xn--fa-hia.de", "faß.de"), ("example.com", "example.com"),
            ("xn--a.de", nil), ("xn--ls8h.la", nil), ("bücher.de", nil), ("a/b", nil),
        ]
        for (name, unicode) in rows { #expect(InternationalName.unicode(name) == unicode, "\(name)") }
    }

    @Test("A phone number is taken apart behind its country code")
    func phone() throws {
        for text in ["+442079460123", "+44.2079460123"] {
            let number = try #require(PhoneNumber(text))
            #expect(number.countryCode == "44" && number.subscriberNumber == "2079460123")
            #expect(number.plain == "+442079460123" && number.dotted == "+44.2079460123")
        }
        #expect(PhoneNumber("+12125550123")?.dotted == "+1.2125550123")
        #expect(PhoneNumber("+3545551234")?.dotted == "+354.5551234")
        #expect(PhoneNumber("4161234567") == nil)
    }
}
