import Foundation
import Synchronization

/// TCP ports of the loopback interface that nobody listens at.
package enum FreePorts {
    /// Below the range from which the system takes ports of outgoing connections, so that none of those comes in between.
    private static let range = 20_000..<32_000

    /// Never given twice by this process.
    private static let given = Mutex<Set<Int>>([])

    package static func take(_ count: Int) throws -> [Int] {
        try (0..<count).map { _ in try take() }
    }

    package static func take() throws -> Int {
        for _ in 0..<1_000 {
            let port = Int.random(in: range)
            guard given.withLock({ $0.insert(port).inserted }), isFree(port) else { continue }
            return port
        }
        throw WaitingError(description: "No port is free.")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in(loopbackPort: port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

extension sockaddr_in {
    /// 127.0.0.1 and this port.
    init(loopbackPort port: Int) {
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = in_port_t(port).bigEndian
        sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    }
}
