internal import Glibc

/// A value behind a lock, and a way to wait until it changes: `Mutex` with the condition variable that it lacks.
@safe package final class Monitor<State>: @unchecked Sendable {
  // SAFETY of @unchecked Sendable: `state` is touched only between lock and unlock of `mutex`; the two pointers are
  // constants, freed in deinit, when no other thread can hold a reference.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>

  /// Guards `state`.
  package init(_ state: sending State) {
    self.state = state
    // SAFETY: each object is made by its init function before anything else sees it, and the attributes are freed once used.
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    let attributes = UnsafeMutablePointer<pthread_condattr_t>.allocate(capacity: 1)
    unsafe pthread_condattr_init(attributes)
    // Deadlines must not move when the machine's time is set. SAFETY: as above.
    unsafe pthread_condattr_setclock(attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(changed, attributes)
    unsafe pthread_condattr_destroy(attributes)
    unsafe attributes.deallocate()
  }

  deinit {
    // SAFETY: the last reference is gone, so nobody holds the lock or waits.
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs `body` alone, and wakes whoever waits.
  package func update<Output>(_ body: (inout State) -> Output) -> Output {
    // SAFETY: both objects are initialized, and this thread unlocks what it locked.
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(changed)
      unsafe pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Runs `body` after each change until it returns a value, or `nil` once `deadline` is over.
  /// - Parameter deadline: Nanoseconds of the monotonic clock; `nil`: for ever.
  package func wait<Output>(until deadline: Int64? = nil, for body: (inout State) -> Output?) -> Output? {
    // SAFETY: both objects are initialized, and this thread unlocks what it locked; it waits only while it holds the lock.
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let output = body(&state) { return output }
      if let deadline {
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        // SAFETY: as above; the time is a local.
        if unsafe pthread_cond_timedwait(changed, mutex, &time) == ETIMEDOUT { return body(&state) }
      } else {
        // SAFETY: as above.
        unsafe pthread_cond_wait(changed, mutex)
      }
    }
  }
}
