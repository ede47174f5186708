package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.PublishToMany;
import io.serai.model.Body;
import io.serai.model.Message;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One message for many subscribers is encoded once. */
class FanOutTest {
  private static Client subscribed(Client client, int qos) {
    client.connected();
    client.subscribe("#", qos);
    client.harness.recorded();
    return client;
  }

  private static MqttFrame got(Client client, int qos, Message message) {
    client.deliver(qos, message);
    return client.harness.sent().getFirst();
  }

  private static Message forMany(Message message) {
    message.markForMany();
    return message;
  }

  @ParameterizedTest
  @CsvSource({"V3_1_1, 0", "V3_1_1, 1", "V3_1_1, 2", "V5, 0", "V5, 1", "V5, 2"})
  void twoThousandSubscribersGetOneEncodingThatHoldsTheBodyOnce(MqttVersion version, int qos) {
    Message message = forMany(message("plant/1/temp", qos, "21.5 degrees"));
    Set<EncodedPublish> encodings = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 2_000; i++) {
      Client client = version == MqttVersion.V5 ? Client.v5() : Client.v311();
      PublishToMany frame =
          (PublishToMany) got(subscribed(client.clientId("c" + i), qos), qos, message);
      encodings.add(frame.packet());
      assertThat(frame.packetId()).isEqualTo(qos == 0 ? 0 : 1);
    }
    assertThat(encodings).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"V3_1_1, 0", "V3_1_1, 2", "V5, 0", "V5, 1"})
  void itsBytesAreThoseOfAPublishOfItsOwn(MqttVersion version, int qos) {
    for (int size : new int[] {0, 100, 5_000, 100_000}) {
      String body = "x".repeat(size);
      Message alone = message("a.b/c", qos, body);
      Client one = version == MqttVersion.V5 ? Client.v5() : Client.v311();
      Client other = version == MqttVersion.V5 ? Client.v5() : Client.v311();
      MqttFrame expected = got(subscribed(one, qos), qos, alone);
      MqttFrame shared = got(subscribed(other, qos), qos, forMany(message("a.b/c", qos, body)));
      assertThat(expected).isInstanceOf(Publish.class);
      assertThat(shared).isInstanceOf(PublishToMany.class);
      assertThat(ByteBufUtil.hexDump(encoded(version, shared)))
          .isEqualTo(ByteBufUtil.hexDump(encoded(version, expected)));
    }
  }

  @Test
  void itsBytesDoNotStayWithTheMessage() {
    Message message = forMany(message("t", 1, "x"));
    WeakReference<EncodedPublish> sent =
        new WeakReference<>(EncodedPublish.of(message, 1, MqttVersion.V5));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (sent.get() != null && System.nanoTime() < until) {
      System.gc();
    }
    assertThat(sent.get()).as("%s is still there", message).isNull();
    assertThat(EncodedPublish.of(message, 1, MqttVersion.V5).size()).isEqualTo(9);
  }

  @Test
  void eachSubscriberHasItsOwnPacketIdentifier() {
    Client client = subscribed(Client.v5(), 1);
    client.deliver(1, forMany(message("t", 1, "a")), forMany(message("t", 1, "b")));
    List<MqttFrame> sent = client.harness.sent();
    assertThat(((Publish) decoded(MqttVersion.V5, sent.get(0))).packetId()).isEqualTo(1);
    assertThat(((Publish) decoded(MqttVersion.V5, sent.get(1))).packetId()).isEqualTo(2);
  }

  @Test
  void whatIsItsSubscribersOwnIsNotShared() {
    Message message = forMany(message("t", 0, "x"));
    Client aliased = Client.v5().property(PropertyId.TOPIC_ALIAS_MAXIMUM, 1);
    assertThat(got(subscribed(aliased, 0), 0, message)).isInstanceOf(Publish.class);
    Client identified = subscribed(Client.v5(), 0);
    identified.harness.deliver(
        identified.delivery(
            message, new SubscriptionMatch("c", 0, false, false, false, List.of(7))));
    assertThat(((Publish) identified.harness.sent().getFirst()).subscriptionIds())
        .containsExactly(7);
    Client retaining = subscribed(Client.v5(), 0);
    retaining.harness.deliver(
        retaining.delivery(
            forMany(message("t", MqttEncoding.plain(0, true), "x")),
            new SubscriptionMatch("c", 0, false, true, false, List.of())));
    assertThat(((Publish) retaining.harness.sent().getFirst()).isRetain()).isTrue();
  }

  @Test
  void aPacketTooLargeForOneSubscriberIsNotSentToIt() {
    Message message = forMany(message("t", 0, "x".repeat(100)));
    Client small = Client.v5().property(PropertyId.MAXIMUM_PACKET_SIZE, 64);
    subscribed(small, 0).deliver(0, message);
    assertThat(small.harness.sent()).isEmpty();
    assertThat(got(subscribed(Client.v5(), 0), 0, message)).isInstanceOf(PublishToMany.class);
  }

  @Test
  void aLargeBodyIsLeftToTheDriver() {
    Message message = forMany(message("t", 0, "x".repeat(MqttCodec.SHARED_BODY_BYTES)));
    MqttFrame frame = got(subscribed(Client.v5(), 0), 0, message);
    ByteBuf out = Unpooled.buffer();
    Body rest = MqttCodec.forClient(MqttVersion.V5).encodeUpToBody(frame, out);
    assertThat(rest).isSameAs(message.body());
    assertThat(out.readableBytes()).isLessThan(16);
  }

  private static ByteBuf encoded(MqttVersion version, MqttFrame frame) {
    ByteBuf out = Unpooled.buffer();
    MqttCodec codec = MqttCodec.forClient(version);
    Body rest = codec.encodeUpToBody(frame, out);
    if (rest != null) {
      rest.writeTo(out);
    }
    ByteBuf whole = Unpooled.buffer();
    codec.encode(frame, whole);
    assertThat(out).isEqualTo(whole);
    assertThat(codec.sizeOf(frame)).isEqualTo(whole.readableBytes());
    return out;
  }

  private static MqttFrame decoded(MqttVersion version, MqttFrame frame) {
    MqttFrame decoded = MqttCodec.forClient(version).decode(encoded(version, frame));
    assertThat(decoded).isNotNull();
    return decoded;
  }
}
