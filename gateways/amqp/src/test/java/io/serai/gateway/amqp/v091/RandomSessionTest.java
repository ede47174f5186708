package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.PublishResult;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A client that does anything at any time, and a broker that answers when it likes. Whatever comes
 * of it, each delivery is settled at most once, what a closed channel had is settled, and a closed
 * connection says nothing. It does other things with {@code -Dserai.seed=N}.
 */
class RandomSessionTest {
  private static final int CHANNELS = 3;

  private final long seed = Long.getLong("serai.seed", 1);

  @Test
  void nothingIsSettledTwiceOrForgottenOrSentAfterTheEnd() {
    var random = new Random(seed);
    int steps = 0;
    for (int round = 0; round < 600; round++) {
      steps += new Play(random.nextLong()).run();
    }
    assertThat(steps).as("steps before a hard error ends the connection").isGreaterThan(10_000);
  }

  /** One connection's life. */
  private static final class Play {
    private final long seed;
    private final Random random;
    private final TestClient client = TestClient.open();
    private final List<ConsumerRef> refs = new ArrayList<>();

    /** What the session was given and has to settle, and how often it did. */
    private final Map<Delivery, Integer> settled = new IdentityHashMap<>();

    private final List<Long> tokens = new ArrayList<>();
    private final Set<Integer> open = new HashSet<>();
    private boolean isEnded;

    Play(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      client.session.answerWith(this::answer);
      client.session.routeWith(
          _ -> random.nextInt(10) < 8 ? PublishResult.ROUTED : PublishResult.UNROUTABLE);
    }

    /** Answers at once, or leaves it to a later step. */
    private @Nullable Result<?> answer(Request<?> request) {
      return random.nextInt(3) == 0 ? null : result(request);
    }

    private Result<?> result(Request<?> request) {
      if (random.nextInt(25) == 0 && !(request instanceof Request.CancelConsumer)) {
        return Result.refused(Refusal.NOT_FOUND, "no such thing");
      }
      return switch (request) {
        case Request.DeclareQueue(_, var spec) ->
            Result.ok(new Request.QueueInfo(TestClient.queue(spec.name()), 0, 0));
        case Request.Consume(var caller, String name, int id, var options) -> {
          var ref = new ConsumerRef(caller.session(), id, TestClient.queue(name), options);
          refs.add(ref);
          yield Result.ok(ref);
        }
        case Request.Get(_, String name, boolean noAck) -> {
          var taker =
              new ConsumerRef(
                  client.session.self(),
                  -1,
                  TestClient.queue(name),
                  new ConsumerOptions("", noAck, false, 0, CreditMode.GRANTED, 0));
          yield Result.ok(new Request.Got(random.nextBoolean() ? null : given(taker), 0));
        }
        default -> Result.ok(Request.Done.DONE);
      };
    }

    private Delivery given(ConsumerRef to) {
      Delivery delivery = client.delivery(to, "x", random.nextInt(2));
      if (!to.options().noAck()) {
        settled.put(delivery, 0);
      }
      return delivery;
    }

    int run() {
      int steps = 0;
      while (!isEnded && steps < 150) {
        steps++;
        step();
        look();
      }
      if (!isEnded) {
        for (int number : List.copyOf(open)) {
          answerAll();
          client.session.receives(new ChannelMethod.Close(number, 200, "", 0, 0));
          answerAll();
          look();
        }
        if (!isEnded) {
          assertThat(settled.values()).as("seed %d", seed).allMatch(times -> times == 1);
        }
      }
      client.session.disconnect();
      return steps;
    }

    private void answerAll() {
      while (client.session.isWaiting()) {
        client.session.answer(result(client.session.asked(Request.class)));
      }
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0 -> answerAll();
        case 1, 2 -> {
          if (!refs.isEmpty()) {
            var to = refs.get(random.nextInt(refs.size())); // perhaps one that has ended
            var some = new Delivery[random.nextInt(1, 5)];
            for (int i = 0; i < some.length; i++) {
              some[i] = given(to);
            }
            client.session.deliver(some);
          }
        }
        case 3 -> {
          if (!tokens.isEmpty()) {
            long token = tokens.remove(random.nextInt(tokens.size()));
            client.session.confirm(random.nextInt(10) > 0, token);
          }
        }
        case 4 -> {
          if (!refs.isEmpty()) {
            var ref = refs.get(random.nextInt(refs.size()));
            switch (random.nextInt(3)) {
              case 0 -> client.session.ready(ref);
              case 1 -> client.session.cancelConsumer(ref);
              default -> client.session.writable(random.nextBoolean());
            }
          }
        }
        case 5 -> {
          if (random.nextInt(60) == 0) {
            client.session.shutDown();
          }
        }
        default -> client.session.receives(frame(random.nextInt(1, CHANNELS + 1)));
      }
    }

    private Amqp091Frame frame(int number) {
      if (!open.contains(number)) {
        open.add(number);
        return new ChannelMethod.Open(number);
      }
      String queue = random.nextInt(8) == 0 ? "amq.rabbitmq.reply-to" : "q";
      return switch (random.nextInt(16)) {
        case 0 -> new ChannelMethod.Close(number, 200, "", 0, 0);
        case 1, 2 ->
            new BasicMethod.Consume(
                number,
                queue,
                "",
                false,
                random.nextBoolean(),
                false,
                random.nextBoolean(),
                Request.noArguments());
        case 3, 4 -> new BasicMethod.Get(number, "q", random.nextInt(4) == 0);
        case 5, 6 -> new BasicMethod.Ack(number, random.nextInt(12), random.nextBoolean());
        case 7 ->
            new BasicMethod.Nack(
                number, random.nextInt(12), random.nextBoolean(), random.nextBoolean());
        case 8 -> new BasicMethod.Qos(number, 0, random.nextInt(4), random.nextBoolean());
        case 9 -> new BasicMethod.Recover(number, true);
        case 10 -> new TxMethod.Select(number);
        case 11 ->
            random.nextBoolean() ? new TxMethod.Commit(number) : new TxMethod.Rollback(number);
        case 12 -> new ConfirmMethod.Select(number, random.nextBoolean());
        default ->
            new BasicContent.Publish(
                number,
                TestClient.address("", "q"),
                random.nextBoolean(),
                false,
                Amqp091Encoding.NONE,
                Body.EMPTY);
      };
    }

    /** Checks what the step caused. */
    private void look() {
      for (var recorded : client.session.recorded(Recorded.Published.class)) {
        if (recorded.token() != 0) {
          tokens.add(recorded.token());
        }
      }
      for (var recorded : client.session.recorded(Recorded.Settled.class)) {
        int times = settled.merge(recorded.delivery(), 1, Integer::sum);
        assertThat(times).as("seed %d", seed).isEqualTo(1);
      }
      var sent = client.session.sent();
      if (isEnded) {
        assertThat(sent).as("seed %d", seed).isEmpty();
      }
      for (int i = 0; i < sent.size(); i++) {
        switch (sent.get(i)) {
          case ChannelMethod.CloseOk(int number) -> open.remove(number);
          case ChannelMethod.Close close -> {
            open.remove(close.channel());
            client.session.receives(new ChannelMethod.CloseOk(close.channel()));
          }
          case ConnectionMethod.Close _ -> {
            isEnded = true;
            assertThat(i).as("seed %d: the last thing said", seed).isEqualTo(sent.size() - 1);
          }
          default -> {}
        }
      }
    }
  }
}
