import Foundation
import Testing

@testable import ServiceRuntime

@Suite struct DescriptorOutputTests {
    @Test func `Lines are written whole and in order`() async throws {
        let pipe = Pipe()
        let output = DescriptorOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let expected = (0..<1_000).map { "line \($0)}" }
        for number in 0..<1_000 { output.write(Array("line \(number)".utf8)[...], closing: "}") }
        output.flush()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.split(separator: "\n").map(String.init) == expected)
    }

    @Test func `Lines for a reader who does not read are dropped and counted`() async throws {
        let pipe = Pipe()
        let output = DescriptorOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let line = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)[...]
        for _ in 0..<20 { output.write(line, closing: "") }
        let reader = PipeReader(pipe.fileHandleForReading)
        output.flush()
        output.flush()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: reader.finish(), as: UTF8.self)
        let told = text.split(separator: "\n").compactMap { Int($0.prefix { $0.isNumber }) }.reduce(0, +)
        #expect(told > 0)
        #expect(text.split(separator: "\n").count { $0.hasPrefix("x") } + told == 20)
    }
}
