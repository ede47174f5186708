package io.serai.routing;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Works out what removing bindings makes of a vhost's table: on the loop when they are few, on
 * another thread when they would keep it from its queues.
 */
final class BulkChange {
  /** Bindings removed on the loop: about a millisecond's worth. */
  private static final int MOST_ON_LOOP = 512;

  private final OffLoop offLoop;

  BulkChange(OffLoop offLoop) {
    this.offLoop = offLoop;
  }

  /**
   * The changed table. The topology owner has to let no other change begin meanwhile.
   *
   * @param bindings how many are removed
   * @param change pure
   */
  Future<VhostTable> make(int bindings, Supplier<VhostTable> change) {
    return bindings <= MOST_ON_LOOP
        ? Future.succeededFuture(change.get())
        : offLoop.run(change::get);
  }
}
