#if PLANTED_BUGS
  extension Learner {
    /// A planted bug: evicts users, if there are more than the budget allows, and returns their rows. In debug builds only.
    public mutating func evictBeyondBudget() -> [Int] {
      evictedUsers.removeAll()
      while users.count > recipe.configuration.userRows { evictUser() }
      return evictedUsers
    }
  }
#endif
