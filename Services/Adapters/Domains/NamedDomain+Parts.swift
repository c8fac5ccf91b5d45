extension NamedDomain {
    /// The name without its ending, in its ASCII form.
    var nameWithoutEnding: String { String(domainName.dropLast(ending.count + 1)) }
}
