import HTTPTypes
import Models

@testable import Gateway

/// What must come of it when someone asks for what is another client's.
enum IsolationRule {
    /// Anyone may ask, and nothing of anyone is told.
    case open
    /// It is about who asks alone; nothing of another can be named.
    case own
    /// It names one thing: another client's is as if it were not there.
    case thing
    /// It lists or streams things: another client's are not among them, nor when they are asked for.
    case listing
    /// It is not for clients.
    case staff
    /// It tells what Purser can do, which is the same for all clients.
    case same
}

/// One rule a route, and a body that is good, so that nothing is refused for another reason than who asks.
struct IsolationTable {
    /// What belongs to the client that nothing may be told of.
    let theirs: Belongings
    /// A client of which something else may be told, so that bodies can name someone.
    let ours: Belongings

    var rows: [String: (rule: IsolationRule, body: JSONValue?)] {
        access.merging(things) { _, last in last }.merging(setup) { _, last in last }
            .merging(pages) { _, last in last }
    }

    /// The rule of a route: its row, or for pages of the staff's areas that they are the staff's.
    func row(_ route: HTTPRoute) -> (rule: IsolationRule, body: JSONValue?)? {
        if let row = rows[route.name] { return row }
        let isStaffs =
            route.path == "/admin" || route.path == "/ops" || route.path.hasPrefix("/admin/")
            || route.path.hasPrefix("/ops/")
        guard route.isPage, isStaffs else { return nil }
        return (.staff, route.method == .post ? [:] : nil)
    }

    /// Pages that others than staff see.
    private var pages: [String: (rule: IsolationRule, body: JSONValue?)] {
        [
            "asset": (.open, nil), "signInPage": (.open, nil), "signInForm": (.open, [:]),
            "start": (.own, nil), "signOutForm": (.own, [:]), "endViewAs": (.own, [:]),
            "account": (.own, nil), "accountPassword": (.own, [:]), "accountBeginTwoFactor": (.own, [:]),
            "accountConfirmTwoFactor": (.own, [:]), "accountRemoveTwoFactor": (.own, [:]),
            "accountSignOutEverywhere": (.own, [:]),
            "clientProducts": (.listing, nil), "clientActivity": (.listing, nil),
            "clientProduct": (.thing, nil), "clientAction": (.thing, nil), "clientOpen": (.thing, nil),
            "clientRunForm": (.thing, nil),
            "clientRun": (.thing, [:]),
        ]
    }

    private var things: [String: (rule: IsolationRule, body: JSONValue?)] {
        [
            "submitAction": (.thing, ["function": "getInfo", "parameters": ["username": "jane"]]),
            "listActions": (.listing, nil), "showAction": (.thing, nil),
            "cancelAction": (.staff, [:]), "retryAction": (.staff, [:]), "adoptAction": (.staff, [:]),
            "abandonAction": (.staff, [:]),
            "listContractProducts": (.listing, nil), "showContractProduct": (.thing, nil),
            "showContractProductHistory": (.thing, nil), "checkContractProduct": (.staff, [:]),
            "createContractProduct": (
                .staff,
                [
                    "client_id": .string(theirs.client), "category": "hosting",
                    "configuration_id": .string(theirs.configuration), "name": "Another",
                ]
            ),
            "updateContractProduct": (.staff, ["name": "Changed"]),
            "sendBusinessEvent": (
                .staff,
                [
                    "id": "evt-2", "type": "product.overdue",
                    "contract_product_id": .string(theirs.product),
                ]
            ),
            "listBusinessEvents": (.staff, nil), "showBusinessEvent": (.staff, nil),
            "createClient": (.staff, ["name": "Another", "email": "another@example.com"]),
            "listClients": (.staff, nil), "showClient": (.thing, nil),
            "streamEvents": (.listing, nil), "listLogEntries": (.listing, nil),
            "streamLogEntries": (.listing, nil), "showDebugData": (.staff, nil),
        ]
    }

    private var setup: [String: (rule: IsolationRule, body: JSONValue?)] {
        [
            "listBlueprints": (.same, nil), "showBlueprint": (.same, nil), "listProviders": (.staff, nil),
            "createConfiguration": (
                .staff,
                [
                    "category": "hosting", "provider": "demo", "name": "Another",
                    "settings": ["hostname": "panel"],
                ]
            ),
            "listConfigurations": (.staff, nil), "showConfiguration": (.staff, nil),
            "updateConfiguration": (.staff, ["name": "Changed"]), "testConfiguration": (.staff, [:]),
            "listNotices": (.staff, nil), "showStatus": (.staff, nil), "showOverview": (.staff, nil),
            "showStatistics": (.staff, nil), "groupAttention": (.staff, nil), "findText": (.staff, nil),
            "listDeadLetters": (.staff, nil), "showKeys": (.staff, nil),
            "requeueDeadLetter": (.staff, [:]),
            "createWebhook": (.staff, ["url": "https://hooks.example.com/x"]),
            "listWebhooks": (.staff, nil), "showWebhook": (.staff, nil),
            "updateWebhook": (.staff, ["description": "Changed"]), "deleteWebhook": (.staff, nil),
            "rotateWebhook": (.staff, [:]), "testWebhook": (.staff, [:]),
            "listWebhookDeliveries": (.staff, nil), "resendWebhookDelivery": (.staff, [:]),
            "health": (.open, nil), "readiness": (.open, nil), "metrics": (.open, nil),
            "openAPI": (.open, nil), "asyncAPI": (.open, nil),
        ]
    }

    private var access: [String: (rule: IsolationRule, body: JSONValue?)] {
        let password: JSONValue = "another good password"
        return [
            "createToken": (
                .staff, ["name": "x", "role": "client", "client_id": .string(theirs.client)]
            ),
            "listTokens": (.staff, nil), "revokeToken": (.staff, nil), "whoAmI": (.own, nil),
            "createUser": (
                .staff,
                [
                    "email": "new@example.com", "name": "New", "role": "client", "password": password,
                    "client_id": .string(theirs.client),
                ]
            ),
            "listUsers": (.staff, nil), "showUser": (.staff, nil),
            "updateUser": (.staff, ["name": "Changed"]), "deleteUser": (.staff, nil),
            "setPassword": (.staff, ["password": password]), "removeTwoFactor": (.staff, [:]),
            "signUserOut": (.staff, [:]),
            "signIn": (.open, ["email": "nobody@example.com", "password": "x"]), "showSession": (.own, nil),
            "signOut": (.own, nil), "signOutEverywhere": (.own, nil),
            "viewAsClient": (.staff, ["client_id": .string(theirs.client)]), "endViewing": (.own, nil),
            "changeOwnPassword": (.own, ["password": password, "current_password": "x"]),
            "beginTwoFactor": (.own, [:]), "confirmTwoFactor": (.own, ["code": "123456"]),
            "removeOwnTwoFactor": (.own, ["password": "x", "code": "123456"]),
        ]
    }
}
