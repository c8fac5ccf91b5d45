package import AdapterKit

/// The adapter of web hosting and its providers.
package enum HostingAdapter {
    package static let providers: [RegisteredProvider] = [
        .hosting(DemoProvider.self),
        .hosting(CPanelProvider.self),
    ]
}
