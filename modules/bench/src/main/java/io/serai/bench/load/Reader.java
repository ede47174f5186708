package io.serai.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads for every connection, in the publishing thread (closed loop) or in one of its own (open
 * loop, so that nothing waits for the next message to be due).
 */
final class Reader implements AutoCloseable {
  /** Above the largest frame a broker sends: a body, or an AMQP frame of 128 KiB. */
  private static final int BUFFER_BYTES = BodyLayout.MAX_BYTES + 256 * 1024;

  /** Reads of one connection before the others have a turn. */
  private static final int READS_A_TURN = 4;

  private final Bytes in = Bytes.allocate(BUFFER_BYTES);
  private final Selector selector;
  private final Consumer<SelectionKey> onReady = this::onReady;
  private volatile boolean isStopped;
  private volatile @Nullable RuntimeException failure;
  private @Nullable Thread thread;

  Reader() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new LoadFailure("no selector", e);
    }
  }

  void watch(Inbound inbound) {
    inbound.link().watch(selector, inbound);
  }

  /** Handles what has come, waiting so long for it; 0 does not wait. */
  void poll(long millis) {
    try {
      if (millis == 0) {
        selector.selectNow(onReady);
      } else {
        selector.select(onReady, millis);
      }
    } catch (IOException e) {
      throw new LoadFailure("select failed", e);
    }
  }

  private void onReady(SelectionKey key) {
    Inbound inbound = (Inbound) key.attachment();
    Link link = inbound.link();
    if (key.isReadable()) {
      ByteBuffer buffer = in.buffer();
      boolean isMore = true;
      for (int turn = 0; isMore && turn < READS_A_TURN; turn++) {
        isMore = link.read(buffer.clear());
        inbound.onBytes(in, System.nanoTime());
        link.keep(buffer);
      }
    }
    if (key.isWritable()
        || (inbound instanceof io.serai.bench.load.Consumer && link.pendingBytes() > 0)) {
      link.flushOrWait();
    }
  }

  /** From now on a thread of its own polls. */
  void start() {
    thread = Thread.ofPlatform().name("bench-reader").daemon().start(this::run);
  }

  private void run() {
    try {
      while (!isStopped) {
        poll(100);
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Throws what ended the thread, if anything did. */
  void check() {
    RuntimeException problem = failure;
    if (problem != null) {
      throw problem;
    }
  }

  /** Ends the thread; then its counts may be read from here. */
  void stop() throws InterruptedException {
    isStopped = true;
    selector.wakeup();
    Thread running = thread;
    if (running != null) {
      running.join();
    }
    check();
  }

  @Override
  public void close() {
    isStopped = true;
    try {
      selector.close();
    } catch (IOException e) {
      throw new LoadFailure("selector cannot be closed", e);
    }
  }
}
