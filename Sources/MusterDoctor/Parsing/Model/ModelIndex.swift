package import MusterSpec

/// `model.safetensors.index.json`: which file holds which tensor.
package struct ModelIndex: Hashable, Sendable {
    /// Of all tensors, in bytes, where the index says it.
    package let totalSize: Int?
    /// How many tensors each file holds; every one of these files must be there.
    package let files: [String: Int]
    package let tensorCount: Int

    package static func read(_ bytes: [UInt8]) -> Reading<ModelIndex> {
        .of(bytes, source: "the content of `model.safetensors.index.json`") { text throws(Damage) in
            let json = try JSONReader.value(&text)
            guard case .object = json, let map = json["weight_map"], case .object = map else {
                throw Damage(.foreign, found: "JSON without `weight_map`", expected: text.source)
            }
            var files: [String: Int] = [:]
            var count = 0
            for (tensor, file) in map.members {
                guard let name = file.text else {
                    throw Damage(
                        .malformed,
                        found: "\(Damage.quote(file.compact)) for the tensor \(Damage.quote(tensor))",
                        expected: "the name of a file"
                    )
                }
                files[name, default: 0] += 1
                count += 1
            }
            return ModelIndex(totalSize: json["metadata"]?["total_size"]?.count, files: files, tensorCount: count)
        }
    }
}

extension ModelIndex: DocumentValue {
    package var json: JSONValue {
        [
            "total_bytes": .optional(totalSize), "tensor_count": .integer(tensorCount),
            "files": .array(
                files.sorted { NaturalOrder.isBefore($0.key, $1.key) }.map { file, count in
                    ["name": .string(file), "tensors": .integer(count)]
                }
            ),
        ]
    }
}
