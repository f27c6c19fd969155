/// Goes down the output of a program of nccl-tests line by line.
struct NCCLTestReader {
    private(set) var rows: [NCCLTest.Row] = []
    private(set) var rankHosts: [String] = []
    private(set) var ncclVersion: String?
    private(set) var program: String?
    private(set) var average: Double?
    private(set) var outOfBounds: Int?
    /// Cells of a row, from the heading.
    private var width: Int?

    mutating func take(_ line: Line) throws(Damage) {
        var words = line.words
        // `mpirun` puts rank and stream before every line: `[1,0]<stdout>:`
        if let tag = words.first?.text, tag.hasPrefix("["), let rest = Cut.after("]<stdout>:", in: tag) {
            words.removeFirst()
            if !rest.isEmpty { words.insert(Word(text: rest, column: 1), at: 0) }
        }
        if words.first?.text == "#" { words.removeFirst() }
        let texts = words.map { $0.text.hasPrefix("#") && $0.text != "#wrong" ? String($0.text.dropFirst()) : $0.text }
        guard let first = texts.first else { return }
        if Digits.count(first) != nil, texts.count >= 9, Digits.count(texts[1]) != nil {
            rows.append(try row(words, line))
        } else if first == "size", texts.count >= 11, texts[1] == "count" {
            width = texts.count
        } else if first == "Rank", texts.count > 3, let on = texts.firstIndex(of: "on"), on + 1 < texts.count {
            rankHosts.append(texts[on + 1])
        } else if let at = texts.firstIndex(of: "version"), at > 0, texts[at - 1] == "NCCL", at + 1 < texts.count {
            ncclVersion = texts[at + 1]
        } else if first == "Collective", texts.count > 3 {
            program = texts[3]
        } else if first == "Avg", let last = texts.last {
            average = Digits.decimal(last)
        } else if first == "Out", texts.count > 5, texts[2] == "bounds" {
            outOfBounds = Digits.count(texts[5])
        }
    }

    /// Size, count and type, then operation and root where the build prints them, then two results of four numbers.
    private func row(_ words: [Word], _ line: Line) throws(Damage) -> NCCLTest.Row {
        guard (11...13).contains(words.count), words.count == width ?? words.count,
            let size = Digits.count(words[0].text),
            let count = Digits.count(words[1].text)
        else {
            throw Damage(
                .malformed,
                line: line.number,
                found: "\(words.count) cells",
                expected: "\(width.map(String.init) ?? "11 to 13"): size, count, type, operation, root and two results",
                hint: Damage.wrapped
            )
        }
        // A root is a number, an operation is none.
        let middle = words[3..<(words.count - 8)].map(\.text)
        return NCCLTest.Row(
            size: size,
            count: count,
            type: words[2].text,
            operation: middle.first { Int($0) == nil },
            outOfPlace: try Self.result(words[(words.count - 8)..<(words.count - 4)], line),
            inPlace: try Self.result(words[(words.count - 4)...], line)
        )
    }

    private static func result(_ words: ArraySlice<Word>, _ line: Line) throws(Damage) -> NCCLTest.Result {
        var numbers: [Double] = []
        for word in words.prefix(3) {
            guard let number = Digits.decimal(word.text), number >= 0 else { throw damage(word, line, "a number") }
            numbers.append(number)
        }
        guard let last = words.last else { throw damage(nil, line, "a number") }
        let wrong = Digits.decimal(last.text).flatMap { Int(exactly: $0) }
        guard wrong != nil || Unknown.covers(last.text) || Double(last.text) != nil else {
            throw damage(last, line, "a number of wrong values, or `N/A`")
        }
        return NCCLTest.Result(
            time: numbers[0],
            algorithmBandwidth: numbers[1],
            busBandwidth: numbers[2],
            // Builds before 2.12 print the largest error instead, such as `5e-07`: that is no count.
            wrong: wrong.map(Known.value) ?? .unknown(last.text)
        )
    }

    private static func damage(_ word: Word?, _ line: Line, _ expected: String) -> Damage {
        Damage(
            .malformed,
            line: line.number,
            column: word?.column,
            found: Damage.quote(word?.text ?? line.trimmed),
            expected: expected,
            hint: Damage.wrapped
        )
    }
}
