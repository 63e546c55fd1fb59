extension Array {
  /// Moves the `best` elements that come first in the order to the front, in no order. Linear time on average.
  ///
  /// Hoare's quickselect with the median of three as pivot. `precedes` must be a strict total order.
  @inline(__always)
  mutating func partition(best: Int, by precedes: (Element, Element) -> Bool) {
    var low = 0
    var high = count - 1
    while low < high {
      let middle = low + (high - low) / 2
      if precedes(self[middle], self[low]) { swapAt(middle, low) }
      if precedes(self[high], self[low]) { swapAt(high, low) }
      if precedes(self[high], self[middle]) { swapAt(high, middle) }
      let pivot = self[middle]
      var (left, right) = (low, high)
      while left <= right {
        while precedes(self[left], pivot) { left += 1 }
        while precedes(pivot, self[right]) { right -= 1 }
        if left <= right {
          swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      // Now low...right come no later than the pivot, left...high no earlier, and anything between equals it.
      if best - 1 <= right {
        high = right
      } else if best - 1 >= left {
        low = left
      } else {
        return
      }
    }
  }
}
