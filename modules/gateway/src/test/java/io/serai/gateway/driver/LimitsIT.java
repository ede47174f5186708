package io.serai.gateway.driver;

import static io.serai.gateway.driver.DriverLoop.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener's limits over real sockets. */
@Timeout(120)
class LimitsIT {
  private final DriverLoop loop = new DriverLoop();

  @AfterEach
  void stopLoop() {
    loop.close();
  }

  private int listen(ListenerLimits limits) {
    return loop.listen(ListenerSpec.Kind.STREAM, null, limits);
  }

  private static Admission quotas(int perUser, int perAddress) {
    return new Admission(
        new ConnectionLimit(100),
        new ConnectionQuota(perUser),
        new ConnectionQuota(perAddress),
        FlappingWatch.OFF,
        new NodeLoad(1));
  }

  private static LineClient loggedIn(int port) throws Exception {
    LineClient client = new LineClient(port);
    client.write("login\n");
    assertThat(client.read()).isEqualTo("hello");
    assertThat(client.read()).isEqualTo("welcome everybody");
    return client;
  }

  @Test
  void aPublisherOverItsRateIsSlowedAndLosesNothing() throws Exception {
    int port = listen(new ListenerLimits(0, 0, 20, 0, false));
    try (LineClient fast = loggedIn(port);
        LineClient other = loggedIn(port)) {
      fast.write("publish x\n".repeat(50));
      for (int i = 1; i <= 21; i++) {
        assertThat(fast.read()).as("a second's worth goes at once").isEqualTo("confirmed " + i);
      }
      eventually(() -> loop.counters.get(Counter.PUBLISHERS_SLOWED) > 0);
      other.write("still here\n");
      assertThat(other.read()).isEqualTo("still here");
      assertThat(loop.broker.stored).hasSize(21);
      loop.advance(1_000);
      for (int i = 22; i <= 41; i++) {
        assertThat(fast.read()).isEqualTo("confirmed " + i);
      }
      other.write("still here\n");
      assertThat(other.read()).isEqualTo("still here");
      assertThat(loop.broker.stored).as("20 a second").hasSize(41);
      loop.advance(500);
      for (int i = 42; i <= 50; i++) {
        assertThat(fast.read()).isEqualTo("confirmed " + i);
      }
    }
  }

  @Test
  void aPublisherOverItsRateIsEndedWhereTheListenerSaysSo() throws Exception {
    int port = listen(new ListenerLimits(0, 0, 5, 0, 0, 0, false, true));
    try (LineClient client = loggedIn(port)) {
      client.write("publish x\n".repeat(5));
      for (int i = 1; i <= 5; i++) {
        assertThat(client.read()).isEqualTo("confirmed " + i); // a second's worth at once
      }
      client.write("publish x\n".repeat(20));
      String last = client.read();
      for (String next = last; next != null; next = client.read()) {
        last = next;
      }
      assertThat(last).isEqualTo("shutdown");
    }
  }

  @Test
  void aPublisherOverItsRateInAnAnswerIsReadOnToo() throws Exception {
    int port = listen(new ListenerLimits(0, 0, 1, 0, false));
    try (LineClient client = loggedIn(port)) {
      client.write("later x\n".repeat(3) + "through\n");
      assertThat(client.read()).isEqualTo("confirmed 1");
      assertThat(client.read()).isEqualTo("confirmed 2");
      loop.advance(1_100);
      assertThat(client.read()).isEqualTo("confirmed 3");
      loop.advance(1_100);
      assertThat(client.read()).isEqualTo("through");
    }
  }

  @Test
  void whoHasManyKeysRoutedLetsOthersHaveTheirTurn() throws Exception {
    List<String> resumed = new CopyOnWriteArrayList<>();
    loop.run(() -> {
      Pace pace =
          new Pace(loop.hub, new ListenerGate(ListenerLimits.NONE), () -> resumed.add("resumed"));
      pace.routedBy(999);
      assertThat(pace.mustWait()).isFalse();
      pace.routedBy(1);
      assertThat(pace.mustWait()).isTrue();
      pace.routedBy(40_000);
      assertThat(resumed).as("in another turn").isEmpty();
      loop.later(() -> {
        assertThat(pace.mustWait()).isFalse();
        resumed.add("free");
      });
    });
    eventually(() -> resumed.size() == 2);
    assertThat(resumed).containsExactly("resumed", "free");
  }

  @Test
  void itsMessagesGoOnInOrder() throws Exception {
    int port = listen(ListenerLimits.NONE);
    try (LineClient client = loggedIn(port)) {
      client.write("copies 700\n".repeat(9) + "through\n");
      for (int i = 1; i <= 9; i++) {
        assertThat(client.read()).isEqualTo("copied");
      }
      assertThat(client.read()).isEqualTo("through");
      eventually(() -> loop.broker.stored.size() == 9);
    }
  }

  @Test
  void whoeverKeepsWithinTheLimitsComesInHoweverManyDoNot() throws Exception {
    List<LineClient> clients = new ArrayList<>();
    try (DriverLoop wide = new DriverLoop(10_000)) {
      ListenerLimits one = new ListenerLimits(1, 0, 0, 0, false);
      int full = wide.listen(ListenerSpec.Kind.STREAM, null, one);
      int other = wide.listen(ListenerSpec.Kind.STREAM);
      clients.add(loggedIn(full));
      for (int i = 0; i <= Visitors.MAX_REFUSED; i++) {
        clients.add(new LineClient(full));
      }
      assertThat(clients.getLast().read()).as("one too many to be told").isNull();
      clients.add(loggedIn(other));
    } finally {
      for (LineClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void bytesAreLimitedTooWhateverTheyAre() throws Exception {
    int port = listen(new ListenerLimits(0, 0, 0, 10_000, false));
    try (LineClient client = loggedIn(port)) {
      String line = "x".repeat(999) + "\n";
      client.write(line.repeat(25));
      for (int i = 0; i < 10; i++) {
        assertThat(client.read()).as("a second's worth goes at once").hasSize(999);
      }
      eventually(() -> loop.counters.get(Counter.PUBLISHERS_SLOWED) > 0);
      assertThat(client.isQuiet()).isTrue();
      loop.advance(1_000); // longer than a login may take
      for (int i = 0; i < 10; i++) {
        assertThat(client.read()).hasSize(999);
      }
      assertThat(client.isQuiet()).as("10,000 bytes a second").isTrue();
      loop.advance(1_000);
      for (int i = 0; i < 5; i++) {
        assertThat(client.read()).hasSize(999);
      }
    }
  }

  @Test
  void messagesNobodyWaitsForAreShedWhereConfigured() throws Exception {
    int port = listen(new ListenerLimits(0, 0, 5, 0, true));
    try (LineClient client = loggedIn(port)) {
      client.write("qos0 x\n".repeat(50) + "through\n");
      assertThat(client.read()).isEqualTo("through");
      assertThat(loop.counters.get(Counter.MESSAGES_SHED)).isEqualTo(45);
    }
  }

  @Test
  void aWillIsNotShed() throws Exception {
    int port = listen(new ListenerLimits(0, 0, 5, 0, true));
    try (LineClient client = loggedIn(port)) {
      client.write("will gone\n" + "qos0 x\n".repeat(50) + "through\n");
      assertThat(client.read()).isEqualTo("through");
    }
    eventually(() -> loop.broker.stored.contains("gone"));
    assertThat(loop.counters.get(Counter.MESSAGES_SHED)).isBetween(40L, 45L);
  }

  @Test
  void aConnectionTooManyIsToldSo() throws Exception {
    int port = listen(new ListenerLimits(1, 0, 0, 0, false));
    LineClient first = loggedIn(port);
    try (LineClient second = new LineClient(port)) {
      second.write("login\n");
      assertThat(second.read()).isEqualTo("hello");
      assertThat(second.read()).isEqualTo("denied QUOTA_EXCEEDED");
      assertThat(second.read()).isNull();
    }
    first.close();
    eventually(() -> loop.hub.connectionCount() == 0);
    loggedIn(port).close();
    assertThat(loop.counters.get(Counter.CONNECTIONS_REFUSED)).isEqualTo(1);
  }

  @Test
  void moreConnectionsThanAreAllowedInASecondAreToldSo() throws Exception {
    int port = listen(new ListenerLimits(0, 2, 0, 0, false));
    assertThat(loginAnswer(port)).isEqualTo("welcome everybody");
    assertThat(loginAnswer(port)).isEqualTo("welcome everybody");
    long began = System.nanoTime();
    int more = 0;
    String answer = loginAnswer(port);
    while (answer.startsWith("welcome")) { // on a machine that takes half a second for each
      more++;
      answer = loginAnswer(port);
    }
    assertThat(answer).isEqualTo("denied CONNECTION_RATE_EXCEEDED");
    assertThat(more).isLessThanOrEqualTo((int) (1 + 2 * millisSince(began) / 1_000));
    eventually(() -> loginAnswer(port).startsWith("welcome"));
  }

  private static String loginAnswer(int port) {
    try (LineClient client = new LineClient(port)) {
      client.write("login\n");
      assertThat(client.read()).isEqualTo("hello");
      return client.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aUsersConnectionsAreBounded() throws Exception {
    try (DriverLoop bounded = new DriverLoop(quotas(1, 0))) {
      int port = bounded.listen(ListenerSpec.Kind.STREAM);
      try (LineClient _ = loggedIn(port);
          LineClient second = new LineClient(port)) {
        second.write("login\n");
        assertThat(second.read()).isEqualTo("hello");
        assertThat(second.read()).isEqualTo("denied QUOTA_EXCEEDED");
      }
      eventually(() -> bounded.hub.connectionCount() == 0);
      loggedIn(port).close();
    }
  }

  @Test
  void loginsThatHaveNotEnteredYetCountAsTheUsersToo() throws Exception {
    try (DriverLoop bounded = new DriverLoop(quotas(1, 0))) {
      int port = bounded.listen(ListenerSpec.Kind.STREAM);
      try (LineClient first = new LineClient(port);
          LineClient second = new LineClient(port)) {
        first.write("tune\n");
        assertThat(first.read()).isEqualTo("hello");
        assertThat(first.read()).isEqualTo("granted everybody");
        second.write("tune\n");
        assertThat(second.read()).isEqualTo("hello");
        assertThat(second.read()).isEqualTo("denied QUOTA_EXCEEDED");
      }
      eventually(() -> bounded.hub.connectionCount() == 0);
      loggedIn(port).close();
    }
  }

  @Test
  void theConnectionsOfAnAddressAreBounded() throws Exception {
    try (DriverLoop bounded = new DriverLoop(quotas(0, 1))) {
      int port = bounded.listen(ListenerSpec.Kind.STREAM);
      try (LineClient _ = loggedIn(port);
          LineClient second = new LineClient(port)) {
        second.write("login\n");
        assertThat(second.read()).isEqualTo("hello");
        assertThat(second.read()).isEqualTo("denied QUOTA_EXCEEDED");
      }
    }
  }

  @Test
  void aClientThatFlapsIsBanned() throws Exception {
    try (DriverLoop watching =
        new DriverLoop(
            new Admission(
                new ConnectionLimit(100),
                new ConnectionQuota(0),
                new ConnectionQuota(0),
                new FlappingWatch(2, 10_000, 10_000),
                new NodeLoad(1)))) {
      int port = watching.listen(ListenerSpec.Kind.STREAM);
      for (int i = 0; i < 2; i++) {
        try (LineClient client = loggedIn(port)) {
          client.write("banned sensor-7 / joe\n");
          assertThat(client.read()).isEqualTo("free");
        }
        eventually(() -> watching.hub.connectionCount() == 0);
      }
      try (LineClient client = loggedIn(port)) {
        client.write("banned sensor-7 / joe\n");
        assertThat(client.read()).isEqualTo("banned");
        for (String another : List.of("sensor-8 / joe", "sensor-7 other joe", "sensor-7 / ann")) {
          client.write("banned " + another + "\n");
          assertThat(client.read()).as(another).isEqualTo("free");
        }
      }
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
