import FeedEvents

/// What people look at, and what they do then.
extension SyntheticApp {
  /// A post in front of a person, and how it came there.
  struct Exposure {
    var post: Int
    var surface: String
    var position: Int64?
    var listVersion: Int64?
  }

  /// People who find nothing new after this many tries look at nothing.
  private static let choiceLimit = 8

  /// A live post the person has not looked at yet.
  mutating func choosePost(for user: Int, at time: Int64) -> Exposure? {
    if random.chance(parameters.recommendedShare), let exposure = nextRecommended(for: user, at: time) {
      return exposure
    }
    for _ in 0..<Self.choiceLimit {
      guard let (post, surface) = discover(for: user), isNew(post, to: user, at: time) else { continue }
      return Exposure(post: post, surface: surface)
    }
    return nil
  }

  private func isNew(_ post: Int, to user: Int, at time: Int64) -> Bool {
    posts[post].expiresAt > time && !users[user].seen.contains(post)
  }

  private mutating func nextRecommended(for user: Int, at time: Int64) -> Exposure? {
    let pageLength = parameters.pageLength
    if pageLength > 0, users[user].recommended.next >= users[user].recommended.pageEnd {
      users[user].turnPage(length: pageLength)
    }
    while users[user].recommended.next < users[user].recommended.posts.count {
      let position = users[user].recommended.next
      users[user].recommended.next += 1
      let post = users[user].recommended.posts[position]
      if isNew(post, to: user, at: time) {
        return Exposure(
          post: post, surface: "for_you", position: Int64(position), listVersion: users[user].recommended.version)
      }
    }
    return nil
  }

  private mutating func discover(for user: Int) -> (post: Int, surface: String)? {
    let way = random.unit()
    if way < parameters.followedShare {
      guard !users[user].follows.isEmpty else { return nil }
      let newest = authors[users[user].follows[random.below(users[user].follows.count)]].newest
      return newest.isEmpty ? nil : (newest[random.below(newest.count)], "following")
    }
    if way < parameters.followedShare + parameters.newestShare {
      let window = min(posts.count, max(1, livePosts / 4))
      return posts.isEmpty ? nil : (posts.count - 1 - random.below(window), "newest")
    }
    return appeal.draw(&random).map { ($0, "trending") }
  }

  /// Whether a person looks at what is in front of them: always, but for the lower places of a list.
  private mutating func examines(_ exposure: Exposure) -> Bool {
    guard parameters.positionBias > 0, let position = exposure.position else { return true }
    return random.chance(clickModel.examination(position: Int(position)))
  }

  /// Lets a person react to what they see.
  mutating func react(_ user: Int, to exposure: Exposure, at time: Int64, into events: inout [Interaction]) {
    let post = exposure.post
    func add(_ app: inout SyntheticApp, _ type: InteractionType, _ value: Double? = nil) {
      events.append(app.event(type, user, exposure, value, at: time))
    }
    if parameters.reportsImpressions { add(&self, .impression) }
    // What was not looked at is as new as before.
    guard examines(exposure) else { return }
    remember(post, seenBy: user, at: time)
    let affinity = users[user].taste(at: time).affinity(to: posts[post].content)
    let reactions = parameters.reactions
    if random.chance(clickModel.interest(affinity: affinity)) {
      add(&self, .view, (4_000 + 40_000 * affinity * random.unit()).rounded())
      if random.chance(reactions.click) { add(&self, .click) }
      if random.chance(reactions.like) {
        add(&self, .like)
        users[user].likes.append(post)
        if users[user].likes.count > SyntheticUser.likeLimit { users[user].likes.removeFirst() }
      }
      if random.chance(reactions.comment) { add(&self, .comment) }
      if random.chance(reactions.share) { add(&self, .share) }
      if random.chance(reactions.purchase) { add(&self, .purchase) }
      if random.chance(reactions.rating) { add(&self, .rating, stars(affinity)) }
      if random.chance(reactions.follow) { follow(user, exposure, at: time, into: &events) }
    } else {
      var rest = random.unit()
      func falls(below share: Double) -> Bool {
        rest -= share
        return rest < 0
      }
      if falls(below: reactions.glance) {
        add(&self, .view, (300 + 2_000 * random.unit()).rounded())
      } else if falls(below: reactions.skip) {
        add(&self, .skip)
      } else if falls(below: reactions.hide) {
        add(&self, .hide)
      } else if falls(below: reactions.report) {
        add(&self, .report)
      } else if falls(below: reactions.lowRating) {
        add(&self, .rating, stars(affinity))
      }
    }
    takeBack(user, at: time, into: &events)
  }

  /// Posts of long ago cannot come back, so a long memory of them is cleared.
  private mutating func remember(_ post: Int, seenBy user: Int, at time: Int64) {
    users[user].seen.insert(post)
    if users[user].seen.count > 256 + 2 * livePosts {
      users[user].seen = users[user].seen.filter { posts[$0].expiresAt > time }
    }
  }

  private mutating func follow(
    _ user: Int, _ exposure: Exposure, at time: Int64, into events: inout [Interaction]
  ) {
    let author = posts[exposure.post].author
    guard !users[user].follows.contains(author), users[user].follows.count < SyntheticUser.followLimit else { return }
    users[user].follows.append(author)
    events.append(authorEvent(.follow, user, exposure, at: time))
  }

  /// Now and then a like is regretted, or an author left.
  private mutating func takeBack(_ user: Int, at time: Int64, into events: inout [Interaction]) {
    if random.chance(parameters.reactions.unlike), let post = users[user].likes.popLast() {
      events.append(event(.unlike, user, Exposure(post: post, surface: "profile"), nil, at: time))
    }
    if random.chance(parameters.reactions.unfollow), !users[user].follows.isEmpty {
      let author = users[user].follows.remove(at: random.below(users[user].follows.count))
      if let post = authors[author].newest.last {
        events.append(authorEvent(.unfollow, user, Exposure(post: post, surface: "profile"), at: time))
      }
    }
  }

  /// One to five, from affinity with some noise.
  private mutating func stars(_ affinity: Double) -> Double {
    min(5, max(1, (1 + 4 * affinity + 0.6 * random.bell()).rounded()))
  }

  /// About the author of a post.
  private mutating func authorEvent(
    _ type: InteractionType, _ user: Int, _ exposure: Exposure, at time: Int64
  ) -> Interaction {
    var event = event(type, user, exposure, nil, at: time)
    if !parameters.followsNamePosts { event.itemID = [] }
    return event
  }

  private mutating func event(
    _ type: InteractionType, _ user: Int, _ exposure: Exposure, _ value: Double?, at time: Int64
  ) -> Interaction {
    eventCount += 1
    return Interaction(
      eventID: Array("\(eventPrefix)\(eventCount)".utf8),
      userID: users[user].identifier,
      itemID: posts[exposure.post].identifier,
      type: type,
      value: value,
      occurredAt: time,
      listVersion: exposure.listVersion,
      position: exposure.position,
      surface: Array(exposure.surface.utf8),
      authorID: authors[posts[exposure.post].author].identifier)
  }
}
