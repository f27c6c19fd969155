import Yams

/// A cluster file read as far as it can be read: the problems, and the spec when the file is a mapping at all.
package struct ClusterFile: Sendable {
    package let source: SourceFile
    /// Present whenever the file is a mapping, however much is wrong with it; `unreadable` names what is made up.
    package let spec: ClusterSpec?
    /// In file order; checks of the engine are not among them.
    package let diagnostics: [Diagnostic]

    /// Reads the bytes of a file. Never throws: what is wrong is in `diagnostics`.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - name: What messages call it.
    ///   - world: What the checks may know about this machine.
    package init(bytes: [UInt8], name: String, world: SpecWorld = .unknown) {
        switch YAMLGuard.decode(bytes, name: name) {
        case .failure(let failure):
            // What can be read of it, so that the line in question is shown.
            let text = bytes.count > YAMLGuard.maximumSize ? "" : String(decoding: bytes, as: UTF8.self)
            self.init(source: SourceFile(name: name, text: text), spec: nil, diagnostics: [failure.diagnostic])
        case .success(let source):
            self.init(source: source, world: world)
        }
    }

    /// Reads text that is already decoded.
    package init(source: SourceFile, world: SpecWorld = .unknown) {
        let document = YAMLDocument(source)
        var diagnostics = document.diagnostics
        guard let root = document.root else {
            if diagnostics.isEmpty { diagnostics = [Self.empty(source)] }
            self.init(source: source, spec: nil, diagnostics: diagnostics.inFileOrder())
            return
        }
        if case .scalar(let scalar) = root, scalar.string.isEmpty || ScalarReader.isNull(scalar) {
            self.init(source: source, spec: nil, diagnostics: [Self.empty(source)])
            return
        }
        var decoder = SchemaDecoder()
        let decoded = decoder.mapping(root, fields: ClusterFields.root, in: .file)
        diagnostics += decoder.diagnostics
        // A part of a file that costs too much is judged by nobody.
        guard let decoded, !decoder.isExhausted else {
            self.init(source: source, spec: nil, diagnostics: diagnostics.inFileOrder())
            return
        }
        var builder = ClusterSpecBuilder()
        let spec = builder.build(decoded)
        diagnostics += builder.diagnostics
        diagnostics += SpecChecks(spec: spec, world: world).run()
        self.init(source: source, spec: spec, diagnostics: diagnostics.inFileOrder())
    }

    private init(source: SourceFile, spec: ClusterSpec?, diagnostics: [Diagnostic]) {
        self.source = source
        self.spec = spec
        self.diagnostics = diagnostics
    }

    private static func empty(_ source: SourceFile) -> Diagnostic {
        Diagnostic(
            .emptyFile,
            "the file is empty",
            at: SourceSpan(line: 1, column: 1),
            found: "nothing",
            expected: "at least `name`, `engine`, `model` and `nodes`",
            hint: "start from one of the files in `Configs/`"
        )
    }
}

/// What checks may ask about the machine muster runs on, as values and pure questions, so that checking does no I/O
/// of its own.
package struct SpecWorld: Sendable {
    /// How a private key file looks from here.
    package enum KeyFile: Sendable {
        case usable
        case missing
        case unreadable(String)
        case notAKey
        case publicKey
    }

    package var keyFile: @Sendable (String) -> KeyFile
    /// Whether a secret's source can be read, and why not.
    package var secretProblem: @Sendable (SecretSpec.Source) -> String?

    package init(
        keyFile: @escaping @Sendable (String) -> KeyFile,
        secretProblem: @escaping @Sendable (SecretSpec.Source) -> String?
    ) {
        self.keyFile = keyFile
        self.secretProblem = secretProblem
    }

    /// A world in which everything the file names exists.
    package static let unknown = SpecWorld(keyFile: { _ in .usable }, secretProblem: { _ in nil })
}
