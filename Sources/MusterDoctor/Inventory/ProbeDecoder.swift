import MusterSpec

/// Turns the sections of an answer into an inventory. What a section does not give is unknown, with the reason.
struct ProbeDecoder {
    let answer: ProbeAnswer
    private(set) var damages: [String: Damage] = [:]

    init(_ answer: ProbeAnswer) { self.answer = answer }

    /// The value of a section. Where that means something, `empty` is what a section without any text means and `absent`
    /// what one means that ended with 127; `hasPart` says that one that ended badly may hold a part of its text.
    mutating func value<Value>(
        _ name: String,
        empty: Value? = nil,
        absent: Value? = nil,
        hasPart: Bool = false,
        read: ([UInt8]) -> Reading<Value>
    ) -> Known<Value> {
        guard let section = answer.section(name) else {
            return answer.isComplete ? .notAsked : .unknown("the node's answer ended before it")
        }
        guard let end = section.end else { return .unknown("the node's answer broke off in it") }
        if end.status == 127, let absent { return .value(absent) }
        let reason = ProbeSubject.of(name).reason(end, section.text)
        if let reason {
            guard hasPart, let part = read(section.text).value else { return .unknown(reason) }
            return .value(part)
        }
        if let empty, section.text.allSatisfy({ $0 == 0x20 || $0 == 0x0a || $0 == 0x09 }) { return .value(empty) }
        switch read(section.text) {
        case .read(let value, _): return .value(value)
        case .damaged(let damage):
            damages[name] = damage
            return .unknown(damage.message)
        }
    }

    /// The `KEY=VALUE` lines of a section, in order.
    mutating func pairs(_ name: String) -> Known<[ProbePair]> {
        value(name, empty: [], absent: []) { .read(ProbePair.all(in: $0), remarks: []) }
    }

    /// The values of a section by their keys; of two with one key the first counts.
    mutating func table(_ name: String) -> Known<[String: String]> {
        pairs(name).map { pairs in
            Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
    }
}

/// One line `KEY=VALUE`, the key often the path of a file.
struct ProbePair: Hashable, Sendable {
    let key: String
    let value: String

    /// Lines without `=` are left out.
    static func all(in text: [UInt8]) -> [ProbePair] {
        LineSplitter.lines(of: text).compactMap { line in
            line.halves(at: UInt8(ascii: "=")).map { ProbePair(key: $0.key, value: $0.value) }
        }
    }
}
