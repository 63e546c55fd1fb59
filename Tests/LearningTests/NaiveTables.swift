/// What the tables must hold after some events, in plain arrays and without any thought of speed.
struct NaiveTables {
  /// An item, from being admitted to being evicted: who returns is somebody else.
  struct Item {
    let name: String
    let incarnation: Int
    var tags: [String] = []
    var author: String?

    var names: [String] { tags + (author.map { [$0] } ?? []) }
  }

  let userRows: Int
  let itemRows: Int
  let tagRows: Int
  /// The longest untouched first.
  var users: [String] = []
  var items: [Item] = []
  /// All tags, and of these the ones that nothing carries, the first to go first.
  var tags: Set<String> = []
  var abandoned: [String] = []
  /// Incarnations of what each user has seen, oldest first.
  var seen: [String: [Int]] = [:]
  var evicted = (users: 0, items: 0, tags: 0)
  var refusedTags = 0
  private var admitted = 0

  init(userRows: Int, itemRows: Int, tagRows: Int) {
    (self.userRows, self.itemRows, self.tagRows) = (userRows, itemRows, tagRows)
  }

  private func isCarried(_ tag: String) -> Bool { items.contains { $0.names.contains(tag) } }

  private mutating func touchUser(_ name: String) {
    if let index = users.firstIndex(of: name) {
      users.remove(at: index)
    } else if users.count == userRows {
      seen[users.removeFirst()] = nil
      evicted.users += 1
    }
    users.append(name)
  }

  /// Moves an item to the end, from wherever it was or out of nothing.
  private mutating func touchItem(_ name: String) {
    if let index = items.firstIndex(where: { $0.name == name }) {
      items.append(items.remove(at: index))
      return
    }
    if items.count == itemRows {
      let gone = items.removeFirst()
      evicted.items += 1
      abandon(gone.names)
    }
    items.append(Item(name: name, incarnation: admitted))
    admitted += 1
  }

  private mutating func abandon(_ names: [String]) {
    // The last item to let go decides, and a tag that is named twice is let go of with the second.
    for (index, name) in names.enumerated() where !isCarried(name) && !names[(index + 1)...].contains(name) {
      abandoned.append(name)
    }
  }

  /// Nil where there is no room.
  private mutating func tag(_ name: String) -> String? {
    guard !tags.contains(name) else { return name }
    if tags.count == tagRows {
      guard !abandoned.isEmpty else { return nil }
      tags.remove(abandoned.removeFirst())
      evicted.tags += 1
    }
    tags.insert(name)
    return name
  }

  mutating func learn(_ user: String, _ item: String, author: String?) {
    touchItem(item)
    touchUser(user)
    let index = items.count - 1
    seen[user, default: []].removeAll { $0 == items[index].incarnation }
    seen[user]!.append(items[index].incarnation)
    if let author, items[index].author == nil, let name = tag(author) {
      abandoned.removeAll { $0 == name }
      items[index].author = name
      items[index].tags.append(name)
    }
  }

  mutating func upsert(_ item: String, tags names: [String], author: String?) {
    touchItem(item)
    let index = items.count - 1
    let old = items[index].names
    var new: [String] = []
    for name in names {
      guard let tag = tag(name) else {
        refusedTags += 1
        continue
      }
      abandoned.removeAll { $0 == tag }
      if !new.contains(tag) { new.append(tag) }
    }
    let maker = author.flatMap { tag($0) }
    if let maker {
      abandoned.removeAll { $0 == maker }
      new.append(maker)
    }
    items[index].tags = new
    items[index].author = maker
    abandon(old)
  }

  mutating func follow(_ user: String, _ author: String) -> Bool {
    guard let name = tag(author) else {
      refusedTags += 1
      return false
    }
    if !isCarried(name) {
      abandoned.removeAll { $0 == name }
      abandoned.append(name)
    }
    touchUser(user)
    return true
  }

  mutating func forget(_ user: String) {
    users.removeAll { $0 == user }
    seen[user] = nil
  }
}
