/// Which API this build speaks.
package enum APIVersion {
    /// The first part of every path.
    package static let path = "v1"
}
