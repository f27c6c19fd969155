package import MusterEngines
import MusterSpec

/// `config.json` of a model, and what quantisation tools put beside it. Authors write it a little differently, so what
/// stands there in a form that is not known here is left out.
package enum ModelConfig {
    /// Reads the sizes.
    ///
    /// - Parameters:
    ///   - bytes: The content of `config.json`.
    ///   - quantisation: The content of `hf_quant_config.json` or `quantize_config.json`, which counts where the first
    ///     says nothing.
    /// - Returns: What could be read of it, or why it is no configuration.
    package static func read(_ bytes: [UInt8], quantisation: [UInt8]? = nil) -> Reading<ModelShape> {
        .of(bytes, source: "the content of a model's `config.json`") { text throws(Damage) in
            let json = try JSONReader.value(&text)
            guard case .object = json else { throw text.foreign(nil, found: "JSON that is no object") }
            let config = ModelFields(json)
            guard config.describesModel else {
                throw text.foreign(nil, found: "an object without `model_type`, `architectures` or `hidden_size`")
            }
            var shape = config.shape
            if shape.quantisation == nil, let quantisation { shape.quantisation = Self.beside(quantisation) }
            for irregularity in shape.irregularities.map(\.rawValue).sorted() {
                text.remark(nil, "\(irregularity): not all of the arithmetic covers it")
            }
            return shape
        }
    }

    /// What cannot be read says nothing: `config.json` alone decides then.
    private static func beside(_ bytes: [UInt8]) -> Quantisation? {
        do throws(Damage) {
            return QuantisationFields.separate(try JSONReader.value(of: bytes))
        } catch {
            return nil
        }
    }
}
