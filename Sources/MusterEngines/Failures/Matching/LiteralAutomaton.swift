/// Finds many literals in one pass over a text: the automaton of Aho and Corasick, as one table of transitions.
struct LiteralAutomaton: Sendable {
    /// Longer literals are looked for by their beginning, which keeps the table in the processor's cache.
    static let longest = 16

    /// Bytes that no literal has are all of class 0.
    private let classes: [UInt16]
    private let classCount: Int
    /// `table[state * classCount + class]` is the next state, already multiplied by `classCount`.
    private let table: [Int32]
    /// The literals that end in a state, by its number.
    private let outputs: [[Int]]
    private let hasOutput: [Bool]

    init(_ literals: [[UInt8]]) {
        var classes = [UInt16](repeating: 0, count: 256)
        var count = 1
        for byte in literals.joined() where classes[Int(byte)] == 0 {
            classes[Int(byte)] = UInt16(count)
            count += 1
        }
        var trie = Trie(classCount: count)
        for (index, literal) in literals.enumerated() where !literal.isEmpty {
            trie.insert(literal.prefix(Self.longest).map { Int(classes[Int($0)]) }, index)
        }
        trie.link()
        self.classes = classes
        classCount = count
        table = trie.next.map { Int32($0 * count) }
        outputs = trie.outputs
        hasOutput = trie.outputs.map { !$0.isEmpty }
    }

    /// The literals whose beginning stands in the text, each as often as it does.
    func search(_ text: Span<UInt8>, _ found: (Int) -> Void) {
        var state = 0
        for index in 0..<text.count {
            state = Int(table[state + Int(classes[Int(text[index])])])
            guard state != 0 else { continue }
            let number = state / classCount
            if hasOutput[number] { outputs[number].forEach(found) }
        }
    }

    /// The tree of all literals while it is built.
    private struct Trie {
        let classCount: Int
        /// -1 where there is no edge, until `link`.
        var next: [Int]
        var outputs: [[Int]] = [[]]

        init(classCount: Int) {
            self.classCount = classCount
            next = Array(repeating: -1, count: classCount)
        }

        mutating func insert(_ literal: [Int], _ index: Int) {
            var state = 0
            for step in literal {
                if next[state * classCount + step] < 0 {
                    next[state * classCount + step] = outputs.count
                    next.append(contentsOf: repeatElement(-1, count: classCount))
                    outputs.append([])
                }
                state = next[state * classCount + step]
            }
            outputs[state].append(index)
        }

        /// Turns missing edges into those of the longest suffix that is a prefix of some literal, breadth first.
        mutating func link() {
            var suffix = [Int](repeating: 0, count: outputs.count)
            var queue: [Int] = [0]
            var head = 0
            while head < queue.count {
                let state = queue[head]
                head += 1
                for step in 0..<classCount {
                    let edge = state * classCount + step
                    let other = state == 0 ? 0 : next[suffix[state] * classCount + step]
                    if next[edge] < 0 {
                        next[edge] = other
                    } else {
                        suffix[next[edge]] = other
                        outputs[next[edge]] += outputs[other]
                        queue.append(next[edge])
                    }
                }
            }
        }
    }
}
