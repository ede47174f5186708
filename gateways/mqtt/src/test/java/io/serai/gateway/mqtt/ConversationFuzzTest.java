package io.serai.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRecord;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.PubAck;
import io.serai.gateway.mqtt.MqttFrame.PubComp;
import io.serai.gateway.mqtt.MqttFrame.PubRec;
import io.serai.gateway.mqtt.MqttFrame.PubRel;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Conversations that no sane client and no healthy broker would have, over several connections of
 * one session: frames of every kind, answers late, refused or out of order. The session never fails
 * inside, keeps to the receive maximum, to one use of a packet id at a time and to CONNACK first,
 * and neither loses nor doubles a credit.
 */
class ConversationFuzzTest {
  private static final int CONVERSATIONS = 400;
  private static final int STEPS = 150;
  private static final int MAX_INFLIGHT = 4;

  private final Random random = new Random();
  private @Nullable SessionRecord kept;
  private long nextSequence;
  private int sent;
  private int resumed;

  /** One connection and what its client and broker know. */
  private final class Line {
    final Client client;
    final RandomFrames frames;
    final Map<ConsumerRef, Long> credit = new LinkedHashMap<>();
    final Map<ConsumerRef, Long> unsettled = new HashMap<>();
    final List<Long> unconfirmed = new ArrayList<>();

    /** QoS of the messages the client has not completed, by packet id. */
    final Map<Integer, Integer> inflight = new LinkedHashMap<>();

    final Set<Integer> released = new HashSet<>();

    /** Deliveries of the session's own queue that were not settled. */
    final Set<Delivery> held = Collections.newSetFromMap(new IdentityHashMap<>());

    boolean isWelcomed;
    boolean isOver;

    Line(MqttVersion version) {
      client = version == MqttVersion.V5 ? Client.v5() : Client.v311();
      client.keepingSession().setting("max-inflight", MAX_INFLIGHT).resuming(kept);
      frames = new RandomFrames(random, version);
      client.answering(request ->
          random.nextInt(12) == 0 && !(request instanceof Request.ClaimSession)
              ? Result.refused(Refusal.values()[random.nextInt(8)], "no luck")
              : null);
      client.arrive("guest");
      client.harness.routeWith(_ -> PublishResult.values()[Math.max(0, random.nextInt(9) - 4)]);
      observe();
    }

    void step() {
      switch (random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(9)) {
        case 0 -> receives(frames.fromClient());
        case 1 -> client.harness.receives(subscribe());
        case 2 ->
            client.harness.receives(
                new Unsubscribe(1 + random.nextInt(9), List.of(filter()), MqttProperties.NONE));
        case 3 ->
            client.harness.receives(Client.publish("t", random.nextInt(3), 1 + random.nextInt(5)));
        case 4, 5 -> acknowledge();
        case 6, 7 -> deliver();
        case 8 -> confirm();
        default -> event();
      }
      observe();
    }

    private Subscribe subscribe() {
      return new Subscribe(
          1 + random.nextInt(9),
          List.of(
              new Wanted(filter(), random.nextInt(3), false, false, random.nextInt(3)),
              new Wanted(filter(), random.nextInt(3), false, false, 0)),
          MqttProperties.NONE);
    }

    private String filter() {
      return new String[] {"a", "b/#", "$share/g/a", "$share/h/#"}[random.nextInt(4)];
    }

    /** As a rule what comes next for a message; now and then anything for any. */
    private void acknowledge() {
      List<Integer> known = List.copyOf(inflight.keySet());
      boolean isWild = known.isEmpty() || random.nextInt(30) == 0;
      int id = isWild ? 1 + random.nextInt(8) : known.get(random.nextInt(known.size()));
      int kind =
          isWild ? random.nextInt(4) : inflight.get(id) == 1 ? 0 : released.contains(id) ? 3 : 1;
      receives(
          switch (kind) {
            case 0 -> new PubAck(id, 0, MqttProperties.NONE);
            case 1 -> new PubRec(id, 0, MqttProperties.NONE);
            case 2 -> new PubRel(id, 0, MqttProperties.NONE);
            default -> new PubComp(id, 0, MqttProperties.NONE);
          });
    }

    private void receives(MqttFrame frame) {
      switch (frame) {
        case PubAck ack -> completed(ack.packetId());
        case PubComp ack -> completed(ack.packetId());
        case PubRec ack when MqttReason.isFailure(ack.reason()) -> completed(ack.packetId());
        default -> {}
      }
      client.harness.receives(frame);
    }

    private void completed(int packetId) {
      inflight.remove(packetId);
      released.remove(packetId);
    }

    /** Messages of one consumer, as far as it has credit. */
    private void deliver() {
      List<ConsumerRef> able =
          credit.entrySet().stream().filter(e -> e.getValue() > 0).map(Map.Entry::getKey).toList();
      if (able.isEmpty()) {
        return;
      }
      ConsumerRef consumer = able.get(random.nextInt(able.size()));
      List<Delivery> deliveries = new ArrayList<>();
      for (long n = 1 + random.nextInt(3); n > 0 && credit.get(consumer) > 0; n--) {
        credit.merge(consumer, -1L, Long::sum);
        Message message = Client.message("a", random.nextInt(3), "x");
        long index = consumer.options().noAck() ? -1 : unsettled.merge(consumer, 1L, Long::sum);
        Delivery delivery =
            new Delivery(
                consumer,
                nextSequence++,
                index,
                message,
                0,
                new SubscriptionMatch("sensor-7", 2, false, false, false, List.of()));
        deliveries.add(delivery);
        if (consumer.id() < SharedGroups.FIRST_CONSUMER_ID) {
          held.add(delivery);
        }
      }
      client.harness.deliver(deliveries.toArray(Delivery[]::new));
    }

    private void confirm() {
      if (!unconfirmed.isEmpty()) {
        client.harness.confirm(
            random.nextInt(8) > 0, unconfirmed.remove(random.nextInt(unconfirmed.size())));
      }
    }

    private void event() {
      switch (random.nextInt(3)) {
        case 0 -> client.harness.writable(random.nextBoolean());
        case 1 -> client.harness.elapse(random.nextInt(5_000));
        default -> {
          if (random.nextInt(10) == 0) {
            client.takenOver();
          }
        }
      }
    }

    /** Looks at what the session did and holds it to its promises. */
    private void observe() {
      for (Recorded what : client.harness.recorded()) {
        switch (what) {
          case Recorded.Granted(ConsumerRef consumer, int more, _) ->
              credit.merge(consumer, (long) more, Long::sum);
          case Recorded.Published(_, int flags, long token) when (flags & Publisher.CONFIRM) != 0 ->
              unconfirmed.add(token);
          case Recorded.Told(Request.ReleaseSession ended) -> kept = ended.keep();
          case Recorded.Settled(Delivery delivery, _)
              when delivery.consumer().id() < SharedGroups.FIRST_CONSUMER_ID ->
              assertThat(held.remove(delivery)).as("settled once: " + delivery).isTrue();
          default -> {}
        }
      }
      for (MqttFrame frame : client.harness.sent()) {
        boolean isConnAck = frame instanceof ConnAck;
        assertThat(isConnAck).as("CONNACK first and once: " + frame).isNotEqualTo(isWelcomed);
        isWelcomed = true;
        switch (frame) {
          case ConnAck ack -> resumed += ack.sessionPresent() ? 1 : 0;
          case Publish publish when publish.qos() > 0 -> {
            sent++;
            assertThat(inflight.put(publish.packetId(), publish.qos()))
                .as("packet id " + publish.packetId())
                .isNull();
          }
          case PubRel release -> released.add(release.packetId());
          default -> {}
        }
      }
      assertThat(inflight).as("receive maximum").hasSizeLessThanOrEqualTo(MAX_INFLIGHT);
      isOver = client.harness.closeReason() != null;
    }

    void end() {
      client.harness.disconnect();
      observe();
      if (kept != null) {
        assertThat(held).as("not settled when the session was let go of").isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V3_1_1", "V5"})
  void noConversationMakesTheSessionFail(MqttVersion version) {
    long seed = Long.getLong("serai.seed", 1);
    for (int n = 0; n < CONVERSATIONS; n++) {
      random.setSeed(seed + n);
      kept = null;
      try {
        for (int connection = 0; connection < 4; connection++) {
          Line line = new Line(version);
          for (int step = 0; step < STEPS && !line.isOver; step++) {
            line.step();
          }
          line.end();
        }
      } catch (Throwable e) {
        throw new AssertionError("seed " + (seed + n), e);
      }
    }
    assertThat(sent).as("messages sent, or this proved little").isGreaterThan(5_000);
    assertThat(resumed).as("sessions resumed, or this proved little").isGreaterThan(400);
  }
}
