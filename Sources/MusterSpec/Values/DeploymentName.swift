/// The name of a deployment: safe as a directory, a container name and an argument, whatever the shell.
package struct DeploymentName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let value: String

    /// Nothing unless the text is 1 to 63 of `a-z`, `0-9` and `-`, starting and ending with a letter or digit.
    ///
    /// `bin` is taken: it is the folder of the node script, beside those of the deployments.
    package init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        guard allowed, (1...63).contains(text.utf8.count), !text.hasPrefix("-"), !text.hasSuffix("-"), text != "bin"
        else { return nil }
        value = text
    }

    /// Stands in for a name that could not be read; nothing is ever launched under it.
    static let placeholder = DeploymentName(unchecked: "unnamed")

    private init(unchecked value: String) { self.value = value }

    package var description: String { value }

    package static func < (left: DeploymentName, right: DeploymentName) -> Bool { left.value < right.value }
}
