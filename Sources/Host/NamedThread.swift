internal import Glibc

/// One POSIX thread with a name and a stack of a chosen size, with all signals blocked.
///
/// For the few long-lived threads that do what Swift's tasks should not: wait in C calls, or compute for seconds.
package final class NamedThread: Sendable {
  private let thread: pthread_t

  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts a thread that runs `body` once.
  /// - Parameters:
  ///   - name: At most 15 bytes, as top(1) and gdb show it.
  ///   - stackBytes: The size of its stack.
  package init(
    name: String, stackBytes: Int = 8 << 20, body: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    precondition(name.utf8.count <= 15, "Linux keeps 15 bytes of a thread's name, \"\(name)\" is longer")
    // SAFETY: the attributes are made by pthread_attr_init, and destroyed and freed when this scope ends.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    unsafe pthread_attr_init(attributes)
    defer {
      unsafe pthread_attr_destroy(attributes)
      unsafe attributes.deallocate()
    }
    let sized = unsafe pthread_attr_setstacksize(attributes, stackBytes)
    guard sized == 0 else { throw SystemError("pthread_attr_setstacksize", name, code: sized) }

    // The mask is inherited: blocked around the creation, no signal can reach the new thread even for a moment.
    var (all, before) = (sigset_t(), sigset_t())
    // SAFETY: both sets are locals.
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    // SAFETY: the retained body is released by the thread, or here when there is none.
    let body = unsafe Unmanaged.passRetained(Body(name, body))
    var thread = pthread_t()
    let created = unsafe pthread_create(
      &thread, attributes,
      { context in
        let body = unsafe Unmanaged<Body>.fromOpaque(context!).takeRetainedValue()
        NamedThread.rename(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    guard created == 0 else {
      unsafe body.release()
      throw SystemError("pthread_create", name, code: created)
    }
    self.thread = thread
  }

  /// Waits until the body has returned. To be called once, by another thread.
  package func join() {
    pthread_join(thread, nil)
  }

  /// Sends a signal to this thread alone.
  package func signal(_ number: Int32) {
    pthread_kill(thread, number)
  }

  /// Names the calling thread through proc(5): Swift cannot see pthread_setname_np, an extension of GNU's. Without /proc it
  /// keeps the process' name.
  private static func rename(_ name: String) {
    // SAFETY: a constant string.
    let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    let bytes = Array(name.utf8)
    // SAFETY: the buffer lives for the call, and write(2) reads no more than the count given.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    _ = close(descriptor)
  }
}
