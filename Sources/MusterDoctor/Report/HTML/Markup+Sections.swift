import MusterSpec

extension Markup {
    /// A table. The first cell of a row names it.
    mutating func table(_ section: DocumentSection, caption: String, style: String = "") {
        element("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": caption]) { markup in
            markup.element("table", ["class": style]) { markup in
                markup.element("caption", text: caption)
                markup.element("thead") { markup in
                    markup.element("tr") { markup in
                        for column in section.columns { markup.element("th", ["scope": "col"], text: column) }
                    }
                }
                markup.element("tbody") { markup in
                    for row in section.rows { markup.row(row) }
                }
            }
        }
    }

    private mutating func row(_ cells: [DocumentSection.Cell]) {
        element("tr") { markup in
            for (index, cell) in cells.enumerated() {
                if index == 0 {
                    markup.element("th", ["scope": "row"], text: cell.text)
                } else if cell.tone == .plain {
                    markup.element("td", text: cell.text)
                } else {
                    markup.element("td", ["class": cell.tone.rawValue], text: cell.text)
                }
            }
        }
    }
}
