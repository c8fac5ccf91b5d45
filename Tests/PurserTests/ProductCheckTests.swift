import Models
import Testing

@testable import Purser

/// What the command line says of how products differ from what their providers have.
@Suite struct ProductCheckTests {
    @Test func `a comparison tells what differs, what was taken over, and what could not be compared`() {
        let difference: JSONValue = ["field": "package_name", "ours": "gold", "theirs": "silver"]
        let reports: [JSONValue] = [
            ["id": "prd_1", "adopted": false, "differences": []],
            ["id": "prd_2", "adopted": false, "differences": [difference]],
            ["id": "prd_3", "adopted": true, "differences": [difference]],
            ["id": "prd_4", "adopted": false, "problem": "The provider is away."],
        ]
        #expect(reports.map(ProductCheckText.isFine) == [true, false, true, false])
        let text = ProductCheckText.full(reports)
        #expect(!text.contains("prd_1"))
        for part in [
            "prd_2 differs", "silver", "taken over", "prd_4 could not be compared: The provider is away.",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        #expect(text.hasSuffix("4 compared, 2 differing, 1 that could not be compared."))
    }
}
