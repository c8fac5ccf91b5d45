import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension [HTTPRoute] {
    /// Style sheets, scripts and icons. Their names change with their content.
    static func assets() -> [HTTPRoute] {
        [
            .page(.get, "/assets/{name}", "asset", access: .none, isProbe: true) { call in
                guard let asset = WebAsset.served[call.shownPath], let type = asset.contentType else {
                    throw Problem.notFound
                }
                return Response(
                    status: .ok,
                    headers: [
                        .contentType: type, .cacheControl: "public, max-age=31536000, immutable",
                        .eTag: "\"\(asset.hash)\"",
                    ], body: .init(byteBuffer: ByteBuffer(string: asset.content)))
            }
        ]
    }
}
