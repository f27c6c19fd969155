/// Which API this build speaks.
package enum APIVersion {
    /// The first part of every path.
    package static let path = "v1"

    /// In every request and every answer: the release of who sends it, so that both sides can tell a skew.
    package static let header = "Muster-Version"

    /// The path that a route of the table has, from its parts.
    static func path(_ rest: String) -> String { "/\(path)\(rest)" }
}
