package import MusterSpec

/// Limits of a process, from `ulimit -a`, from `/proc/PID/limits`, or from lines such as `memlock=unlimited`.
package struct ResourceLimits: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case unlimited
        /// Bytes for memory, else a count.
        case limit(Int)
    }

    package struct Limit: Hashable, Sendable {
        package let soft: Value
        /// Nothing where only the soft limit is printed.
        package let hard: Value?
    }

    /// Memory that may be locked, which RDMA registers its buffers in.
    package internal(set) var lockedMemory: Limit?
    package internal(set) var openFiles: Limit?
    package internal(set) var processes: Limit?
    package internal(set) var stack: Limit?

    package static func read(_ bytes: [UInt8]) -> Reading<ResourceLimits> {
        .of(bytes, source: "the output of `ulimit -a` or the content of `/proc/PID/limits`") { text throws(Damage) in
            var limits = ResourceLimits()
            var taken = 0
            let lines = try text.lines()
            for line in lines where !line.isBlank {
                guard let name = Name(line.trimmed) else { continue }
                guard let limit = limit(line, name) else {
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: Damage.quote(line.trimmed),
                        expected: "a number or `unlimited`"
                    )
                }
                limits.set(name, limit)
                taken += 1
            }
            guard taken > 0 else { throw text.foreign(lines.first { !$0.isBlank }) }
            return limits
        }
    }

    private enum Name {
        case lockedMemory, openFiles, processes, stack

        /// By the words of bash, dash, the kernel, and of lines `name=value`.
        init?(_ line: String) {
            let text = line.lowercased()
            func starts(_ prefixes: String...) -> Bool { prefixes.contains { text.hasPrefix($0) } }
            if starts("max locked memory", "locked memory", "memlock") {
                self = .lockedMemory
            } else if starts("open files", "max open files", "nofile") {
                self = .openFiles
            } else if starts("max user processes", "max processes", "process ", "nproc") {
                self = .processes
            } else if starts("stack size", "max stack size", "stack(", "stack=") {
                self = .stack
            } else {
                return nil
            }
        }

        var isMemory: Bool { self == .lockedMemory || self == .stack }
    }

    private mutating func set(_ name: Name, _ limit: Limit) {
        switch name {
        case .lockedMemory: lockedMemory = limit
        case .openFiles: openFiles = limit
        case .processes: processes = limit
        case .stack: stack = limit
        }
    }

    /// The shells count memory in KiB, the kernel in bytes with the unit behind it.
    private static func limit(_ line: Line, _ name: Name) -> Limit? {
        let text = Cut.around("=", in: line.trimmed).map { "\($0.before) \($0.after)" } ?? line.trimmed
        let words = Cut.words(text)
        let isKernel = line.trimmed.hasPrefix("Max ")
        let scale = name.isMemory && !isKernel ? 1024 : 1
        let values = words.compactMap { value($0, scale) }
        guard let first = values.first else { return nil }
        return Limit(soft: first, hard: isKernel && values.count > 1 ? values[1] : nil)
    }

    private static func value(_ word: String, _ scale: Int) -> Value? {
        if word == "unlimited" { return .unlimited }
        guard let count = Digits.count(word) else { return nil }
        let (scaled, overflow) = count.multipliedReportingOverflow(by: scale)
        return overflow ? nil : .limit(scaled)
    }
}

extension ResourceLimits: DocumentValue {
    package var json: JSONValue {
        let limits = [
            ("locked_memory_bytes", lockedMemory), ("open_files", openFiles), ("processes", processes),
            ("stack_bytes", stack),
        ]
        return [
            "limits": .array(
                limits.compactMap { name, limit in
                    limit.map { limit in
                        [
                            "name": .string(name), "soft": Self.json(limit.soft),
                            "hard": limit.hard.map(Self.json) ?? .null,
                        ]
                    }
                }
            )
        ]
    }

    private static func json(_ value: Value) -> JSONValue {
        switch value {
        case .unlimited: "unlimited"
        case .limit(let count): .integer(count)
        }
    }
}
