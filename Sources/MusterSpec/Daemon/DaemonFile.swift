import Yams

/// The daemon's settings, as far as the file has them.
package struct DaemonSpec: Sendable {
    package struct Listen: Sendable {
        package enum Protection: Sendable {
            case tls(certificate: String, key: String)
            /// Nothing, in so many words.
            case refused
        }

        package var address: IPAddress
        package var port: Port
        package var tokenFile: String
        package var protection: Protection
    }

    package var stateDirectory: String?
    package var socket: String?
    package var listen: Listen?
    package var logLevel = "notice"
    package var logFormat: String?
    /// Of each deployment so many events stay.
    package var keptEvents = 10_000
    package var keptAge = Duration.seconds(720 * 3600)
    package var stopTimeout = Duration.seconds(20)

    package init() {}
}

/// A settings file read as far as it can be read.
package struct DaemonFile: Sendable {
    package let source: SourceFile
    package let diagnostics: [Diagnostic]
    /// Complete only when no diagnostic is an error.
    package let spec: DaemonSpec

    /// Reads the bytes of a file; an empty one says that all defaults hold. What is wrong is in `diagnostics`.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - name: What messages call it.
    package init(bytes: [UInt8], name: String) {
        switch YAMLGuard.decode(bytes, name: name) {
        case .failure(let failure):
            source = SourceFile(name: name, text: "")
            diagnostics = [failure.diagnostic]
            spec = DaemonSpec()
        case .success(let source):
            self.source = source
            let document = YAMLDocument(source)
            var decoder = SchemaDecoder()
            var isEmpty = document.root == nil
            if case .some(.scalar(let scalar)) = document.root {
                isEmpty = scalar.string.isEmpty || ScalarReader.isNull(scalar)
            }
            let decoded =
                isEmpty ? nil : document.root.flatMap { decoder.mapping($0, fields: DaemonFields.root, in: .file) }
            diagnostics = (document.diagnostics + decoder.diagnostics).inFileOrder()
            spec = decoded.map(DaemonSpec.init) ?? DaemonSpec()
        }
    }
}

extension DaemonSpec {
    init(_ root: DecodedMapping) {
        stateDirectory = root.text("state_dir")?.value
        socket = root.text("socket")?.value
        listen = root.mapping("listen").flatMap(Listen.init)
        let log = root.mapping("log")
        logLevel = log?.text("level")?.value ?? logLevel
        logFormat = log?.text("format")?.value
        let retention = root.mapping("retention")
        keptEvents = retention?.integer("events")?.value ?? keptEvents
        keptAge = retention?.duration("age")?.value ?? keptAge
        stopTimeout = root.duration("stop_timeout")?.value ?? stopTimeout
    }
}

extension DaemonSpec.Listen {
    /// Nothing where a required key is missing, which has been reported then.
    init?(_ mapping: DecodedMapping) {
        guard let port = mapping.integer("port").flatMap({ Port($0.value) }),
            let tokenFile = mapping.text("token_file")?.value
        else { return nil }
        if let tls = mapping.mapping("tls"), let certificate = tls.text("certificate"), let key = tls.text("key") {
            protection = .tls(certificate: certificate.value, key: key.value)
        } else if mapping.text("tls")?.value == "refused" {
            protection = .refused
        } else {
            return nil
        }
        address = mapping.address("address")?.value ?? .known("127.0.0.1")
        self.port = port
        self.tokenFile = tokenFile
    }
}
