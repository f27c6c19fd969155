/// A stretch of one line of a cluster file.
package struct SourceSpan: Hashable, Sendable, Comparable {
    /// 1-based.
    package var line: Int
    /// 1-based, counted in Unicode scalars, as the YAML parser counts.
    package var column: Int
    /// In Unicode scalars; at least 1, so that a caret is always drawn.
    package var length: Int

    package init(line: Int, column: Int, length: Int = 1) {
        self.line = line
        self.column = column
        self.length = max(1, length)
    }

    package static func < (left: SourceSpan, right: SourceSpan) -> Bool {
        (left.line, left.column, left.length) < (right.line, right.column, right.length)
    }
}

/// A value together with the place in the file it was read from.
package struct Spanned<Value> {
    package var value: Value
    package var span: SourceSpan

    package init(_ value: Value, _ span: SourceSpan) {
        self.value = value
        self.span = span
    }

    /// The same place with another value.
    package func map<Other>(_ transform: (Value) -> Other) -> Spanned<Other> {
        Spanned<Other>(transform(value), span)
    }
}

extension Spanned: Sendable where Value: Sendable {}
extension Spanned: Equatable where Value: Equatable {}
extension Spanned: Hashable where Value: Hashable {}
