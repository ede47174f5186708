package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.StoredMessages;
import io.serai.model.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What CoAP keeps comes out of a store as it went in. */
class CoapEncodingFormatTest {
  @Test
  void everyCombinationOfWhatARequestSaysComesBack() {
    List<CoapOption> content =
        List.of(
            CoapOption.of(CoapOption.CONTENT_FORMAT, 50),
            CoapOption.of(CoapOption.PROPERTY, "h:b=1"),
            CoapOption.of(CoapOption.PROPERTY, "h:a="),
            CoapOption.of(CoapOption.PROPERTY, "h:b=3"));
    for (boolean isConfirmable : new boolean[] {false, true}) {
      for (boolean isPut : new boolean[] {false, true}) {
        for (String query : List.of("", "qos=0", "qos=2", "expiry=4294967295", "retain=1")) {
          List<CoapOption> options = new java.util.ArrayList<>(content);
          options.add(CoapOption.of(CoapOption.URI_QUERY, query));
          CoapEncoding encoding = CoapEncoding.ofRequest(isConfirmable, isPut, options);
          CoapEncoding back = stored(encoding);
          assertThat(back).as("%s %s %s", isConfirmable, isPut, query).isEqualTo(encoding);
          assertThat(back.options()).isEqualTo(content);
          assertThat(back.properties()).isEqualTo(encoding.properties());
        }
      }
    }
  }

  private static CoapEncoding stored(CoapEncoding encoding) {
    Message message =
        new Message(
            Address.ofTopic(Topic.of("t", Spelling.SLASH)),
            encoding,
            Body.EMPTY,
            Origin.ofBroker("/"),
            0);
    assertThat(StoredMessages.canWrite(message)).isTrue();
    ByteBuf out = Unpooled.buffer();
    StoredMessages.write(message, out);
    return (CoapEncoding) new StoredMessages().read(out).encoding();
  }
}
