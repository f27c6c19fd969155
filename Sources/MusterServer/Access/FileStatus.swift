import FoundationEssentials

/// Whose a file is and who else may use it. A link is not followed.
struct FileStatus {
    let isDirectory: Bool
    let owner: UInt32
    /// Read, write and search for owner, group and others.
    let mode: UInt32

    init(_ path: String) throws(ServerError) {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            isDirectory = attributes[.type] as? FileAttributeType == .typeDirectory
            owner = try Self.number(attributes[.ownerAccountID], path)
            mode = try Self.number(attributes[.posixPermissions], path)
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.unusable, "`\(path)`: \(error)")
        }
    }

    private static func number(_ value: Any?, _ path: String) throws(ServerError) -> UInt32 {
        guard let number = (value as? any BinaryInteger).map({ UInt32(truncatingIfNeeded: $0) }) else {
            throw ServerError(.unusable, "`\(path)`: its owner and mode are not known")
        }
        return number
    }
}
