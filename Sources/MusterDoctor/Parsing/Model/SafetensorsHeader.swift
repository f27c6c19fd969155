package import MusterSpec

/// The head of a safetensors file: eight bytes of length, then JSON that says where every tensor lies.
package struct SafetensorsHeader: Hashable, Sendable {
    package struct Tensor: Hashable, Sendable {
        package let name: String
        /// `BF16`, `F8_E4M3`.
        package let dtype: String
        package let shape: [Int]
        /// In bytes.
        package let size: Int
    }

    /// In the order of the file.
    package let tensors: [Tensor]
    /// What the whole file must have, in bytes; a shorter one was not copied to its end.
    package let fileSize: Int
    package let metadata: [String: String]

    /// The format's own limit.
    private static let longestHeader = 100_000_000
    /// With the eight bytes of its length.
    static let longest = 8 + longestHeader
    private static let bits: [String: Int] = [
        "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16,
        "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "I8": 8, "U8": 8, "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    ]

    /// Reads the first bytes of a file: at least the whole header; what follows it is not looked at.
    package static func read(_ bytes: [UInt8]) -> Reading<SafetensorsHeader> {
        .of(bytes, source: "the head of a safetensors file") { text throws(Damage) in
            guard bytes.count >= 8 else {
                throw Damage(.empty, found: "\(bytes.count) bytes", expected: "8 bytes of length and a header")
            }
            let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= longestHeader else { throw text.foreign(nil, found: "a header of \(length) bytes") }
            guard bytes.count - 8 >= Int(length) else {
                throw Damage(
                    .malformed,
                    found: "\(bytes.count - 8) bytes of a header of \(length)",
                    expected: "all of them",
                    hint: "the file is cut off: copy it again"
                )
            }
            let json = try JSONReader.value(of: Array(bytes[8..<(8 + Int(length))]))
            return try SafetensorsHeader(json, headerSize: 8 + Int(length))
        }
    }

    private init(_ json: JSONValue, headerSize: Int) throws(Damage) {
        var tensors: [Tensor] = []
        var metadata: [String: String] = [:]
        var end = 0
        for (name, value) in json.members {
            if name == "__metadata__" {
                for (key, text) in value.members { metadata[key] = text.text }
                continue
            }
            let offsets = (value["data_offsets"]?.elements ?? []).compactMap(\.count)
            let shape = (value["shape"]?.elements ?? []).compactMap(\.count)
            guard let dtype = value["dtype"]?.text, offsets.count == 2, offsets[0] <= offsets[1],
                shape.count == value["shape"]?.elements.count
            else {
                throw Damage(
                    .malformed,
                    found: "the tensor \(Damage.quote(name)) with \(Damage.quote(value.compact))",
                    expected: "`dtype`, `shape` and two `data_offsets`"
                )
            }
            let size = offsets[1] - offsets[0]
            if let expected = Self.size(shape, dtype), expected != size {
                throw Damage(
                    .malformed,
                    found: "\(size) bytes for the tensor \(Damage.quote(name))",
                    expected: "\(expected), by its shape and `\(dtype)`",
                    hint: "the file is damaged: copy it again"
                )
            }
            tensors.append(Tensor(name: name, dtype: dtype, shape: shape, size: size))
            end = max(end, offsets[1])
        }
        let (fileSize, overflow) = headerSize.addingReportingOverflow(end)
        guard case .object = json, !overflow else {
            throw Damage(.malformed, found: "a header that is no table of tensors", expected: "an object of tensors")
        }
        self.tensors = tensors
        self.fileSize = fileSize
        self.metadata = metadata
    }

    /// In bytes; nothing for types that are newer than this.
    private static func size(_ shape: [Int], _ dtype: String) -> Int? {
        guard var size = bits[dtype] else { return nil }
        for dimension in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            guard !overflow else { return nil }
            size = product
        }
        return size / 8
    }
}

extension SafetensorsHeader: DocumentValue {
    package var json: JSONValue {
        [
            "file_bytes": .integer(fileSize), "tensor_count": .integer(tensors.count),
            "metadata": .object(of: metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
            "tensors": .array(
                tensors.map { tensor in
                    [
                        "name": .string(tensor.name), "dtype": .string(tensor.dtype),
                        "shape": .array(tensor.shape.map(JSONValue.integer)), "bytes": .integer(tensor.size),
                    ]
                }
            ),
        ]
    }
}
