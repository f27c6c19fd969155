/// Why the event store could not do what was asked.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is.
    package struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable { case newerSchema, full, unreadable, broken, inUse }

        private let value: Value

        /// A later release wrote the file.
        package static let newerSchema = Code(value: .newerSchema)
        /// The disk, or a quota on it, is full. The store works again, as it is, once there is space.
        package static let full = Code(value: .full)
        /// The file cannot be opened or written.
        package static let unreadable = Code(value: .unreadable)
        /// The file is no database, or a damaged one.
        package static let broken = Code(value: .broken)
        /// Another process has the file open as its store.
        package static let inUse = Code(value: .inUse)
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
