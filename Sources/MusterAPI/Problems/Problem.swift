/// Why a request was not done: the body of every answer that is no success, in the shape of RFC 9457.
package struct Problem: Error, Codable, Hashable, Sendable {
    /// One failure of several.
    package struct Part: Codable, Hashable, Sendable {
        package var detail: String
        /// A diagnostic code such as `MUS0605`.
        package var code: String?
        package var node: String?
        package var hint: String?

        package init(detail: String, code: String? = nil, node: String? = nil, hint: String? = nil) {
            self.detail = detail
            self.code = code
            self.node = node
            self.hint = hint
        }
    }

    /// A name for the kind: `urn:muster:problem:not_found`.
    package var type: String
    package var title: String
    package var status: Int
    /// What happened this time.
    package var detail: String
    /// A diagnostic code such as `MUS0605`.
    package var code: String?
    /// The change to make.
    package var hint: String?
    package var node: String?
    /// The single failures where there were several.
    package var errors: [Part]?
    /// Diagnostics of a cluster file, in the form that `muster validate` has.
    package var diagnostics: RawJSON?

    package init(
        _ kind: ProblemKind,
        _ detail: String,
        code: String? = nil,
        hint: String? = nil,
        node: String? = nil,
        errors: [Part]? = nil,
        diagnostics: RawJSON? = nil
    ) {
        type = Self.prefix + kind.rawValue
        title = kind.title
        status = kind.status
        self.detail = detail
        self.code = code
        self.hint = hint
        self.node = node
        self.errors = errors
        self.diagnostics = diagnostics
    }

    private static let prefix = "urn:muster:problem:"

    /// What kind it is; nothing where a later release has a kind that this one does not know.
    package var kind: ProblemKind? {
        type.hasPrefix(Self.prefix) ? ProblemKind(rawValue: String(type.dropFirst(Self.prefix.count))) : nil
    }
}

extension Problem: CustomStringConvertible {
    package var description: String { (node.map { "\($0): " } ?? "") + detail }
}
