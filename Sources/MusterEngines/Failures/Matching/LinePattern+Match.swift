extension LinePattern {
    /// Places tried in one line, so that a line made to be slow is only not recognised.
    private static let mostTries = 4096

    func matches(_ line: Span<UInt8>) -> Bool {
        if let forbidden, Self.occurs(forbidden, in: line) { return false }
        var tries = Self.mostTries
        for start in 0..<line.count {
            tries -= 1
            if tries < 0 { return false }
            if matches(line, from: start, piece: 0, isFirstNumber: true, &tries) { return true }
        }
        return false
    }

    private func matches(
        _ line: Span<UInt8>,
        from start: Int,
        piece: Int,
        isFirstNumber: Bool,
        _ tries: inout Int
    ) -> Bool {
        guard piece < pieces.count else { return true }
        switch pieces[piece] {
        case .literal(let bytes):
            guard Self.stands(bytes, in: line, at: start) else { return false }
            return matches(line, from: start + bytes.count, piece: piece + 1, isFirstNumber: isFirstNumber, &tries)
        case .number:
            guard let (number, end) = Self.number(in: line, at: start), !isFirstNumber || isAllowed(number) else {
                return false
            }
            return matches(line, from: end, piece: piece + 1, isFirstNumber: false, &tries)
        case .word:
            var end = start
            while end < line.count, end - start < Self.widestGap, line[end] != UInt8(ascii: " ") {
                end += 1
                tries -= 1
                guard tries >= 0 else { return false }
                if matches(line, from: end, piece: piece + 1, isFirstNumber: isFirstNumber, &tries) { return true }
            }
            return false
        case .any:
            for end in start...max(start, min(line.count, start + Self.widestGap)) {
                tries -= 1
                guard tries >= 0 else { return false }
                if matches(line, from: end, piece: piece + 1, isFirstNumber: isFirstNumber, &tries) { return true }
            }
            return false
        }
    }

    private func isAllowed(_ number: Int) -> Bool {
        (numbers.isEmpty || numbers.contains(number)) && !excluded.contains(number)
    }

    private static func stands(_ bytes: [UInt8], in line: Span<UInt8>, at start: Int) -> Bool {
        guard start + bytes.count <= line.count else { return false }
        for index in bytes.indices where line[start + index] != bytes[index] { return false }
        return true
    }

    private static func occurs(_ bytes: [UInt8], in line: Span<UInt8>) -> Bool {
        guard bytes.count <= line.count else { return false }
        return (0...(line.count - bytes.count)).contains { stands(bytes, in: line, at: $0) }
    }

    /// A run of digits; one too long for a number is none of ours.
    private static func number(in line: Span<UInt8>, at start: Int) -> (Int, end: Int)? {
        var end = start
        var number = 0
        while end < line.count, case 48...57 = line[end] {
            guard end - start < 18 else { return nil }
            number = number * 10 + Int(line[end] - 48)
            end += 1
        }
        return end > start ? (number, end) : nil
    }
}
