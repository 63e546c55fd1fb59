#if PLANTED_BUGS
  extension Learner {
    /// A planted bug: evicts users, if there are more than the budget allows, and returns their rows. In debug builds only.
    public mutating func evictBeyondBudget() -> [Int] {
      var rows: [Int] = []
      while users.count > recipe.configuration.userRows {
        rows.append(users.evictOldest(recipe: recipe))
        tally.evicted.users += 1
      }
      return rows
    }
  }
#endif
