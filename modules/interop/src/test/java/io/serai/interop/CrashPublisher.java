package io.serai.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Publishes persistent messages over AMQP as fast as confirms come, until the node is gone or it is
 * told to stop, and writes into the ledger what was confirmed.
 */
final class CrashPublisher implements AutoCloseable {
  private static final int WINDOW = 200;

  private final CrashLedger ledger;
  private final String producer;
  private final String queue;
  private final Connection connection;
  private final Channel channel;
  private final Semaphore window = new Semaphore(WINDOW);

  /** Ledger numbers by delivery tag. */
  private final ConcurrentSkipListMap<Long, Integer> open = new ConcurrentSkipListMap<>();

  private final Thread thread;
  private volatile boolean isStopping;

  CrashPublisher(CrashLedger ledger, String producer, int port, String queue)
      throws IOException, TimeoutException {
    this.ledger = ledger;
    this.producer = producer;
    this.queue = queue;
    connection = JavaClient.connect(port);
    channel = connection.createChannel();
    channel.confirmSelect();
    channel.addConfirmListener(
        (tag, multiple) -> settle(tag, multiple, true),
        (tag, multiple) -> settle(tag, multiple, false));
    thread = Thread.ofPlatform().name("publisher-" + producer).daemon().start(this::publish);
  }

  private void settle(long tag, boolean multiple, boolean isConfirmed) {
    var settled = multiple ? open.headMap(tag, true) : open.subMap(tag, true, tag, true);
    for (var entry : settled.entrySet()) {
      if (isConfirmed) {
        ledger.confirmed(producer, entry.getValue());
      }
      window.release();
    }
    settled.clear();
  }

  private void publish() {
    try {
      while (!isStopping) {
        if (window.tryAcquire(50, TimeUnit.MILLISECONDS)) {
          byte[] body = ledger.next(producer);
          open.put(channel.getNextPublishSeqNo(), ledger.sentBy(producer) - 1);
          channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);
        }
      }
    } catch (IOException | RuntimeException e) {
      // the node is gone: what is open stays unknown
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Publishes nothing more and waits for the confirms that are due. */
  void finish() throws InterruptedException {
    isStopping = true;
    thread.join();
    if (!window.tryAcquire(WINDOW, 60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("confirms are missing after 60 s");
    }
  }

  @Override
  public void close() throws InterruptedException {
    isStopping = true;
    thread.join();
    connection.abort(2000);
  }
}
