import AdapterKit
import Models
import Testing

@Suite("Addresses from configurations")
struct ServiceAddressTests {
    @Test(
        "An address is read with or without scheme, port and path",
        arguments: [
            ("https://api.example.com", "https://api.example.com/a"),
            ("api.example.com", "https://api.example.com/a"),
            (" https://API.example.com:8443/v1/ ", "https://api.example.com:8443/v1/a"),
            ("http://127.0.0.1:8080//v1", "http://127.0.0.1:8080/v1/a"),
            ("https://[::1]/", "https://[::1]/a"),
        ])
    func read(text: String, url: String) throws {
        #expect(HTTPRequest(.get, at: try ServiceAddress(text), path: "/a").url == url)
    }

    @Test(
        "What is no address of the web is refused",
        arguments: ["", "https://", "ftp://example.com", "https://user:word@example.com", "a b"])
    func refused(text: String) {
        #expect(throws: ProviderError.self) { try ServiceAddress(text) }
    }

    @Test("An id is one segment of a path, or refused")
    func segments() throws {
        #expect(try HTTPRequest.segment("jane@example.com") == "jane@example.com")
        for id in ["", ".", "..", "a/b", "/"] {
            #expect(throws: ProviderError.self) { try HTTPRequest.segment(id) }
        }
    }

    @Test(
        "A name has a first part and a rest",
        arguments: [
            ("Jane Doe", "Jane", "Doe"), ("  Jane  van  Doe ", "Jane", "van Doe"), ("Jane", "Jane", nil),
            ("", "", nil),
        ] as [(String, String, String?)])
    func names(name: String, first: String, last: String?) {
        #expect(PersonName(name).first == first)
        #expect(PersonName(name).last == last)
    }
}
