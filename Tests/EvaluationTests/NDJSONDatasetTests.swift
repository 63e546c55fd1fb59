import Evaluation
import FeedEvents
import Glibc
import Testing

@Suite struct NDJSONDatasetTests {
  @Test func `interactions and items come in the order of the file`() throws {
    let directory = TemporaryDirectory(text: [
      "events.ndjson": """
      {"item_id":"p1","title":"Grüße","tags":["topic:chess"]}
      {"user_id":"u1","item_id":"p1","type":"rating","value":4.5,"occurred_at":2000}

      {"occurred_at":1000,"type":"like","item_id":"p1","user_id":"u2","position":3}\r
      {"item_id":"p2"}
      """
    ])
    var dataset = try NDJSONDataset(file: "\(directory.path)/events.ndjson")
    var (interactions, items, order) = ([Interaction](), [CatalogItem](), "")
    while let entry = try dataset.next() {
      switch entry {
      case .interaction(let interaction):
        interactions.append(interaction)
        order += "e"
      case .item(let item):
        items.append(item)
        order += "i"
      }
    }
    #expect(order == "ieei")
    #expect(items.map { text($0.itemID) } == ["p1", "p2"])
    #expect(items[0].tags.map(text) == ["topic:chess"])
    #expect(text(items[0].title ?? []) == "Grüße")
    #expect(interactions.map { text($0.userID) } == ["u1", "u2"])
    #expect(interactions.map(\.occurredAt) == [2_000, 1_000])
    #expect(interactions[0].value == 4.5)
    #expect(interactions[1].type == .like)
    #expect(interactions[1].position == 3)
  }

  @Test(arguments: [
    ("{\"user_id\":\"u\",\"item_id\":\"p\",\"type\":\"like\"}", "missing_occurred_at"),
    ("{\"user_id\":\"u\",\"item_id\":\"p\",\"title\":\"T\"}", "missing_type"),
    ("{\"title\":\"T\"}", "missing_item_id"),
    ("{\"item_id\":\"p\"", "malformed_json"),
    ("[]", "not_an_object"),
  ]) func `a bad line is named with its number and reason, and the next one can be read`(
    line: String, reason: String
  ) throws {
    let directory = TemporaryDirectory(text: ["events.ndjson": "\n\(line)\n{\"item_id\":\"p\"}\n"])
    let file = "\(directory.path)/events.ndjson"
    var dataset = try NDJSONDataset(file: file)
    do {
      let entry = try dataset.next()
      Issue.record("\(line) was read as \(entry as Any)")
    } catch {
      #expect(error.description == "\(file):2: neither an interaction nor a catalogue item: \(reason)")
    }
    guard case .item = try dataset.next() else {
      Issue.record("the line after the bad one is missing")
      return
    }
    #expect(try dataset.next() == nil)
  }

  @Test func `a file that is not there says so`() {
    do {
      _ = try NDJSONDataset(file: "/nowhere/events.ndjson")
      Issue.record("opened a file that is not there")
    } catch {
      #expect(error == DatasetError(file: "/nowhere/events.ndjson", problem: .unreadable(code: ENOENT)))
      #expect(error.description == "/nowhere/events.ndjson: cannot be read: No such file or directory")
    }
  }
}
