/// A table of a page: the first column to the left, the others, numbers, to the right.
struct HTMLTable {
  var caption: String
  var head: [String]
  var rows: [[String]]
  /// Columns that hold words and stand to the left as well.
  var wordColumns: Set<Int> = []

  var markup: Markup {
    let heads = head.indices.map { column -> Markup in
      head[column].isEmpty
        ? "<td\(kind(column))></td>" : "<th scope=\"col\"\(kind(column))>\(head[column])</th>"
    }
    let body = rows.map { row -> Markup in
      let cells = row.indices.map { column -> Markup in
        column == 0 ? "<th scope=\"row\">\(row[column])</th>" : "<td\(kind(column))>\(row[column])</td>"
      }
      return "<tr>\(.joined(cells, separator: ""))</tr>"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table>
      <caption>\(caption)</caption>
      <thead><tr>\(.joined(heads, separator: ""))</tr></thead>
      <tbody>
      \(.joined(body))
      </tbody>
      </table></div>
      """
  }

  /// Tables behind a line that opens them.
  static func folded(_ tables: [HTMLTable]) -> Markup {
    "<details><summary>Numbers</summary>\n\(.joined(tables.map(\.markup)))\n</details>"
  }

  private func kind(_ column: Int) -> Markup { wordColumns.contains(column) || column == 0 ? " class=\"w\"" : "" }
}
