import Glibc
import Synchronization

/// Known-hosts files on disk: parsed once per version of a file, appended to under a lock.
enum KnownHostsFiles {
    private struct Version: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private static let cache = Mutex<[String: (version: Version, hosts: KnownHosts)]>([:])

    /// The entries of all `paths` in order. A missing file has none; an unreadable one is reported by `read`'s caller
    /// as an unknown host, which fails closed.
    static func load(_ paths: [String]) -> KnownHosts {
        var all = KnownHosts()
        for path in paths { all.append(one(path)) }
        return all
    }

    /// Appends a key for a host to `path`, unless the file has it by now.
    static func add(host: String, port: Int, keyType: String, key: [UInt8], to path: String) -> Result<Void, IOFailure>
    {
        makeDirectory(of: path)
        let fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard fd >= 0 else { return .failure(IOFailure("open", path)) }
        defer { close(fd) }
        // Two connections, or two processes, may meet the same new host: look again under the lock, append once.
        guard flock(fd, LOCK_EX) == 0, let bytes = FileBytes.read(fd) else { return .failure(IOFailure("read", path)) }
        let text = String(decoding: bytes, as: UTF8.self)
        let known = KnownHosts.parse(text, name: path)
        if case .match = known.lookup(host: host, port: port, keyType: keyType, key: key) { return .success(()) }
        var line = KnownHosts.line(host: host, port: port, keyType: keyType, key: key) + "\n"
        if !text.isEmpty && !text.hasSuffix("\n") { line = "\n" + line }
        let written = line.withCString { write(fd, $0, strlen($0)) }
        return written == line.utf8.count ? .success(()) : .failure(IOFailure("write", path))
    }

    private static func one(_ path: String) -> KnownHosts {
        var info = stat()
        guard stat(path, &info) == 0 else { return KnownHosts() }
        let version = Version(
            device: UInt64(info.st_dev),
            inode: UInt64(info.st_ino),
            size: Int(info.st_size),
            seconds: info.st_mtim.tv_sec,
            nanoseconds: info.st_mtim.tv_nsec
        )
        if let known = cache.withLock({ $0[path] }), known.version == version { return known.hosts }
        guard let bytes = try? FileBytes.read(path).get() else { return KnownHosts() }
        let hosts = KnownHosts.parse(String(decoding: bytes, as: UTF8.self), name: path)
        cache.withLock { cache in
            if cache.count > 32 { cache.removeAll() }
            cache[path] = (version, hosts)
        }
        return hosts
    }

    private static func makeDirectory(of path: String) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        mkdir(String(path[..<slash]), 0o700)
    }
}

/// A failed system call on a file.
struct IOFailure: Error, CustomStringConvertible {
    let code: Int32
    let description: String

    init(_ verb: String, _ path: String) {
        code = errno
        description = "cannot \(verb) `\(path)`: \(String(cString: strerror(code)))"
    }
}

/// Whole small files.
enum FileBytes {
    /// Reads a file of at most 16 MiB.
    static func read(_ path: String) -> Result<[UInt8], IOFailure> {
        let fd = open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return .failure(IOFailure("open", path)) }
        defer { close(fd) }
        guard let bytes = read(fd) else { return .failure(IOFailure("read", path)) }
        return .success(bytes)
    }

    static func read(_ fd: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(fd, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0, bytes.count < 16 << 20 else { return nil }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
