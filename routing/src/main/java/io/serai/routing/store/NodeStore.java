package io.serai.routing.store;

import io.serai.routing.stream.MemoryStreams;
import io.serai.routing.stream.StreamStore;
import java.util.concurrent.Executor;

/**
 * Where a node keeps what must survive it. Each loop writes through a {@link Store} of its own;
 * what one of them says is kept in the order it is said, and of what two of them say nothing is
 * known but what each has been told is safe.
 */
public interface NodeStore extends AutoCloseable {
  /**
   * Reads what is there. Called once, before any {@link #open}; takes as long as it takes.
   *
   * @throws RuntimeException when the store cannot be read and the node must not start
   */
  Recovered recover();

  /**
   * A loop's way to write.
   *
   * @param loop its index
   * @param onLoop runs what it is given on that loop, from any thread
   */
  Store open(int loop, Executor onLoop);

  /**
   * Where a loop keeps its streams; opened once, beside {@link #open}.
   *
   * @param loop its index
   * @param onLoop runs what it is given on that loop, from any thread
   */
  default StreamStore openStreams(int loop, Executor onLoop) {
    return new MemoryStreams(onLoop);
  }

  /** Writes what was said so far and lets go of everything. From a thread that may wait. */
  @Override
  void close();

  /** For a node that keeps nothing: everything is as safe as it gets when its turn ends. */
  static NodeStore none() {
    return new NodeStore() {
      @Override
      public Recovered recover() {
        return Recovered.NOTHING;
      }

      @Override
      public Store open(int loop, Executor onLoop) {
        return new MemoryStore();
      }

      @Override
      public void close() {}
    };
  }
}
