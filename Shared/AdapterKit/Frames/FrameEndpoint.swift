/// Where frames are sent to, and how the connection is secured.
package struct FrameEndpoint: Sendable, Hashable {
    /// A host name or address, without brackets or port.
    package var host: String
    package var port: Int
    /// Whether the server's certificate has to bear the host's name. Only a configuration that says so may turn it
    /// off.
    package var verifiesName: Bool
    /// Whether the server's certificate has to come from somebody who is trusted. Only a configuration that says so
    /// may turn it off.
    package var verifiesCertificate: Bool
    /// What we show of ourselves: certificate and private key, each as PEM; none where nil.
    package var clientCertificate: String?
    /// The longest frame that is taken, without its length: 1 MiB if not given.
    package var frameByteLimit: Int

    package static let usualFrameByteLimit = 1 << 20

    package init(
        host: String, port: Int, verifiesName: Bool = true, verifiesCertificate: Bool = true,
        clientCertificate: String? = nil, frameByteLimit: Int = usualFrameByteLimit
    ) {
        self.host = host
        self.port = port
        self.verifiesName = verifiesName
        self.verifiesCertificate = verifiesCertificate
        self.clientCertificate = clientCertificate
        self.frameByteLimit = frameByteLimit
    }
}
