import MusterSpec

/// A value that the program may not know. Unknown is never zero: a card without ECC has no error count.
package enum Known<Value: Hashable & Sendable>: Hashable, Sendable {
    case value(Value)
    /// What stands there instead, such as `[N/A]` or `[Unknown Error]`; empty where nothing does.
    case unknown(String)

    /// The value, or nothing.
    package var value: Value? {
        guard case .value(let value) = self else { return nil }
        return value
    }

    /// The same with another value.
    package func map<Other>(_ transform: (Value) -> Other) -> Known<Other> {
        switch self {
        case .value(let value): .value(transform(value))
        case .unknown(let reason): .unknown(reason)
        }
    }
}

extension Known where Value == String {
    /// Sorts a cell into text and the ways to say that there is none.
    init(cell: String) { self = Unknown.covers(cell) ? .unknown(cell) : .value(cell) }
}

extension Known {
    var json: JSONValue {
        switch self {
        case .unknown: .null
        case .value(let value): Self.json(value)
        }
    }

    private static func json(_ value: Value) -> JSONValue {
        switch value {
        case let text as String: .string(text)
        case let number as Int: .integer(number)
        case let number as Double: .number(number)
        case let flag as Bool: .boolean(flag)
        case let memory as ByteCount: .integer(memory.bytes)
        default: .string("\(value)")
        }
    }
}

/// The ways programs say that they do not know.
enum Unknown {
    private static let words: Set<String> = [
        "", "N/A", "n/a", "NA", "-", "ERR!", "Unknown", "unknown", "Unknown Error", "Not Supported", "Not Available",
        "Requested functionality has been deprecated", "Insufficient Permissions", "GPU is lost",
    ]

    static func covers(_ cell: String) -> Bool {
        // `nvidia-smi` puts everything that is no value between brackets; no value of it starts with one.
        cell.hasPrefix("[") && cell.hasSuffix("]") || words.contains(cell)
    }
}
