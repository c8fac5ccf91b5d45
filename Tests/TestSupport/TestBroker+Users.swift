import Foundation

extension TestBroker {
    /// The address of a virtual host as the user that a service has there.
    ///
    /// - Parameter user: the service's name, as in `hosting-adapter`.
    package static func address(_ url: String, as user: String) -> String {
        guard var parts = URLComponents(string: url) else { return url }
        parts.user = user
        parts.password = password(of: user)
        return parts.string ?? url
    }

    private static func password(of user: String) -> String { "\(passwordStem)-\(user)" }

    /// What the passwords of all services' users begin with, of no meaning to anyone else: tests look whether it leaks.
    package static let passwordStem: String = {
        let random = (0..<16).map { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement() ?? "x" }
        return "PSWD\(String(random))"
    }()

    /// Has the users of the default virtual host with their passwords, in the broker's folder.
    static let definitionsFile = "definitions.json"

    /// Whether a file of a broker's folder has secrets on purpose: its cookie, and what defines its users.
    package static func keepsSecrets(_ path: String) -> Bool {
        path == ".erlang.cookie" || path.hasSuffix(".json") && !path.contains("/")
    }

    /// What `compose/rabbitmq/definitions.json` defines, for a virtual host: users with passwords for tests, and guest, who
    /// may do everything.
    static func definitions(for host: String) throws -> Data {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../compose/rabbitmq/definitions.json")
        let read = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        guard var all = read as? [String: [[String: Any]]] else {
            throw WaitingError(description: "\(file.path) is no object of lists.")
        }
        for key in all.keys {
            all[key] = all[key]?.map { item in
                var item = item
                if item["vhost"] != nil { item["vhost"] = host }
                return item
            }
        }
        all["vhosts"] = [["name": host]]
        let users = (all["users"] ?? []).compactMap { $0["name"] as? String }
        all["users"] =
            users.map { ["name": $0, "password": password(of: $0), "tags": ""] }
            + [["name": "guest", "password": "guest", "tags": "administrator"]]
        all["permissions", default: []].append([
            "user": "guest", "vhost": host, "configure": ".*", "write": ".*", "read": ".*",
        ])
        capture(host, in: &all)
        return try JSONSerialization.data(withJSONObject: all, options: [.sortedKeys])
    }
}
