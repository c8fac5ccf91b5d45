import Dispatch
import Foundation
import Synchronization

/// Reads a pipe to its end, beside the test.
final class PipeReader: Sendable {
    private let done = DispatchGroup()
    private let data = Mutex(Data())

    init(_ handle: FileHandle) {
        let descriptor = handle.fileDescriptor
        DispatchQueue.global().async(group: done) {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else { return }
                self.data.withLock { $0.append(contentsOf: buffer[..<count]) }
            }
        }
    }

    func finish() -> Data {
        done.wait()
        return data.withLock { $0 }
    }
}
