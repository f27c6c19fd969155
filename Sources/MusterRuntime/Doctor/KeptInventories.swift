import Glibc
package import MusterDoctor
package import MusterSpec

/// What the nodes of a deployment last said, in the state directory of the user: one file a node.
package struct KeptInventories: Sendable {
    private let directory: String
    private let machine: LocalMachine

    package init(_ machine: LocalMachine, _ deployment: DeploymentName) {
        self.machine = machine
        directory = machine.stateDirectory + "/\(deployment)/inventory"
    }

    /// Writes answers in place of those of the same nodes.
    ///
    /// - Returns: Why it could not be done; what was written before stays whole.
    package func keep(_ documents: [InventoryDocument]) -> LocalFiles.Problem? {
        if let problem = LocalFiles.makeDirectory(directory) { return problem }
        for document in documents {
            let path = "\(directory)/\(Self.fileName(document.node))"
            if let problem = LocalFiles.write(document.json.pretty + "\n", to: path, mode: 0o600) { return problem }
        }
        return nil
    }

    /// All that is kept; files that cannot be read are left out, as nodes that were never asked are.
    package func read() -> [InventoryDocument] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var documents: [InventoryDocument] = []
        while let entry = Glibc.readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let path = "\(directory)/\(name)"
            guard name.hasSuffix(".json"),
                case .success(let bytes) = LocalFiles.read(path, machine, limit: InventoryDocument.largest),
                let document = InventoryDocument.read(bytes).value
            else { continue }
            documents.append(document)
        }
        return documents.sorted { $0.node < $1.node }
    }

    /// A node's name may be an address with colons or a user's own text.
    private static func fileName(_ node: String) -> String {
        let plain = node.unicodeScalars.map { scalar -> String in
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789.-_".unicodeScalars.contains(scalar))
            return isPlain ? String(scalar) : "%\(String(scalar.value, radix: 16))"
        }.joined()
        return (plain.hasPrefix(".") ? "%2e\(plain.dropFirst())" : plain) + ".json"
    }
}
