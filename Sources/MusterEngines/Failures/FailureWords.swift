// An answer is read by other releases than the one that wrote it. A word that this one does not know stands for the most
// general thing, so that the rest can be read.

extension FailureArea {
    package init(from decoder: any Decoder) throws { self = try decoder.word(or: .host) }
}

extension FailureSignature.Fatality {
    package init(from decoder: any Decoder) throws { self = try decoder.word(or: .fatal) }
}

extension FailureSignature.Role {
    package init(from decoder: any Decoder) throws { self = try decoder.word(or: .umbrella) }
}

extension FailureSignature.Stage {
    package init(from decoder: any Decoder) throws { self = try decoder.word(or: .any) }
}

extension Decoder {
    fileprivate func word<Word: RawRepresentable<String>>(or general: Word) throws -> Word {
        Word(rawValue: try singleValueContainer().decode(String.self)) ?? general
    }
}
