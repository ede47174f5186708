package io.serai.gateway.driver;

import static io.serai.gateway.driver.DriverLoop.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Publishers that wait, over real sockets. */
@Timeout(120)
class PublisherFlowIT {
  private static final String KIB = "x".repeat(1024);

  private final DriverLoop loop = new DriverLoop();
  private final int port = loop.listen(ListenerSpec.Kind.STREAM);

  @AfterEach
  void stopLoop() {
    loop.close();
  }

  private LineClient loggedIn() throws IOException {
    LineClient client = new LineClient(port);
    client.write("login\n");
    assertThat(client.read()).isEqualTo("hello");
    assertThat(client.read()).isEqualTo("welcome everybody");
    return client;
  }

  private LineClient consuming() throws IOException {
    LineClient client = loggedIn();
    client.write("consume\n");
    assertThat(client.read()).isEqualTo("consuming");
    return client;
  }

  private void block() {
    loop.run(() -> loop.hub.blockPublishers("low on memory"));
  }

  private void unblock() {
    loop.run(loop.hub::unblockPublishers);
  }

  @Test
  void aConsumersPublishesWaitWhileItsCreditGoesOn() throws Exception {
    try (LineClient client = consuming()) {
      block();
      assertThat(client.read()).isEqualTo("blocked: low on memory");
      client.write("publish one\ncredit 1\npublish two\ncredit 2\nstill here\n");
      assertThat(client.read()).as("no confirm came before").isEqualTo("still here");
      assertThat(loop.broker.granted).containsExactly(1, 2);
      assertThat(loop.broker.stored).isEmpty();
      unblock();
      assertThat(client.read()).isEqualTo("unblocked");
      assertThat(client.read()).isEqualTo("confirmed 1");
      assertThat(client.read()).isEqualTo("confirmed 2");
      assertThat(loop.broker.stored).containsExactly("one", "two");
    }
  }

  @Test
  void aSessionThatTakesAnothersPlaceHearsOfAllThatFollows() throws Exception {
    try (LineClient client = consuming()) {
      block();
      assertThat(client.read()).isEqualTo("blocked: low on memory");
      client.write("become second\npublish one\nstill here\n");
      assertThat(client.read()).isEqualTo("hello second");
      assertThat(client.read()).as("told again").isEqualTo("blocked: low on memory");
      assertThat(client.read()).isEqualTo("still here");
      unblock();
      assertThat(client.read()).isEqualTo("unblocked");
      assertThat(client.read()).isEqualTo("confirmed 1 second");
      client.write("become third\nboom\n");
      assertThat(client.read()).as("publishers do not wait any more").isEqualTo("hello third");
      assertThat(client.read()).isEqualTo("sorry third");
    }
    eventually(() -> loop.gateway.log.contains("closed third"));
    assertThat(loop.gateway.log).doesNotContain("closed", "closed second");
  }

  @Test
  void aConsumerWithAFullBufferIsNotReadUntilPublishersGoOn() throws Exception {
    try (LineClient client = consuming()) {
      block();
      assertThat(client.read()).startsWith("blocked");
      int count = (int) (PublisherGate.CONSUMER_BYTES / 1024) + 200;
      Thread writer = write(client, ("publish " + KIB + "\n").repeat(count) + "credit 7\n");
      awaitParked(PublisherGate.CONSUMER_BYTES);
      assertThat(loop.broker.granted).as("behind what does not fit").isEmpty();
      assertThat(loop.broker.stored).isEmpty();
      unblock();
      assertThat(client.read()).isEqualTo("unblocked");
      for (int i = 1; i <= count; i++) {
        assertThat(client.read()).isEqualTo("confirmed " + i);
      }
      eventually(() -> loop.broker.granted.equals(List.of(7)));
      assertThat(loop.broker.stored).hasSize(count);
      writer.join();
    }
  }

  @Test
  void aConnectionThatOnlyPublishesStopsWellBeforeAConsumer() throws Exception {
    try (LineClient client = loggedIn()) {
      block();
      assertThat(client.read()).startsWith("blocked");
      int count = (int) (PublisherGate.PUBLISHER_BYTES / 1024) + 1;
      client.write(("publish " + KIB + "\n").repeat(count / 2) + "heard\n");
      assertThat(client.read()).as("a little is parked").isEqualTo("heard");
      client.write(("publish " + KIB + "\n").repeat(count) + "unheard\n");
      awaitParked(PublisherGate.PUBLISHER_BYTES);
      unblock();
      assertThat(client.read()).as("the rest is not even read").isEqualTo("unblocked");
    }
  }

  @Test
  void keepaliveDoesNotRunWhileTheSocketIsHeld() throws Exception {
    try (LineClient client = loggedIn()) {
      client.write("keepalive 300\n");
      block();
      assertThat(client.read()).startsWith("blocked");
      Thread writer = write(client, ("publish " + KIB + "\n").repeat(2_000));
      awaitParked(PublisherGate.PUBLISHER_BYTES); // more than that is not read
      loop.advance(900);
      TimeUnit.MILLISECONDS.sleep(200); // two ticks more
      unblock();
      assertThat(client.read()).as("not silent").isEqualTo("unblocked");
      for (int i = 1; i <= 2_000; i++) {
        assertThat(client.read()).isEqualTo("confirmed " + i);
      }
      writer.join();
      client.write("still here\n");
      assertThat(client.read()).isEqualTo("still here");
      loop.advance(500);
      assertThat(client.read()).as("it does run when the socket is read").isEqualTo("silent");
    }
  }

  /** Returns when connections have parked so much. */
  private void awaitParked(long bytes) throws InterruptedException {
    AtomicLong parked = new AtomicLong();
    eventually(() -> {
      loop.run(() -> parked.set(loop.hub.gate().parkedBytes()));
      return parked.get() >= bytes;
    });
  }

  @Test
  void whatIsParkedIsNotLostWithTheConnection() throws Exception {
    try (LineClient client = consuming()) {
      block();
      assertThat(client.read()).startsWith("blocked");
      client.write("publish one\npublish two\nbye\n");
      assertThat(client.read()).isEqualTo("bye");
      assertThat(client.read()).isNull();
    }
    eventually(() -> loop.broker.ended.size() == 1);
    assertThat(loop.broker.stored).as("closing is no way past it").isEmpty();
    unblock();
    eventually(() -> loop.broker.stored.equals(List.of("one", "two")));
  }

  @Test
  void aFloodDoesNotKeepASlowPublisherWaitingOnceMemoryIsFree() throws Exception {
    try (LineClient flood = loggedIn();
        LineClient careful = loggedIn()) {
      block();
      assertThat(flood.read()).startsWith("blocked");
      assertThat(careful.read()).startsWith("blocked");
      Thread writer = write(flood, ("qos0 " + KIB + "\n").repeat(20_000));
      awaitParked(PublisherGate.PUBLISHER_BYTES);
      careful.write("publish one\n");
      // Memory is low most of the time, as a flood makes it: each opening lets everybody pass.
      for (int i = 1; i <= 20; i++) {
        unblock();
        assertThat(careful.read()).isEqualTo("unblocked");
        assertThat(careful.read()).isEqualTo("confirmed " + i);
        block();
        assertThat(careful.read()).startsWith("blocked");
        careful.write("publish next\n");
      }
      unblock();
      writer.join();
    }
  }

  @Test
  void aConnectionThatComesWhilePublishersWaitWaitsToo() throws Exception {
    block();
    try (LineClient client = new LineClient(port)) {
      client.write("login\npublish one\nstill here\n");
      assertThat(client.read()).startsWith("blocked");
      assertThat(client.read()).isEqualTo("hello");
      assertThat(client.read()).isEqualTo("welcome everybody");
      assertThat(client.read()).isEqualTo("still here");
      assertThat(loop.broker.stored).isEmpty();
      unblock();
      assertThat(client.read()).isEqualTo("unblocked");
      assertThat(client.read()).isEqualTo("confirmed 1");
    }
  }

  @Test
  void publishersWaitUnheardWhileAnotherLoopIsCrowded() throws Exception {
    try (LineClient client = loggedIn()) {
      setCrowded(true);
      client.write("publish one\nstill here\n");
      assertThat(client.read()).isEqualTo("still here");
      assertThat(loop.broker.stored).isEmpty();
      setCrowded(false);
      assertThat(client.read()).isEqualTo("confirmed 1");
    }
  }

  @Test
  void whoFailsToGoOnEndsAndTheOthersGoOn() throws Exception {
    for (Runnable shut : List.<Runnable>of(this::block, () -> setCrowded(true))) {
      try (LineClient failing = loggedIn();
          LineClient other = loggedIn()) {
        shut.run();
        failing.write("publish " + ScriptedBroker.POISON + "\nparked\n");
        readUntil(failing, "parked");
        other.write("publish one\nparked\n");
        readUntil(other, "parked");
        unblock();
        setCrowded(false);
        readUntil(failing, "sorry");
        assertThat(failing.read()).isNull();
        readUntil(other, "confirmed 1");
      }
      eventually(() -> loop.hub.connectionCount() == 0);
    }
    assertThat(loop.broker.stored).containsExactly("one", "one");
  }

  private void setCrowded(boolean isCrowded) {
    loop.run(() -> loop.hub.onCrowded(isCrowded));
  }

  /** Reads up to a line; those before it tell of publishers that wait. */
  private static void readUntil(LineClient client, String line) throws IOException {
    String next = client.read();
    while (next != null && (next.startsWith("blocked") || next.equals("unblocked"))) {
      next = client.read();
    }
    assertThat(next).isEqualTo(line);
  }

  /** Writes what does not fit the sockets' buffers on a thread of its own. */
  private static Thread write(LineClient client, String text) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            client.write(text);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
