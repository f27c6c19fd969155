/// What came out of reading a program's output: a value, or what is wrong with the text. Any bytes end in one of both.
package enum Reading<Value: Sendable>: Sendable {
    /// The remarks say what was odd and tolerated.
    case read(Value, remarks: [Remark])
    case damaged(Damage)

    /// The value, where there is one.
    package var value: Value? {
        guard case .read(let value, _) = self else { return nil }
        return value
    }

    /// The damage, where there is one.
    package var damage: Damage? {
        guard case .damaged(let damage) = self else { return nil }
        return damage
    }

    /// Runs a parser over bytes; what it throws is the damage. The source is what the text should be, as messages say
    /// it.
    static func of(
        _ bytes: [UInt8],
        source: String,
        parse: (inout Transcript) throws(Damage) -> Value
    ) -> Reading {
        var text = Transcript(bytes, source: source)
        do throws(Damage) {
            let value = try parse(&text)
            return .read(value, remarks: text.remarks)
        } catch {
            return .damaged(text.failure(behind: error) ?? error)
        }
    }
}

extension Reading: Equatable where Value: Equatable {}

/// Something odd in a text that was read all the same.
package struct Remark: Hashable, Sendable {
    /// 1-based; nothing where it is about the whole text.
    package let line: Int?
    package let message: String
}
