package io.serai.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.MatchData;
import io.serai.bus.MatchFormat;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Header;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Rewrite;
import io.serai.model.Spelling;
import io.serai.model.StoredFormats;
import io.serai.model.StoredMessages;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What MQTT keeps comes out of a store as it went in. */
class StoredFormatsTest {
  private static MqttEncoding stored(MqttEncoding encoding) {
    var message =
        new Message(
            Address.ofTopic(Topic.of("t", Spelling.SLASH)),
            encoding,
            Body.EMPTY,
            Origin.ofBroker("/"),
            0);
    ByteBuf out = Unpooled.buffer();
    StoredMessages.write(message, out);
    return (MqttEncoding) new StoredMessages().read(out).encoding();
  }

  private static byte[] bytes(MqttProperties properties) {
    ByteBuf out = Unpooled.buffer();
    PropertiesCodec.writeAll(properties, out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  @Test
  void everyPlainEncodingIsTheSharedOneAgain() {
    for (int qos = 0; qos <= 2; qos++) {
      for (boolean isRetain : new boolean[] {false, true}) {
        var plain = MqttEncoding.plain(qos, isRetain);
        assertThat(stored(plain)).isSameAs(plain);
      }
    }
  }

  @Test
  void propertiesStayAsTheyCameRepeatsAndOrderIncluded() {
    var properties =
        MqttProperties.builder()
            .user("b", "1")
            .text(PropertyId.CONTENT_TYPE, "text/plain")
            .user("a", "")
            .user("b", "3")
            .binary(PropertyId.CORRELATION_DATA, new byte[] {0, -1})
            .text(PropertyId.RESPONSE_TOPIC, "re/ply")
            .build();
    for (long expirySeconds : new long[] {-1, 0, 4_294_967_295L}) {
      var encoding = MqttEncoding.of(2, true, expirySeconds, bytes(properties));
      var back = stored(encoding);
      assertThat(back).isEqualTo(encoding);
      assertThat(back.mqttProperties()).isEqualTo(properties);
      assertThat(back.expiryMillis()).isEqualTo(encoding.expiryMillis());
      assertThat(back.properties()).isEqualTo(encoding.properties());
    }
  }

  @Test
  void headersTheBrokerAddedKeepTheirTypes() {
    var deaths = new Header("x-death", new Value.ListOf(List.of(new Value.Long(3))));
    var copy =
        (MqttEncoding)
            MqttEncoding.of(1, false, 60, bytes(MqttProperties.builder().user("k", "v").build()))
                .rewritten(new Rewrite(List.of(deaths), Set.of(), true));
    var back = stored(copy);
    assertThat(back).isEqualTo(copy);
    assertThat(back.headers().first("x-death")).isEqualTo(deaths.value());
  }

  @Test
  void whatASubscriptionCarriesComesBack() {
    StoredFormats<MatchData> formats = StoredFormats.installed("match format", MatchFormat.class);
    for (SubscriptionMatch match :
        List.of(
            new SubscriptionMatch("c", 0, false, false, false, List.of()),
            new SubscriptionMatch("", 2, true, false, true, List.of(1, 268_435_455)),
            new SubscriptionMatch("ü", 1, false, true, false, List.of(7, 7)))) {
      ByteBuf out = Unpooled.buffer();
      formats.write(match, out);
      assertThat(formats.read(out)).isEqualTo(match);
    }
  }
}
